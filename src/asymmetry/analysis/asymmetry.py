"""The asymmetry: the skill of each loss as a metric against its effect in each regime."""

import pandas as pd

from asymmetry.analysis.effect import Effects
from asymmetry.analysis.regimes import regimes
from asymmetry.analysis.skill import skill_of_losses
from asymmetry.stats.intervals import t_quantile
from asymmetry.tables.read import SCOPE


def points(effects: Effects, skill: pd.DataFrame) -> pd.DataFrame:
    """Skill and effect of each loss in each regime with 95 % intervals: the table `asymmetry`."""
    measured = skill_of_losses(skill)
    rows = []
    for part in regimes(effects):
        half = t_quantile(part.degrees_of_freedom) * part.error if part.losses else part.error
        skills = measured.reindex(part.losses)
        for index, loss in enumerate(part.losses):
            of_loss = skills.loc[loss]
            rows.append(
                dict(zip(SCOPE, effects.scope, strict=True))
                | {"fidelity": loss, "regime": part.name, "settings": part.settings}
                | {"skill": of_loss["skill"]}
                | {"skill_low": of_loss["low"], "skill_high": of_loss["high"]}
                | {"effect": part.effect[index]}
                | {"effect_low": part.effect[index] - half[index]}
                | {"effect_high": part.effect[index] + half[index]}
            )
    return pd.DataFrame(rows)

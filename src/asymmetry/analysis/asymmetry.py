"""The asymmetry: the skill of each loss as a metric against its effect in each regime."""

import pandas as pd

from asymmetry.analysis.effect import Effects
from asymmetry.analysis.regimes import Regime, regimes
from asymmetry.analysis.skill import skill_of_losses
from asymmetry.core.randomness import draws
from asymmetry.stats.arrays import Array
from asymmetry.stats.intervals import intervals
from asymmetry.tables.read import SCOPE


def points(effects: Effects, skill: pd.DataFrame) -> pd.DataFrame:
    """Skill and effect of each loss in each regime with 95 % intervals: the table `asymmetry`."""
    measured = skill_of_losses(skill)
    rows = []
    for part in regimes(effects):
        low, high = _with_error(part)
        skills = measured.reindex(part.losses)
        for index, loss in enumerate(part.losses):
            of_loss = skills.loc[loss]
            rows.append(
                dict(zip(SCOPE, effects.scope, strict=True))
                | {"fidelity": loss, "regime": part.name, "settings": part.settings}
                | {"skill": of_loss["skill"]}
                | {"skill_low": of_loss["low"], "skill_high": of_loss["high"]}
                | {"effect": part.effect[index]}
                | {"effect_low": low[index], "effect_high": high[index]}
            )
    return pd.DataFrame(rows)


def _with_error(part: Regime) -> tuple[Array, Array]:
    """The 95 % intervals [losses] of the effects, with the error of the fit in each draw."""
    deviates = draws(0, "error of the fit").standard_normal(part.draws.shape)
    return intervals(part.draws + part.error[:, None] * deviates)

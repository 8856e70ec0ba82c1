"""A against O: the skill of each loss as a metric, and its effect in each regime."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from asymmetry.analysis.correlation import spearman
from asymmetry.analysis.effect import Effects
from asymmetry.analysis.inference import Array, interval
from asymmetry.analysis.skill import skill_of_losses
from asymmetry.analysis.tables import SCOPE
from asymmetry.randomness import draws

WITHOUT, WITH = "without adversary", "with adversary"


@dataclass(frozen=True)
class Regime:
    """Effects of losses without or with an adversary, over settings that all of them share.

    `effect` [losses] and `draws` [losses, draws], in the order of `losses`.
    """

    name: str
    losses: list[str]
    effect: Array
    draws: Array
    settings: int
    possible: int

    def of(self, losses: Sequence[str]) -> tuple[Array, Array]:
        """The effects of these `losses`, and their draws."""
        places = [self.losses.index(loss) for loss in losses]
        return self.effect[places], self.draws[places]


@lru_cache(maxsize=8)  # several hypotheses ask for the same in a row
def regime(effects: Effects, name: str) -> Regime:
    """The mean effect of each loss over the settings (discriminator, weight) that are done for all.

    A loss without any done cell is left out; the others are compared on equal settings, so that a
    loss does not look better because its hardest setting diverged.
    """
    return part_of(effects, name, (effects.settings["adversarial_weight"] > 0) == (name == WITH))


def part_of(effects: Effects, name: str, mask: pd.Series) -> Regime:
    """The same over the settings where `mask` holds."""
    table = effects.settings[mask]
    possible = len(table[["discriminator", "adversarial_weight"]].drop_duplicates())
    done = table[table["value"].notna()]
    losses = pd.unique(done["fidelity"]).tolist()
    # The place in the table of each loss [losses] in each setting [settings], shared ones only.
    places = done.reset_index().pivot(
        index="fidelity", columns=["discriminator", "adversarial_weight"], values="index"
    )
    places = places.reindex(losses).dropna(axis="columns")
    if places.empty:
        return Regime(name, [], np.empty(0), np.empty((0, effects.draws.shape[-1])), 0, possible)
    rows = places.to_numpy(dtype=int)
    return Regime(
        name,
        losses,
        effects.settings["value"].to_numpy()[rows].mean(1),
        effects.draws[rows].mean(1),
        rows.shape[1],
        possible,
    )


def points(effects: Effects, skill: pd.DataFrame) -> pd.DataFrame:
    """A and O of each loss in each regime, with 95 % intervals: the table `asymmetry`."""
    known = skill_of_losses(skill)
    rows = []
    for part in (regime(effects, WITHOUT), regime(effects, WITH)):
        low, high = interval(part.draws)
        for place, loss in enumerate(part.losses):
            own = known.loc[loss] if loss in known.index else pd.Series(np.nan, known.columns)
            rows.append(
                dict(zip(SCOPE, effects.scope, strict=True))
                | {"fidelity": loss, "regime": part.name, "settings": part.settings}
                | {"skill": own["skill"], "skill_low": own["low"], "skill_high": own["high"]}
                | {
                    "effect": part.effect[place],
                    "effect_low": low[place],
                    "effect_high": high[place],
                }
            )
    return pd.DataFrame(rows)


@dataclass(frozen=True)
class Resample:
    """Losses drawn with replacement, `chosen` [draws, losses], and a normal deviate for each."""

    chosen: NDArray[np.int64]
    deviates: Array

    def of_losses(self, values: Array) -> Array:
        """Values [losses, draws] of the drawn losses [draws, losses]."""
        return np.take_along_axis(values.T, self.chosen, axis=1)

    def measured(self, values: Array, errors: Array) -> Array:
        """Draws [draws, losses] of values [losses] from their own sampling distributions."""
        return np.take_along_axis(
            values + np.nan_to_num(errors) * self.deviates, self.chosen, axis=1
        )


def resample_losses(count: int, resamples: int) -> Resample:
    """The draws of `count` losses: the same for every regime, so that differences are paired."""
    picks = draws(0, "asymmetry")
    chosen = picks.integers(count, size=(resamples, count))
    return Resample(chosen, picks.standard_normal((resamples, count)))


def rank_draws(predictor: Array, effect: Array) -> Array:
    """Spearman's rho of each draw [draws] of predictor and effect [draws, losses].

    NaN where a side is constant, or a loss has no effect because its seeds were not drawn.
    """
    known = np.asarray(np.isfinite(effect).all(axis=-1))
    return np.where(known, spearman(predictor, np.where(known[:, None], effect, 0)), np.nan)

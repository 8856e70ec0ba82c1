"""Whether there was a game between generator and discriminator: the manipulation check.

A discriminator that never tells real from restored teaches its generator nothing, and one that
always does is never fooled. Neither says anything about its kind, so claims about discriminators
are of the games that were played (`analysis.played`).

The rule reads the AUC over logits at the start, in the middle and at the end of a training (see
`training.windows` for these parts). There is

- `chance`, where all three are within a margin of .5;
- `perfect`, where all three are above .995;
- `played` otherwise: somewhere the discriminator tells them apart, and somewhere it is fooled.

Of a training that ended before, the parts count that it reached. The margin is .05, or twice the
standard error of the mean AUC of a discriminator that knows nothing, where that is more: of the n
real and n restored images of a batch the AUC then has the variance (2 n + 1) / (12 n^2) (Mann and
Whitney 1947), and is averaged over the steps of a part and over seeds. For maps of logits that is
too wide, as an image has many of them, which are not independent: images are what counts.

A setting is a discriminator at a weight, with a task and a generator. Its AUC is the mean over its
runs, of all losses and seeds, and the same rule names it.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pandas as pd

from asymmetry.study import Study
from asymmetry.training.windows import NAMES, windows

PLAYED, CHANCE, PERFECT = "played", "chance", "perfect"
UNKNOWN = "unknown"  # no run of it has an AUC yet
PARTS = [f"auc_{name}" for name in NAMES]
_MARGIN, _PERFECT = 0.05, 0.995


class Setting(NamedTuple):
    """A discriminator at a weight, where it is trained."""

    task: str
    generator: str
    discriminator: str
    adversarial_weight: float


SETTING = list(Setting._fields)


def margin(study: Study, seeds: int = 1) -> float:
    """How far from .5 the mean AUC of `seeds` trainings may be, and still be chance."""
    images, steps = study.training.batch, len(windows(study.training.steps)["start"])
    variance = (2 * images + 1) / (12 * images**2)
    return max(_MARGIN, 2 * (variance / (steps * max(1, seeds))) ** 0.5)


def game_of(aucs: Iterable[float], margin: float) -> str:
    """The name of a game by its AUC at the start, in the middle and at the end; NaN is unknown."""
    known = [value for value in aucs if np.isfinite(value)]
    if not known:
        return UNKNOWN
    if all(abs(value - 0.5) <= margin for value in known):
        return CHANCE
    return PERFECT if all(value > _PERFECT for value in known) else PLAYED


def run_games(runs: pd.DataFrame, study: Study) -> pd.DataFrame:
    """The cells with a discriminator of the table `runs`, and the column `game`."""
    cells = runs[(runs["kind"] == "cell") & (runs["adversarial_weight"] > 0)]
    aucs = cells[PARTS].astype(float).to_numpy()
    return cells.assign(game=[game_of(row, margin(study)) for row in aucs])


def setting_games(runs: pd.DataFrame, study: Study) -> pd.DataFrame:
    """A row for each setting: its mean AUCs, its `game`, its `runs`, and how many were played.

    `runs` counts those that have an AUC.
    """
    cells = run_games(runs, study)
    rows = []
    for setting, group in cells.groupby(SETTING, sort=False):
        aucs = group[PARTS].astype(float)
        known = group[aucs.notna().any(axis=1)]
        means = aucs.mean().to_numpy()
        rows.append(
            Setting._make(setting)._asdict()
            | dict(zip(PARTS, means, strict=True))
            | {"game": game_of(means, margin(study, known["seed"].nunique()))}
            | {"runs": len(known), "played": int((known["game"] == PLAYED).sum())}
        )
    games = pd.DataFrame(rows, columns=[*SETTING, *PARTS, "game", "runs", "played"])
    return games.astype(dict.fromkeys(["adversarial_weight", *PARTS], float))


def unplayed_games(runs: pd.DataFrame, study: Study) -> dict[Setting, str]:
    """The settings whose game was not played, and what it was: chance, perfect or unknown."""
    settings = setting_games(runs, study)
    others = settings[settings["game"] != PLAYED]
    names = others[SETTING].itertuples(index=False, name=None)
    return dict(zip(map(Setting._make, names), others["game"], strict=True))


def games_in_words(runs: pd.DataFrame, study: Study) -> str:
    """How many of the settings have a game, in a sentence; why the others have none."""
    settings = setting_games(runs, study)
    counts = settings["game"].value_counts()
    others = [f"{counts[name]} {name}" for name in (CHANCE, PERFECT, UNKNOWN) if name in counts]
    told = f" ({', '.join(others)})" if others else ""
    return f"{counts.get(PLAYED, 0)} of {len(settings)} games were played{told}"

"""H9: whether the judges rank the trained generators alike, on each axis and across them."""

from itertools import combinations

import numpy as np

from asymmetry.analysis.effect import Effects, effects_of
from asymmetry.analysis.hypotheses.contract import (
    Finding,
    by_interval,
    sentences,
    undecidable,
    with_draws,
)
from asymmetry.analysis.hypotheses.evidence import Evidence
from asymmetry.analysis.judging import Judged
from asymmetry.core.randomness import draws
from asymmetry.stats.agreement import concordance_p, kendall_w
from asymmetry.stats.arrays import Array
from asymmetry.stats.dependent_correlations import spearman_interval
from asymmetry.stats.rank_correlation import permutation_p, spearman
from asymmetry.stats.resampling import resampled_counts

ID = "H9"
CLAIM = "The judges agree on which generators are better"
SOURCE = "ours"
SILENT = (
    "The paper's judges are no-reference models (R), some on the backbones of its losses. Here: "
    "Kendall's W of the judges of each axis, and the rank correlation of the axes, which are camps "
    "where it is low."
)
TABLES = ("runs", "scores")
UNIT = "cells, or settings"
MODERATE = 0.5
POWER = "none: the interval is compared with a border, not with chance"
_RESAMPLES = 200
_RULE = f"Supported: interval above {MODERATE}; contradicted: below."


def findings(evidence: Evidence) -> list[Finding]:
    """A finding for each axis of each task, generator and set, and for each pair of axes."""
    found = [_within(effects) for effects in evidence.effects]
    for judged in evidence.judged:
        mine = [one for one in evidence.effects if one.scope[:3] == judged.scope]
        found += [_between(judged, *pair, evidence) for pair in combinations(mine, 2)]
    return found


def _within(effects: Effects) -> Finding:
    judges = [row for row in range(len(effects.z)) if np.isfinite(effects.z[row]).any()]
    z = effects.z[judges]
    z = z[:, np.isfinite(z).all(axis=(0, 2))]
    finding = Finding(
        effects.scope,
        "every cell",
        f"Kendall's W of {len(judges)} judges over cells",
        n=z.shape[1],
        coverage=f"{z.shape[1]} of {len(effects.cells)} cells",
    )
    if len(judges) < 2 or z.shape[1] < 3:
        return undecidable(finding, "It needs two judges, and three cells that all of them judged.")
    concordance = kendall_w(np.moveaxis(_image_draws(z), 2, 0))
    value = float(concordance[0])
    return with_draws(
        finding,
        value,
        concordance[1:],
        border=MODERATE,
        p=concordance_p(value, len(judges), z.shape[1]),
        note=sentences(
            f"Judges: {', '.join(effects.judges[index] for index in judges)}. {_RULE}",
            "The interval is over images; the cells are fixed.",
        ),
    )


def _image_draws(z: Array) -> Array:
    """The means over the images [judges, cells, 1 + draws]: of the sample, then of its draws."""
    images = z.shape[2]
    counts = resampled_counts(draws(0, "judges"), images, _RESAMPLES)
    weights = np.concatenate([np.ones((1, images)), counts])
    return np.asarray(z @ (weights.T / images))


def _between(judged: Judged, one: Effects, other: Effects, evidence: Evidence) -> Finding:
    axes = f"{one.scope[3]} and {other.scope[3]}"
    values = np.stack([effects.settings["value"].to_numpy(dtype=float) for effects in (one, other)])
    values = values[:, np.isfinite(values).all(axis=0)]
    count = values.shape[1]
    finding = Finding(
        (*judged.scope, axes),
        "camps",
        f"Spearman's rank correlation of {axes} over settings",
        n=count,
        coverage=one.coverage,
    )
    if count < 5:
        return undecidable(finding, "It needs five settings.")
    rho = float(spearman(values[0], values[1]))
    low, high = spearman_interval(rho, count)
    every = effects_of(judged, "all", [*one.judges, *other.judges]).reliability
    return Finding(
        *(finding.scope, finding.regime, finding.statistic),
        value=rho,
        low=low,
        high=high,
        p=permutation_p(values[0], values[1]),
        n=count,
        verdict=by_interval(low, high, MODERATE),
        coverage=one.coverage,
        note=sentences(
            _RULE,
            f"All {len(one.judges) + len(other.judges)} judges together: alpha {every.alpha:.2f}, "
            f"{every.effective:.1f} effective judges; first eigenvalue {every.first_share:.0%}.",
        ),
    )

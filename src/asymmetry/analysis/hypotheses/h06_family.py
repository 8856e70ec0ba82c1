"""H6: convolutional against Transformer discriminators: level, slope over the weight, collapse."""

from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import stats

from asymmetry.analysis.contrast import contrast, enough_seeds
from asymmetry.analysis.effect import Effects
from asymmetry.analysis.hypotheses.contract import Finding, family, sentences, with_contrast
from asymmetry.analysis.hypotheses.evidence import Evidence
from asymmetry.backbones.families import is_transformer
from asymmetry.stats.arrays import Array

ID = "H6"
CLAIM = (
    "Convolutional discriminators are better than Transformers, which degrade as the adversarial "
    "weight grows"
)
SOURCE = "P"
SILENT = (
    "The degradation is described (R) for DINOv2 against ResNet-50. Here: all backbones of each "
    "family; collapsed is a training that became non-finite."
)
TABLES = ("runs", "scores")
UNIT = "settings, or runs"
ASSUMED = 0.5
POWER = (
    f"at a true difference of {ASSUMED} z-scores (a decade of the weight), Student's t with the "
    "interval's own error; none for the exact test, whose power depends on both shares"
)
INTERACTION, LEVEL, COLLAPSE = "slope over log10 of the weight", "level", "collapsed runs"
_STATISTICS = {
    INTERACTION: "slope of the effect over log10 of the weight",
    LEVEL: "level of the effect",
}


def findings(evidence: Evidence) -> list[Finding]:
    """Three findings, one family of tests, for each task, generator and set with both families."""
    return [one for effects in evidence.effects for one in _of(effects)]


def _of(effects: Effects) -> list[Finding]:
    settings = effects.settings[effects.settings["adversarial_weight"] > 0]
    settings = settings.assign(transformer=settings["backbone"].map(is_transformer, "ignore"))
    settings = settings[settings["transformer"].notna()]
    if settings["transformer"].nunique() < 2:
        return []
    done = settings[settings["value"].notna()]
    found = [
        _difference(effects, INTERACTION, *_slopes(done, len(effects.settings))),
        _difference(effects, LEVEL, *_levels(done, len(effects.settings))),
        _collapse(effects, settings),
    ]
    return family(found, sign=-1)


def _difference(effects: Effects, regime: str, terms: Array, sides: Array) -> Finding:
    finding = Finding(
        effects.scope,
        regime,
        f"{_STATISTICS[regime]}, Transformer minus convolutional",
        coverage=effects.coverage,
        note="No settings of both families can be compared.",
    )
    if len(np.unique(sides)) < 2:
        return finding
    found = contrast(effects, terms, sides)
    note = sentences(
        enough_seeds(found.seeds),
        "p: Holm over the three tests. The backbones are fixed: the interval does not hold for "
        "others of their family.",
    )
    n = int((terms != 0).any(axis=0).sum())
    return with_contrast(replace(finding, n=n, note=note), found, ASSUMED)


def _slopes(done: pd.DataFrame, size: int) -> tuple[Array, Array]:
    """The least-squares slope of each curve (loss, discriminator) over log10 of the weight."""
    terms, sides = [], []
    for _, curve in done.groupby(["fidelity", "discriminator"], sort=False):
        decades = np.log10(curve["adversarial_weight"].to_numpy())
        centred = decades - decades.mean()
        if len(curve) < 2:
            continue
        term = np.zeros(size)
        term[curve.index] = centred / (centred**2).sum()
        terms.append(term)
        sides.append(1 if curve["transformer"].iloc[0] else -1)
    return np.array(terms).reshape(-1, size), np.array(sides)


def _levels(done: pd.DataFrame, size: int) -> tuple[Array, Array]:
    """The mean of each family in each loss, weight and head that both families have."""
    terms, sides = [], []
    for _, alike in done.groupby(["fidelity", "adversarial_weight", "head"], sort=False):
        if alike["transformer"].nunique() < 2:
            continue
        for transformer, side in alike.groupby("transformer"):
            term = np.zeros(size)
            term[side.index] = 1 / len(side)
            terms.append(term)
            sides.append(1 if transformer else -1)
    return np.array(terms).reshape(-1, size), np.array(sides)


def _collapse(effects: Effects, settings: pd.DataFrame) -> Finding:
    """Fisher's exact test of the shares of diverged runs."""
    counts = settings.groupby("transformer")[["diverged", "done"]].sum()
    table = counts.reindex([True, False]).to_numpy(dtype=int)
    ended = table.sum(axis=1)
    shares = table[:, 0] / np.maximum(ended, 1)
    ratio = stats.contingency.odds_ratio(table) if table.sum(axis=0).all() else None
    ends = ratio.confidence_interval(0.95) if ratio else None
    return Finding(
        effects.scope,
        COLLAPSE,
        "share of convolutional runs that diverged minus that of Transformers; Fisher's exact test",
        value=float(shares[1] - shares[0]),
        p=float(stats.fisher_exact(table).pvalue) if ends else np.nan,
        n=int(table.sum()),
        coverage=effects.coverage,
        note=sentences(
            f"Diverged: {table[0, 0]} of {ended[0]} Transformer, {table[1, 0]} of {ended[1]} "
            "convolutional runs.",
            f"Odds ratio {ratio.statistic:.2f}, 95 % {ends.low:.2f} to {ends.high:.2f}."
            if ratio and ends
            else "The shares do not differ, so there is nothing to test.",
        ),
    )

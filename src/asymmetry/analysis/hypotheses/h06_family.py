"""H6: convolutional against Transformer discriminators: level, slope over the weight, collapse."""

from dataclasses import dataclass, replace
from math import comb

import numpy as np
import pandas as pd
import scipy

from asymmetry.analysis.effect import Effects
from asymmetry.analysis.hypotheses.contract import (
    Finding,
    family,
    sentences,
    undecidable,
    with_estimate,
)
from asymmetry.analysis.hypotheses.evidence import Evidence
from asymmetry.analysis.judging import codes_of
from asymmetry.analysis.pairs import ended_cells, verdict_of, with_trunk
from asymmetry.analysis.played import of_played
from asymmetry.backbones.families import is_transformer
from asymmetry.core.randomness import draws
from asymmetry.stats.arrays import Array
from asymmetry.stats.estimate import Estimate, difference_of_units, over_replicates, unit_means
from asymmetry.stats.significance import ALPHA

ID = "H6"
CLAIM = (
    "Convolutional discriminators are better than Transformers, which degrade as the adversarial "
    "weight grows"
)
SOURCE = "P"
SILENT = (
    "The degradation is described (R) for DINOv2 against ResNet-50. Here: over the trunks of each "
    "family, or of fewer than two of either for these trunks; collapsed runs are those with "
    "the status diverged or collapsed."
)
TABLES = ("runs", "scores")
UNIT = "trunks, or trainings"
ASSUMED = 0.5
POWER = (
    f"at a true difference of {ASSUMED} z-scores (a decade of the weight), Student's t with the "
    "interval's own error; none for collapsed runs; p: Holm over the three"
)
INTERACTION, LEVEL, COLLAPSE = "slope over log10 of the weight", "level", "collapsed runs"
_STATISTICS = {
    INTERACTION: "slope of the effect over log10 of the weight",
    LEVEL: "level of the effect",
}
_FEWEST_TRUNKS = 2  # of each family; of fewer, how much trunks of a family differ is not known
_ALIKE = {
    LEVEL: ["fidelity", "adversarial_weight", "head", "seed"],
    INTERACTION: ["fidelity", "head", "seed"],
}
_MEND = (
    "Take two trunks of each family in the same losses, weights and heads, or repeat the trainings "
    "in a second seed."
)


@dataclass(frozen=True)
class _Compared:
    """Values [n, images] of trainings or curves, in strata that both families have.

    `keys` [n] has the columns of the stratum, `trunk` and `transformer`; `ranks` [n] are those
    within the stratum, 0 to 1, where a training that ended badly is worst.
    """

    keys: pd.DataFrame
    values: Array


def findings(evidence: Evidence) -> list[Finding]:
    """Three findings, one family of tests, for each task, generator, set and axis."""
    return [one for effects in evidence.effects for one in of_families(effects, evidence)]


def of_families(effects: Effects, evidence: Evidence) -> list[Finding]:
    """Slope and level, and the collapsed runs, of Transformers against convolutional trunks.

    What collapsed may have had no game, so that finding is of all games.
    """
    ended = _ended(effects)
    if ended["transformer"].nunique() < 2:
        return []
    margin = evidence.margin(effects)
    differences = of_played(effects, evidence, lambda played: _differences(played, margin))
    return family([*differences, _collapse(effects, ended)])


def _differences(effects: Effects, margin: float) -> list[Finding]:
    """Slope and level."""
    ended = _ended(effects)
    if ended["transformer"].nunique() < 2:
        return []
    done = ended[ended["row"] >= 0]
    return [
        _difference(effects, INTERACTION, _slopes(effects, done), margin),
        _difference(effects, LEVEL, _levels(effects, done), margin),
    ]


def level_of_families(effects: Effects, evidence: Evidence) -> list[Finding]:
    """The level alone, in a family of its own."""
    margin = evidence.margin(effects)
    found = of_played(effects, evidence, lambda played: _differences(played, margin))
    return [one for one in found if not one.regime.startswith(INTERACTION)]


def _ended(effects: Effects) -> pd.DataFrame:
    """The cells with an adversary on a backbone that ended, with trunk and family."""
    ended = with_trunk(ended_cells(effects))
    ended = ended[ended["backbone"].notna() & (ended["adversarial_weight"] > 0)]
    return ended.assign(transformer=ended["backbone"].map(is_transformer).astype(bool))


def _difference(effects: Effects, regime: str, compared: _Compared, margin: float) -> Finding:
    compared = _in_both(compared, regime)
    keys = compared.keys
    trunks = keys.groupby("transformer")["trunk"].nunique()
    generalises = len(trunks) == 2 and bool((trunks >= _FEWEST_TRUNKS).all())
    where = "over trunks" if generalises else "for these trunks"
    finding = Finding(
        effects.scope,
        f"{regime}, {where}",
        f"{_STATISTICS[regime]}, Transformer minus convolutional",
        coverage=effects.coverage,
    )
    if not len(keys):
        return undecidable(finding, f"No settings of both families can be compared. {_MEND}")
    found = _over_trunks(compared, regime) if generalises else _for_these(compared, regime)
    ranked = _by_ranks(effects, compared) if generalises and regime == LEVEL else None
    filled = with_estimate(finding, found, assumed=ASSUMED, sign=-1, margin=margin, mend=_MEND)
    return replace(
        filled,
        note=sentences(
            f"{trunks.get(True, 0)} Transformer and {trunks.get(False, 0)} convolutional trunks.",
            _changed(ranked, filled.verdict),
            filled.note,
        ),
    )


def _levels(effects: Effects, done: pd.DataFrame) -> _Compared:
    return _Compared(done, effects.by_image[done["row"].to_numpy(dtype=int)])


def _slopes(effects: Effects, done: pd.DataFrame) -> _Compared:
    """The least-squares slope of each curve over log10 of the weight, on each image."""
    member = codes_of(done, ["discriminator", "fidelity", "seed"])
    decades = np.log10(done["adversarial_weight"].to_numpy(dtype=float))
    centred = decades - (np.bincount(member, decades) / np.bincount(member))[member]
    spread = np.bincount(member, centred**2)
    slopes = np.zeros((len(spread), effects.images))
    rows = done["row"].to_numpy(dtype=int)
    np.add.at(slopes, member, centred[:, None] * effects.by_image[rows])
    several = spread > 0
    keys = done[~pd.Series(member).duplicated().to_numpy()].reset_index(drop=True)
    return _Compared(keys[several], slopes[several] / spread[several, None])


def _in_both(compared: _Compared, regime: str) -> _Compared:
    """What is in strata of both families."""
    keys = compared.keys
    strata, side = codes_of(keys, _ALIKE[regime]), keys["transformer"].to_numpy(dtype=bool)
    both = np.isin(strata, strata[side]) & np.isin(strata, strata[~side])
    return _Compared(keys[both].reset_index(drop=True), compared.values[both])


def _over_trunks(compared: _Compared, regime: str) -> Estimate:
    """Welch's test over the trunks' means, of values less the level of their stratum."""
    keys, values = compared.keys, compared.values
    strata = codes_of(keys, _ALIKE[regime])
    is_transformer = keys["transformer"].to_numpy(dtype=bool)
    levels = [
        unit_means(values[is_transformer == side], strata[is_transformer == side])
        for side in (True, False)
    ]
    centred = values - ((levels[0] + levels[1]) / 2)[strata]
    trunk = codes_of(keys, ["trunk"])
    sides = [
        unit_means(centred[is_transformer == side], trunk[is_transformer == side])
        for side in (True, False)
    ]
    return difference_of_units(*sides)


def _for_these(compared: _Compared, regime: str) -> Estimate:
    """The difference of the families' means in each stratum, over repeated trainings."""
    keys, values = compared.keys, compared.values
    strata = codes_of(keys, _ALIKE[regime])
    side = keys["transformer"].to_numpy(dtype=bool)
    means = [unit_means(values[side == one], strata[side == one]) for one in (True, False)]
    without_seed = [name for name in _ALIKE[regime] if name != "seed"]
    groups = codes_of(keys[~pd.Series(strata).duplicated().to_numpy()], without_seed)
    return over_replicates(means[0] - means[1], groups)


def _by_ranks(effects: Effects, compared: _Compared) -> Estimate:
    """The same over the trunks' mean ranks within their stratum; what ended badly is last."""
    keys = compared.keys
    level = pd.Series(np.nanmean(compared.values, axis=1), index=keys.index)
    ranks = level.groupby(codes_of(keys, _ALIKE[LEVEL])).rank(pct=True)
    side = keys["transformer"].to_numpy(dtype=bool)
    trunk = codes_of(keys, ["trunk"])
    values = ranks.to_numpy()[:, None]
    means = [unit_means(values[side == one], trunk[side == one]) for one in (True, False)]
    return difference_of_units(*means)


def _changed(ranked: Estimate | None, verdict: str) -> str:
    """A sentence where ranks lead to another verdict."""
    if ranked is None or not np.isfinite(ranked.p):
        return ""
    found = verdict_of(ranked.value, ranked.p, -1)
    return f"Sensitivity: {found} by ranks." if found != verdict else ""


def _collapse(effects: Effects, ended: pd.DataFrame) -> Finding:
    """The shares of badly ended runs: over trunks by permutation, or of these by Fisher's test."""
    lost = ended["row"] < 0
    by_trunk = lost.groupby([ended["transformer"], ended["trunk"]]).mean()
    sides = [np.asarray(by_trunk.xs(side), dtype=float) for side in (False, True)]
    counts = pd.crosstab(ended["transformer"], lost).reindex(
        index=[True, False], columns=[True, False], fill_value=0
    )
    table = counts.to_numpy(dtype=int)
    least = 2 / comb(len(by_trunk), len(sides[0]))
    over_trunks = least <= ALPHA
    finding = Finding(
        effects.scope,
        f"{COLLAPSE}, {'over' if over_trunks else 'for these'} trunks",
        "share of convolutional runs that diverged or collapsed minus that of Transformers",
        value=float(sides[0].mean() - sides[1].mean()),
        n=len(by_trunk) if over_trunks else int(table.sum()),
        coverage=effects.coverage,
        note=f"Diverged or collapsed: {table[0, 0]} of {table[0].sum()} Transformer, "
        f"{table[1, 0]} of {table[1].sum()} convolutional runs.",
    )
    if not lost.any():
        return replace(finding, note=f"{finding.note} There is nothing to test.")
    p = _permuted(sides) if over_trunks else float(scipy.stats.fisher_exact(table).pvalue)
    test = "permutation of the trunks" if over_trunks else "Fisher's exact test"
    return replace(
        finding,
        p=p,
        verdict=verdict_of(finding.value, p, -1),
        note=f"{finding.note} p: {test}, Holm over the three tests.",
    )


def _permuted(sides: list[Array]) -> float:
    found = scipy.stats.permutation_test(
        sides,
        lambda first, second, axis: first.mean(axis) - second.mean(axis),
        n_resamples=9999,
        vectorized=True,
        rng=draws(0, "families"),
    )
    return float(found.pvalue)

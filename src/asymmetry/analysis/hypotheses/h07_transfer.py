"""H7: how much of ImageNet's gain for quality assessment a discriminator's trunk recovers."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from asymmetry.analysis.contrast import FEWEST_SEEDS, enough_seeds
from asymmetry.analysis.hypotheses.contract import (
    ALL,
    CONTRADICTED,
    SUPPORTED,
    UNDECIDED,
    Finding,
    Scope,
    by_interval,
    sentences,
)
from asymmetry.analysis.hypotheses.evidence import Evidence
from asymmetry.core.randomness import draws
from asymmetry.stats.intervals import NORMAL, Array, interval, power_at, spread

ID = "H7"
CLAIM = "Pretrained on ImageNet > trained as a discriminator > random, and that gain is limited"
SOURCE = "P"
SILENT = (
    "The order is from an automatic summary (A), and limited is not defined. Here: less than half "
    "of what ImageNet brings, with 95 % confidence; no discriminator that began from ImageNet."
)
TABLES = ("runs", "transfer")
UNIT = "models from a discriminator"
RANDOM, TRAINED, PRETRAINED = "random", "discriminator", "pretrained"
LIMIT, ASSUMED_FRACTION, ASSUMED_GAIN = 0.5, 0.25, 0.1
POWER = (
    f"at a true fraction of {ASSUMED_FRACTION} against the limit of {LIMIT}, and at a gain of "
    f"{ASSUMED_GAIN} SRCC; normal, with the spread of the draws"
)
RESAMPLES = 2000
UNKNOWN_ERROR = "One test content: the error of its SRCC is not known."


@dataclass(frozen=True)
class _Start:
    """The mean SRCC over architectures of the models from one start, and its draws [draws]."""

    value: float
    draws: Array


def findings(evidence: Evidence) -> list[Finding]:
    """Fraction and gain of each set, mode and kind of model; the SRCC of the raw scores."""
    rows = evidence.transfer
    rows = rows.assign(reference=rows.get("reference", "nr"))
    rows = rows[(rows["status"] == "ok") & rows["value"].notna()]
    cells = evidence.tables.cells
    inherited = cells.loc[cells["initialisation"] == PRETRAINED, "discriminator"]
    rows = rows[(rows["mode"] == "raw") | ~rows["discriminator"].isin(inherited)]
    found: list[Finding] = []
    for (name, mode, kind), own in rows.groupby(["set", "mode", "reference"], sort=False):
        scope = (ALL, ALL, str(name))
        compare = _raw if mode == "raw" else _compared
        found += compare(scope, f"{mode}, {kind}", own)
    return found


def _compared(scope: Scope, regime: str, rows: pd.DataFrame) -> Iterator[Finding]:
    starts = rows.groupby("discriminator")["initialisation"].agg(set)
    complete = starts[starts.map({RANDOM, TRAINED, PRETRAINED}.issubset)].index
    rows = rows[rows["discriminator"].isin(complete)]
    trained = rows[rows["initialisation"] == TRAINED]
    finding = Finding(
        scope,
        f"{regime}: fraction",
        "recovered fraction, (trained - random) / (ImageNet - random)",
        n=len(trained),
        coverage=f"{len(trained)} models from {len(complete)} discriminators",
        note="No discriminator has all three starts: random, trained, ImageNet.",
    )
    if not len(complete):
        yield finding
        return
    random, gan, imagenet = (_start(rows, name) for name in (RANDOM, TRAINED, PRETRAINED))
    note = sentences(
        f"Mean SRCC: random {random.value:.3f}, trained {gan.value:.3f}, ImageNet "
        f"{imagenet.value:.3f}.",
        enough_seeds(trained["seed"].nunique()),
    )
    found = replace(finding, note=note)
    both = [
        _gain(replace(found, regime=f"{regime}: gain"), random, gan),
        _fraction(found, random, gan, imagenet),
    ]
    many = trained["seed"].nunique() >= FEWEST_SEEDS
    yield from (one if many else replace(one, verdict=UNDECIDED) for one in both)


def _gain(finding: Finding, random: _Start, gan: _Start) -> Finding:
    gain = gan.draws - random.draws
    low, high = (float(end) for end in interval(gain))
    return replace(
        finding,
        statistic="SRCC of the trained trunks minus that of random ones",
        value=gan.value - random.value,
        low=low,
        high=high,
        power=power_at(ASSUMED_GAIN, spread(gain)),
        verdict=by_interval(low, high),
    )


def _fraction(finding: Finding, random: _Start, gan: _Start, imagenet: _Start) -> Finding:
    whole = imagenet.draws - random.draws
    if not interval(whole)[0] > 0:
        known = np.isfinite(whole).any()
        reason = "ImageNet brings no gain that could be recovered." if known else UNKNOWN_ERROR
        return replace(finding, note=sentences(finding.note, reason))
    fractions = (gan.draws - random.draws) / np.where(whole > 0, whole, np.nan)
    low, high = (float(end) for end in interval(fractions))
    return replace(
        finding,
        value=(gan.value - random.value) / (imagenet.value - random.value),
        low=low,
        high=high,
        power=power_at(LIMIT - ASSUMED_FRACTION, spread(fractions)),
        verdict=SUPPORTED if high < LIMIT else CONTRADICTED if low >= LIMIT else UNDECIDED,
    )


def _raw(scope: Scope, regime: str, rows: pd.DataFrame) -> Iterator[Finding]:
    own = rows[rows["initialisation"] == TRAINED]
    if own.empty:
        return
    score = _start(own, TRAINED)
    low, high = (float(end) for end in interval(score.draws))
    yield Finding(
        scope,
        regime,
        "SRCC of the discriminator's own score, as its sign comes",
        value=score.value,
        low=low,
        high=high,
        n=len(own),
        coverage=f"{len(own)} scores",
        note="Beside the claim, which says nothing of it.",
    )


def _start(rows: pd.DataFrame, name: str) -> _Start:
    """The models of a start: seeds and splits are drawn, the same for all starts.

    The test images' own error is added to each start by itself, though all share the images: that
    is on the careful side. Where that error is not known, of one test content, no draw is.
    """
    own = rows[rows["initialisation"] == name]
    table = own.pivot_table(index="seed", columns="split", values="value")
    values = table.to_numpy()
    picks, seeds, splits = draws(0, "transfer"), *values.shape
    weights = _counts(picks, seeds)[:, :, None] * _counts(picks, splits)[:, None, :]
    weights = weights * np.isfinite(values)
    mass = weights.sum((1, 2))
    total = (weights * np.nan_to_num(values)).sum((1, 2))
    mean = np.divide(total, mass, out=np.full(mass.shape, np.nan), where=mass > 0)
    error = ((own["high"] - own["low"]) / (2 * NORMAL)).mean() / np.sqrt(splits)
    noise = draws(0, f"transfer/{name}").standard_normal(RESAMPLES)
    return _Start(float(np.nanmean(values)), mean + error * noise)


def _counts(picks: np.random.Generator, size: int) -> Array:
    """How often each of `size` units is drawn [draws, size]."""
    return picks.multinomial(size, np.full(size, 1 / size), RESAMPLES).astype(float)

"""H7: how much of ImageNet's gain in quality assessment a discriminator's trunk recovers."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from asymmetry.analysis.contrast import FEWEST_SEEDS, enough_seeds
from asymmetry.analysis.hypotheses.contract import (
    ALL,
    CONTRADICTED,
    RESAMPLES,
    SUPPORTED,
    UNDECIDED,
    Finding,
    Scope,
    sentences,
    with_draws,
)
from asymmetry.analysis.hypotheses.evidence import Evidence
from asymmetry.core.randomness import draws
from asymmetry.stats.arrays import Array
from asymmetry.stats.intervals import ERRORS_IN_WIDTH, interval
from asymmetry.stats.resampling import resampled_counts
from asymmetry.tables.schemas import OK

ID = "H7"
CLAIM = "Pretrained on ImageNet > trained as a discriminator > random, and that gain is limited"
SOURCE = "P"
SILENT = (
    "The order is from an automatic summary (A), and limited is not defined. Here: less than half "
    "of the gain of ImageNet, with 95 % confidence; no discriminator that began from ImageNet."
)
TABLES = ("runs", "transfer")
UNIT = "models from a discriminator"
RANDOM, TRAINED, PRETRAINED = "random", "discriminator", "pretrained"
LIMIT, ASSUMED_FRACTION, ASSUMED_GAIN = 0.5, 0.25, 0.1
POWER = (
    f"at a true fraction of {ASSUMED_FRACTION} against the limit of {LIMIT}, and at a gain of "
    f"{ASSUMED_GAIN} SRCC; normal, with the standard deviation of the draws"
)
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
    rows = rows[(rows["status"] == OK) & rows["value"].notna()]
    cells = evidence.tables.cells
    inherited = cells.loc[cells["initialisation"] == PRETRAINED, "discriminator"]
    rows = rows[(rows["mode"] == "raw") | ~rows["discriminator"].isin(inherited)]
    found: list[Finding] = []
    for (name, mode, kind), models in rows.groupby(["set", "mode", "reference"], sort=False):
        scope = (ALL, ALL, str(name))
        compare = _raw if mode == "raw" else _compared
        found += compare(scope, f"{mode}, {kind}", models)
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
    return with_draws(
        finding,
        gan.value - random.value,
        gan.draws - random.draws,
        assumed=ASSUMED_GAIN,
        statistic="SRCC of the trained trunks minus that of random ones",
    )


def _fraction(finding: Finding, random: _Start, gan: _Start, imagenet: _Start) -> Finding:
    whole = imagenet.draws - random.draws
    if not interval(whole).low > 0:
        known = np.isfinite(whole).any()
        reason = "ImageNet brings no gain that could be recovered." if known else UNKNOWN_ERROR
        return replace(finding, note=sentences(finding.note, reason))
    fractions = (gan.draws - random.draws) / np.where(whole > 0, whole, np.nan)
    found = with_draws(
        finding,
        (gan.value - random.value) / (imagenet.value - random.value),
        fractions,
        assumed=LIMIT - ASSUMED_FRACTION,
    )
    limited, not_limited = found.high < LIMIT, found.low >= LIMIT
    return replace(
        found, verdict=SUPPORTED if limited else CONTRADICTED if not_limited else UNDECIDED
    )


def _raw(scope: Scope, regime: str, rows: pd.DataFrame) -> Iterator[Finding]:
    trained = rows[rows["initialisation"] == TRAINED]
    if trained.empty:
        return
    score = _start(trained, TRAINED)
    finding = Finding(
        scope,
        regime,
        "SRCC of the discriminator's own score, with its sign",
        n=len(trained),
        coverage=f"{len(trained)} scores",
        note="The claim says nothing of this score, so it decides nothing.",
    )
    yield with_draws(finding, score.value, score.draws, verdict=UNDECIDED)


def _start(rows: pd.DataFrame, name: str) -> _Start:
    """The models of a start, under a bootstrap of seeds and splits: the same for all starts.

    The error of the test images is added to each start independently, though all starts share the
    images. So the interval of a difference is rather too wide. The draws are NaN where that error
    is not known because there is one test content only.
    """
    models = rows[rows["initialisation"] == name]
    values = models.pivot_table(index="seed", columns="split", values="value").to_numpy()
    rng, (seeds, splits) = draws(0, "transfer"), values.shape
    of_seeds = resampled_counts(rng, seeds, RESAMPLES)
    of_splits = resampled_counts(rng, splits, RESAMPLES)
    weights = of_seeds[:, :, None] * of_splits[:, None, :] * np.isfinite(values)
    mass = weights.sum((1, 2))
    total = (weights * np.nan_to_num(values)).sum((1, 2))
    mean = np.divide(total, mass, out=np.full(mass.shape, np.nan), where=mass > 0)
    error = ((models["high"] - models["low"]) / ERRORS_IN_WIDTH).mean() / np.sqrt(splits)
    noise = draws(0, f"transfer/{name}").standard_normal(RESAMPLES)
    return _Start(float(np.nanmean(values)), mean + error * noise)

"""H7: how much of ImageNet's gain in quality assessment a discriminator's trunk recovers."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from asymmetry.analysis.hypotheses.contract import (
    ALL,
    Finding,
    Scope,
    sentences,
    undecidable,
    with_estimate,
)
from asymmetry.analysis.hypotheses.evidence import Evidence
from asymmetry.analysis.pairs import FEWEST_UNITS
from asymmetry.stats.arrays import Array
from asymmetry.stats.estimate import Estimate, satterthwaite
from asymmetry.stats.intervals import ERRORS_IN_WIDTH, t_quantile
from asymmetry.tables.schemas import CONTRADICTED, DESCRIPTIVE, OK, SUPPORTED, UNDECIDED

ID = "H7"
CLAIM = "Pretrained on ImageNet > trained as a discriminator > random, and that gain is limited"
SOURCE = "P"
SILENT = (
    "The order is from an automatic summary (A), and limited is not defined. Here: less than half "
    "of the gain of ImageNet, with 95 % confidence; no discriminator that began from ImageNet."
)
TABLES = ("runs", "transfer")
UNIT = "trunks, or repeated trainings"
RANDOM, TRAINED, PRETRAINED = "random", "discriminator", "pretrained"
LIMIT, ASSUMED_FRACTION, ASSUMED_GAIN = 0.5, 0.25, 0.1
POWER = (
    f"at a true fraction of {ASSUMED_FRACTION} against the limit of {LIMIT}, and at a gain of "
    f"{ASSUMED_GAIN} SRCC; Student's t with the interval's own error"
)
UNKNOWN_ERROR = "One test content: the error of its SRCC is not known; take a set with more."
_MEND = "Take three trunks with all three starts, or repeat the discriminators in a second seed."


@dataclass(frozen=True)
class _Gains:
    """Mean gains over random starts: `trained`, `imagenet`; with their covariances [2, 2].

    `srcc` are the means of the three starts, balanced over trunks. `of_units` is what trunks, or
    trainings, bring, with its `degrees_of_freedom`; `of_images` is known from the test images.
    """

    srcc: dict[str, float]
    of_units: Array
    of_images: Array
    degrees_of_freedom: float
    units: int
    over_trunks: bool

    @property
    def trained(self) -> float:
        """The gain of trunks that were trained as discriminators."""
        return self.srcc[TRAINED] - self.srcc[RANDOM]

    @property
    def imagenet(self) -> float:
        """The gain of trunks with ImageNet weights."""
        return self.srcc[PRETRAINED] - self.srcc[RANDOM]

    def combined(self, weights: tuple[float, float]) -> Estimate:
        """The combination of both gains with these weights."""
        chosen = np.array(weights)
        value = float(chosen @ np.array([self.trained, self.imagenet]))
        variances = tuple(float(chosen @ part @ chosen) for part in (self.of_units, self.of_images))
        freedom = satterthwaite(variances, (self.degrees_of_freedom, np.inf))
        return Estimate(value, float(np.sqrt(sum(variances))), freedom, self.units)

    @property
    def covariance(self) -> Array:
        """Of both gains [2, 2]."""
        return self.of_units + self.of_images


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
        scope = (ALL, ALL, str(name), ALL)
        compare = _raw if mode == "raw" else _compared
        found += compare(scope, f"{mode}, {kind}", models)
    return found


def _compared(scope: Scope, regime: str, rows: pd.DataFrame) -> Iterator[Finding]:
    starts = rows.groupby("backbone")["initialisation"].agg(set)
    complete = starts[starts.map({RANDOM, TRAINED, PRETRAINED}.issubset)].index
    rows = rows[rows["backbone"].isin(complete)]
    trained = rows[rows["initialisation"] == TRAINED]
    finding = Finding(
        scope,
        f"{regime}: fraction",
        "recovered fraction, (trained - random) / (ImageNet - random)",
        coverage=f"{len(trained)} models from discriminators on {len(complete)} trunks",
    )
    if not len(complete):
        yield undecidable(finding, "No trunk has all three starts: random, trained, ImageNet.")
        return
    gains = _gains(rows)
    means = gains.srcc
    note = sentences(
        f"Mean SRCC, balanced over trunks: random {means[RANDOM]:.3f}, trained "
        f"{means[TRAINED]:.3f}, ImageNet {means[PRETRAINED]:.3f}.",
        "Over trunks." if gains.over_trunks else "For these trunks.",
    )
    found = replace(finding, n=gains.units, note=note)
    mend = UNKNOWN_ERROR if rows["low"].isna().any() else _MEND
    yield with_estimate(
        replace(
            found,
            regime=f"{regime}: gain",
            statistic="SRCC of the trained trunks minus that of random ones",
        ),
        gains.combined((1, 0)),
        assumed=ASSUMED_GAIN,
        mend=mend,
    )
    yield _fraction(found, gains, mend)


def _gains(rows: pd.DataFrame) -> _Gains:
    """The gains of each trunk: over trunks from three on, else over repeated trainings of these."""
    by_seed = rows.pivot_table(index=["backbone", "seed"], columns="initialisation", values="value")
    controls = by_seed.groupby(level="backbone").transform("mean")  # where a start has fewer seeds
    by_seed = by_seed.fillna({name: controls[name] for name in (RANDOM, PRETRAINED)})
    by_seed = by_seed.dropna(subset=[RANDOM, TRAINED, PRETRAINED])
    by_trunk = by_seed.groupby(level="backbone").mean()
    means = by_trunk.mean()
    over_trunks = len(by_trunk) >= FEWEST_UNITS
    units = _from_random(by_trunk if over_trunks else by_seed)
    if over_trunks:
        freedom = len(by_trunk) - 1
        spread = np.cov(units.T) / len(units)
    else:
        own = _from_random(by_trunk.reindex(by_seed.index, level="backbone"))
        freedom = len(units) - len(by_trunk)
        sizes = by_seed.groupby(level="backbone").size().to_numpy()
        rest = units - own
        spread = np.full((2, 2), np.nan)
        if freedom > 0:
            spread = rest.T @ rest / freedom * (1 / sizes).sum() / len(by_trunk) ** 2
    # All starts share the test images; as if each had its own, which is rather too wide.
    width = (rows["high"] - rows["low"]) / ERRORS_IN_WIDTH
    errors = width.groupby(rows["initialisation"]).mean() / np.sqrt(rows["split"].nunique())
    random, trained, imagenet = (float(errors[name]) ** 2 for name in (RANDOM, TRAINED, PRETRAINED))
    of_images = np.array([[trained + random, random], [random, imagenet + random]])
    srcc = {name: float(means[name]) for name in (RANDOM, TRAINED, PRETRAINED)}
    return _Gains(srcc, spread, of_images, float(freedom), len(units), over_trunks)


def _from_random(table: pd.DataFrame) -> Array:
    """The gains [units, 2] of trained and of ImageNet trunks over random ones."""
    return table[[TRAINED, PRETRAINED]].sub(table[RANDOM], axis="index").to_numpy()


def _fraction(finding: Finding, gains: _Gains, mend: str) -> Finding:
    """The fraction with the interval of a ratio (Fieller 1954)."""
    whole = gains.combined((0, 1))
    if not np.isfinite(whole.p):
        return undecidable(finding, mend)
    if not whole.low > 0:
        reason = "ImageNet brings no certain gain that could be recovered."
        return replace(finding, note=sentences(finding.note, reason))
    at_limit = gains.combined((1, -LIMIT))
    low, high = _fieller(gains, at_limit.degrees_of_freedom)
    return replace(
        finding,
        value=gains.trained / gains.imagenet,
        low=low,
        high=high,
        power=at_limit.power((LIMIT - ASSUMED_FRACTION) * gains.imagenet),
        verdict=SUPPORTED if high < LIMIT else CONTRADICTED if low >= LIMIT else UNDECIDED,
    )


def _fieller(gains: _Gains, degrees_of_freedom: float) -> tuple[float, float]:
    """The fractions f of which the gain less f times that of ImageNet may be zero."""
    t = t_quantile(degrees_of_freedom) ** 2
    (own, shared), (_, whole) = gains.covariance
    a = gains.imagenet**2 - t * whole
    b = gains.trained * gains.imagenet - t * shared
    c = gains.trained**2 - t * own
    root = np.sqrt(max(b**2 - a * c, 0.0))
    return float((b - root) / a), float((b + root) / a)


def _raw(scope: Scope, regime: str, rows: pd.DataFrame) -> Iterator[Finding]:
    trained = rows[rows["initialisation"] == TRAINED]
    if trained.empty:
        return
    means = trained.groupby("backbone")["value"].mean()
    random = rows[rows["initialisation"] == RANDOM].groupby("backbone")["value"].mean()
    beside = f"Random trunks: {random.mean():.3f}." if len(random) else ""
    yield Finding(
        scope,
        regime,
        "SRCC of the discriminator's own score, with its sign, balanced over trunks",
        value=float(means.mean()),
        n=len(means),
        verdict=DESCRIPTIVE,
        coverage=f"{len(trained)} scores",
        note=sentences(beside, "The claim says nothing of this score, so it decides nothing."),
    )

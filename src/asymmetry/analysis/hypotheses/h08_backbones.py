"""H8: convolutional against Transformer backbones as metrics, on synthetic distortions."""

from collections.abc import Iterator
from dataclasses import replace
from math import comb

import numpy as np
import pandas as pd
import scipy

from asymmetry.analysis.hypotheses.contract import (
    EVERYWHERE,
    Finding,
    family,
    undecidable,
    with_estimate,
)
from asymmetry.analysis.hypotheses.evidence import Evidence
from asymmetry.backbones.families import is_transformer
from asymmetry.core.randomness import draws
from asymmetry.stats.arrays import Array
from asymmetry.stats.correlation import fisher_z
from asymmetry.stats.estimate import difference_of_units
from asymmetry.stats.significance import ALPHA

ID = "H8"
CLAIM = "Convolutional backbones are better IQA metrics than Transformers on synthetic distortions"
SOURCE = "A"
SILENT = (
    "The sets and the size of the difference are not public. Here: Fisher's z of SRCC, synthetic "
    "sets against those of real or algorithmic distortions."
)
TABLES = ("skill",)
UNIT = "backbones"
SYNTHETIC = ("severity", "live", "csiq", "tid2013", "kadid10k")
OTHER = ("pipal", "koniq10k", "spaq", "live_challenge", "flive")
ASSUMED = 0.3
POWER = (
    f"at a true difference of {ASSUMED} in Fisher's z, Welch's test with the interval's own error"
)


def findings(evidence: Evidence) -> list[Finding]:
    """The difference on synthetic sets, and by how much it is larger there than on other sets."""
    rows = evidence.measures
    z = rows.assign(
        z=fisher_z(rows["value"]),
        type=np.select([rows["kind"].isin(SYNTHETIC), rows["kind"].isin(OTHER)], ["s", "o"], ""),
    )
    # The unit is the backbone: metrics on one backbone are alike.
    wide = z.pivot_table(index="backbone", columns="type", values="z")
    wide = wide.reindex(columns=["s", "o"]).reset_index()
    wide["transformer"] = wide["backbone"].map(is_transformer)
    untyped = sorted(set(z.loc[z["type"] == "", "set"]))
    note = f"Of no known type, so left out: {', '.join(untyped)}." if untyped else ""
    return family(_both(wide, note))


def _both(wide: pd.DataFrame, note: str) -> Iterator[Finding]:
    yield _finding(
        "synthetic", "difference of z(SRCC), convolutional minus Transformer", wide, note
    )
    difference = wide.assign(s=wide["s"] - wide["o"])
    yield _finding(
        "interaction",
        "that difference on synthetic sets minus that on the others",
        difference,
        note,
    )


def _finding(regime: str, statistic: str, wide: pd.DataFrame, note: str) -> Finding:
    known = wide[wide["s"].notna()]
    sides = [
        known.loc[known["transformer"] == transformer, "s"].to_numpy()
        for transformer in (False, True)
    ]
    counts = f"{len(sides[0])} convolutional, {len(sides[1])} Transformer backbones"
    finding = Finding(EVERYWHERE, regime, statistic, n=len(known), coverage=counts, note=note)
    least = _least_p(*map(len, sides))
    if not least <= ALPHA:
        reason = f"Too few backbones: no permutation of the families can reach p ≤ {ALPHA}."
        return undecidable(finding, reason)
    found = difference_of_units(*(side[:, None] for side in sides))
    mend = "It needs two backbones of each family."
    filled = with_estimate(finding, found, assumed=ASSUMED, mend=mend)
    return replace(filled, p=_permutation_p(sides))


def _least_p(first: int, second: int) -> float:
    """The smallest two-sided p of an exact permutation of the families' labels."""
    return min(1.0, 2 / comb(first + second, first))


def _permutation_p(sides: list[Array]) -> float:
    """p by permutation of the families: exact below 10,000 of them, else from counted draws."""
    found = scipy.stats.permutation_test(
        sides, _difference, n_resamples=9999, vectorized=True, rng=draws(0, "families")
    )
    return float(found.pvalue)


def _difference(first: Array, second: Array, axis: int) -> Array:
    return np.asarray(first.mean(axis) - second.mean(axis))

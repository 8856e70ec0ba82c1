"""How much of the variance under an adversary the fidelity loss and the discriminator explain."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from asymmetry.analysis.effect import Effects
from asymmetry.analysis.hypotheses.contract import Finding, by_interval, undecidable
from asymmetry.analysis.hypotheses.evidence import Evidence
from asymmetry.analysis.played import of_played
from asymmetry.stats.variance_shares import Components, components
from asymmetry.tables.read import SCOPE

LOSS, DESIGN, WEIGHT = "fidelity", "discriminator", "adversarial_weight"
TRUNK, HEAD = "backbone", "head"
_IN_WORDS = {LOSS: "loss", DESIGN: "discriminator", WEIGHT: "weight", TRUNK: "trunk", HEAD: "head"}
REST = "what differs by chance"
HALF = 0.5
_FEWEST_LEVELS = 3  # of losses and of discriminators; two levels say hardly anything of a variance


def shares_of(
    evidence: Evidence, measured: Iterable[Effects], factor: str, words: str
) -> list[Finding]:
    """The share of `factor` in each of the effects, of the games that were played."""
    return [
        one
        for effects in measured
        for one in of_played(effects, evidence, lambda kept: [share_of(kept, factor, words)])
    ]


def sources(effects: Effects) -> list[dict[str, Any]]:
    """The share of each source in the variance of the effect under an adversary: a row for each.

    Sources are loss, trunk, head, weight, their pairs and what differs by chance; where trunk and
    head cannot be told apart, the discriminator in their place. Without a row where it cannot be
    told from losses either. A factor of one level has no share.
    """
    done = effects.done
    kept = (done["adversarial_weight"] > 0).to_numpy() & np.isfinite(effects.level)
    cells, values = done[kept], effects.level[kept]
    for design in ((TRUNK, HEAD), (DESIGN,)):
        factors = {
            name: np.unique(cells[name].astype(str), return_inverse=True)[1]
            for name in (LOSS, *design, WEIGHT)
            if cells[name].nunique() > 1
        }
        found = components(values - values.mean(), factors) if len(factors) > 1 else None
        if found is not None:
            names = [(name,) for name in found.names] + found.others
            return [
                dict(zip(SCOPE, effects.scope, strict=True))
                | {"source": " × ".join(_IN_WORDS[one] for one in name) or REST}
                | {"value": share.value, "low": share.low, "high": share.high, "n": len(cells)}
                for name, share in zip(names, found.of_all(), strict=True)
            ]
    return []


def share_of(effects: Effects, factor: str, words: str) -> Finding:
    """The share of `factor` in the variance of losses, discriminators and weights together."""
    done = effects.done
    kept = (done["adversarial_weight"] > 0).to_numpy() & np.isfinite(effects.level)
    cells, values = done[kept], effects.level[kept]
    counts = {name: cells[name].nunique() for name in (LOSS, DESIGN, WEIGHT)}
    finding = Finding(
        effects.scope,
        "with adversary",
        f"share of {words} in the variance of losses, discriminators and weights",
        n=len(cells),
        coverage=effects.coverage,
        note=f"{counts[LOSS]} losses, {counts[DESIGN]} discriminators, {counts[WEIGHT]} weights, "
        "each as a sample of such.",
    )
    factors = {
        name: np.unique(cells[name].to_numpy(), return_inverse=True)[1]
        for name, count in counts.items()
        if count > 1
    }
    found: Components | None = None
    if _crossed(cells) >= _FEWEST_LEVELS:
        found = components(values - values.mean(), factors)
    if found is None:
        reason = (
            f"It needs {_FEWEST_LEVELS} losses that are beside {_FEWEST_LEVELS} discriminators "
            "each, to tell discriminators from what they do beside one loss."
        )
        return undecidable(finding, reason)
    share = found.share(factor)
    parts = ", ".join(
        f"{name.replace('_', ' ')} {value:.3f}"
        for name, value in zip(found.names, found.values, strict=True)
    )
    return Finding(
        *(finding.scope, finding.regime, finding.statistic),
        value=share.value,
        low=share.low,
        high=share.high,
        n=finding.n,
        verdict=by_interval(share.low, share.high, HALF),
        coverage=finding.coverage,
        note=f"Variances: {parts}. Supported: interval above {HALF}; contradicted: below. "
        f"{finding.note}",
    )


def _crossed(cells: pd.DataFrame) -> int:
    """How many losses are there beside at least so many discriminators."""
    beside = cells.groupby(LOSS)[DESIGN].nunique()
    return int((beside >= _FEWEST_LEVELS).sum())

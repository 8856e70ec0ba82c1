"""Every conclusion again, without each judge, each family of backbones, and each kind of judge.

Judges share backbones with losses and discriminators. A conclusion must not depend on a single
judge, or on one kind of network.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import isfinite
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd

from asymmetry.analysis.hypotheses.contract import Finding
from asymmetry.analysis.hypotheses.evidence import Evidence
from asymmetry.analysis.hypotheses.examine import examine
from asymmetry.backbones.families import family_of
from asymmetry.metrics.contracts import JUDGES, PEOPLE
from asymmetry.tables.read import SCOPE
from asymmetry.tables.schemas import COLUMNS

JUDGE, BACKBONE, REFERENCE = "judge", "backbone", "reference"
_JUDGED, _ON_BACKBONES = "scores", {"transfer": "transfer", "skill": "measures"}
KINDS = {JUDGE: "judge", BACKBONE: "backbone family", REFERENCE: "kind of judge"}
_AGREEMENT = "H9"  # the claim about the judges themselves

Findings = dict[str, list[Finding]]


@dataclass(frozen=True)
class _LeftOut:
    """What is left out, and the judges that go with it."""

    kind: str
    name: str
    judges: frozenset[str]


def robustness(
    hypotheses: Iterable[ModuleType], evidence: Evidence, findings: Findings
) -> list[dict[str, Any]]:
    """The rows of the table `robustness`; `findings` are those of all judges, by hypothesis id.

    What is left out is one judge; or a family of backbones; or all full-reference ("fr") or all
    no-reference ("nr") judges. A family is left out among the judges. For a hypothesis that reads
    only tables of discriminators or metrics, it is left out among these. A conclusion has no row
    where it was not computed, or does not depend on what is left out.
    """
    modules = [module for module in hypotheses if module.ID != _AGREEMENT]
    rows: list[dict[str, Any]] = []
    for left in [*_judges(evidence), *_backbones(evidence)]:
        family = left.name if left.kind == BACKBONE else ""
        fewer = evidence.without(left.judges, family)
        touched = _touched(left, evidence)
        for module in modules:
            if _depends(module, left, evidence):
                whole = findings[module.ID]
                if _JUDGED in module.TABLES:
                    whole = [one for one in whole if one.scope[3] in touched]
                if whole:
                    rows += _compared(module.ID, left, examine(module, fewer), whole)
    return rows


def stability_in_words(rows: pd.DataFrame, claim: Any) -> str:
    """The range of a value, and how often its sign and its verdict change, as parts are left out.

    `claim` is the conclusion itself (mapping): `0.31 to 0.62 without one of 9, no sign changes`.
    """
    values = rows["value"].dropna()
    if values.empty:
        return ""
    changes = int((np.sign(values) != np.sign(claim["value"])).sum())
    signs = f"{changes} sign change{'s' if changes > 1 else ''}" if changes else "no sign changes"
    other = int((~rows["agrees"].astype(bool)).sum())
    verdicts = f", another verdict in {other}" if other else ""
    return f"{values.min():.2f} to {values.max():.2f} without one of {len(rows)}, {signs}{verdicts}"


def rows_of_claim(robustness: pd.DataFrame, claim: Any) -> pd.DataFrame:
    """The rows of the conclusion that a row (mapping) of the table `hypotheses` draws."""
    keys = ["id", *SCOPE, "regime"]
    return robustness[(robustness[keys] == [claim[key] for key in keys]).all(axis="columns")]


def _judges(evidence: Evidence) -> Iterator[_LeftOut]:
    """Each judge, and each kind; never all of them."""
    judges = evidence.judges
    measured = [name for name in judges if name != PEOPLE]
    kinds = {
        "nr": [name for name in measured if not JUDGES[name].full_reference],
        "fr": [name for name in measured if JUDGES[name].full_reference],
    }
    for name in judges if len(judges) > 1 else []:
        yield _LeftOut(JUDGE, name, frozenset([name]))
    for kind, names in kinds.items():
        if 0 < len(names) < len(judges):
            yield _LeftOut(REFERENCE, kind, frozenset(names))


def _backbones(evidence: Evidence) -> Iterator[_LeftOut]:
    """Each family inside a judge, a discriminator or a metric."""
    families = {name: JUDGES[name].backbone for name in evidence.judges}
    others = pd.concat([evidence.transfer["backbone"], evidence.measures["backbone"]])
    known = [family for family in families.values() if family]
    known += [family_of(name) for name in others.dropna()]
    for family in sorted(set(known)):
        judges = [name for name, of_judge in families.items() if of_judge == family]
        yield _LeftOut(BACKBONE, family, frozenset(judges))


def _touched(left: _LeftOut, evidence: Evidence) -> set[str]:
    """The axes that lose some of their judges, but not all."""
    known = set(evidence.judges)
    of_axes = {axis: known.intersection(judges) for axis, judges in evidence.axes.items()}
    return {
        axis for axis, judges in of_axes.items() if left.judges & judges and judges - left.judges
    }


def _depends(module: ModuleType, left: _LeftOut, evidence: Evidence) -> bool:
    """Whether a hypothesis reads anything that is left out."""
    if _JUDGED in module.TABLES:
        return bool(_touched(left, evidence))
    tables = [_ON_BACKBONES[table] for table in module.TABLES if table in _ON_BACKBONES]
    read = [getattr(evidence, table)["backbone"] for table in tables]
    on = {family_of(name) for backbones in read for name in backbones.dropna()}
    return left.kind == BACKBONE and left.name in on


def _compared(
    name: str, left: _LeftOut, found: list[Finding], whole: list[Finding]
) -> Iterator[dict[str, Any]]:
    again = {(one.scope, one.regime): one for one in found}
    for one in whole:
        if not isfinite(one.value):
            continue
        other = again.get((one.scope, one.regime), Finding(one.scope, one.regime, one.statistic))
        values = (
            name,
            *one.scope,
            one.regime,
            left.kind,
            left.name,
            other.value,
            other.low,
            other.high,
            other.verdict,
            other.verdict == one.verdict,
        )
        yield dict(zip(COLUMNS["robustness"], values, strict=True))

"""The stage `analyse`: from the tables of the other stages to effects, hypotheses and claims."""

import json
import math
from pathlib import Path
from typing import Any

import pandas as pd
from threadpoolctl import threadpool_limits

from asymmetry.analysis.asymmetry import points
from asymmetry.analysis.claims import claims_text
from asymmetry.analysis.effect import reliability_row
from asymmetry.analysis.hypotheses.evidence import gather
from asymmetry.analysis.hypotheses.examine import examine, rows_of
from asymmetry.analysis.hypotheses.registry import load_hypotheses
from asymmetry.analysis.robustness import robustness
from asymmetry.core.files import write_atomically
from asymmetry.study import Study
from asymmetry.tables.people import people_in_words
from asymmetry.tables.read import load_tables, table_path
from asymmetry.tables.schemas import COLUMNS, empty_table, write_table


def analyse(study: Study, results: Path) -> None:
    """Write the tables `effect`, `asymmetry`, `reliability`, `hypotheses` (also as JSON and CSV).

    Also `robustness`, each conclusion without some of the judges.

    And the claims in words, `claims.md`. Raises UserError where an input table is damaged or mixes
    conventions.
    """
    tables = load_tables(results)
    modules = load_hypotheses()
    with threadpool_limits(1):  # more would add in another order
        evidence = gather(study, tables)
        findings = {module.ID: examine(module, evidence) for module in modules}
        without = robustness(modules, evidence, findings)
    claims = [row for module in modules for row in rows_of(module, findings[module.ID])]
    _write(results, "effect", [scope.settings for scope in evidence.effects])
    _write(results, "asymmetry", [points(scope, tables.skill) for scope in evidence.effects])
    reliable = pd.DataFrame([reliability_row(scope) for scope in evidence.effects])
    _write(results, "reliability", [reliable])
    _write(results, "hypotheses", [pd.DataFrame(claims)])
    _write(results, "robustness", [pd.DataFrame(without)])
    listed = [{column: _plain(row[column]) for column in COLUMNS["hypotheses"]} for row in claims]
    write_atomically(
        results / "hypotheses.json",
        (json.dumps(listed, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode(),
    )
    table = pd.DataFrame(claims, columns=COLUMNS["hypotheses"])
    write_atomically(results / "hypotheses.csv", table.to_csv(index=False).encode())
    held = pd.DataFrame(without, columns=COLUMNS["robustness"])
    axes = pd.DataFrame(reliable, columns=COLUMNS["reliability"])
    text = claims_text(modules, table, held, axes, tables.coverage, people_in_words(study))
    write_atomically(results / "claims.md", text.encode())


def _write(results: Path, name: str, parts: list[pd.DataFrame]) -> None:
    filled = [part for part in parts if len(part)]
    table = pd.concat(filled, ignore_index=True) if filled else empty_table(name)
    # The effects have columns beside those of their table, by which hypotheses choose settings.
    write_table(table[COLUMNS[name]], name, table_path(results, name))


def _plain(value: Any) -> Any:
    """A value as JSON has it: no NaN, no numpy numbers."""
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    return value

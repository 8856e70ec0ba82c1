"""Tables joined from the parts that jobs wrote, and from the records of the runs."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from asymmetry.core.errors import UserError
from asymmetry.core.records import read_record
from asymmetry.metrics.conventions import check_conventions
from asymmetry.planning.outside import OUTSIDE
from asymmetry.planning.plan import Plan
from asymmetry.planning.run import DISCRIMINATOR_WARM_START, Run
from asymmetry.study import Study
from asymmetry.tables.schemas import COLLAPSED, DIVERGED, DONE, MISSING, empty_table, table_of


def joined(parts: Sequence[Path], name: str) -> pd.DataFrame:
    """The rows of all parts of the table `name` that are there.

    A table without parts has no rows: a study without an adversary has nothing to transfer. Raises
    UserError where there are parts, and none is there.
    """
    if not parts:
        return empty_table(name)
    frames = [pd.read_parquet(path) for path in parts if path.is_file()]
    if not frames:
        raise UserError("collect: none of the table's parts is there yet; run `snakemake` first")
    table = pd.concat(frames, ignore_index=True)
    if "convention" in table:
        check_conventions(table, str(parts[0].parent))
    return table


def runs_table(plan: Plan, read: Callable[[Path], dict[str, Any]] = read_record) -> pd.DataFrame:
    """A row for each run: its settings, and how it went; "missing" where it is not there yet.

    `read` reads the `run.json` at a path.
    """
    rows = [_row(plan.study, run, read) for run in plan.trainings]
    rows += [
        {"run": name, "kind": "bicubic", "task": name.partition("/")[0], "status": DONE}
        for name in plan.baselines
    ]
    rows += [
        {"run": one.id, "kind": OUTSIDE, "task": one.task, "status": DONE}
        for one in plan.outside.values()
    ]
    return table_of(rows, "runs")


def _row(study: Study, run: Run, read: Callable[[Path], dict[str, Any]]) -> dict[str, Any]:
    cell, spec = run.cell, study.discriminators.get(run.cell.discriminator)
    missing: dict[str, Any] = {"status": MISSING}
    record = read(run.record) if run.record.is_file() else missing
    diverged, collapsed = record.get(DIVERGED) or {}, record.get(COLLAPSED) or {}
    usage, auc = record.get("usage") or {}, record.get("auc") or {}
    return {
        "run": run.id,
        "kind": run.kind,
        "task": cell.task,
        "generator": cell.generator,
        "fidelity": cell.fidelity if run.kind != DISCRIMINATOR_WARM_START else None,
        "discriminator": cell.discriminator,
        "backbone": spec.backbone if spec else None,
        "head": spec.head if spec else None,
        "initialisation": spec.initialisation if spec else None,
        "frozen": spec.frozen if spec else None,
        "adversarial_weight": cell.adversarial_weight,
        "seed": cell.seed,
        "status": record["status"],
        "steps": record.get("steps"),
        "seconds": record.get("seconds"),
        "device": usage.get("device"),
        "device_seconds": usage.get("device_seconds"),
        "mean_utilisation": usage.get("mean_utilisation"),
        "peak_memory_mb": usage.get("peak_memory_mb"),
        "attempts": usage.get("attempts"),
        "parameters": record.get("parameters"),
        "discriminator_parameters": record.get("discriminator_parameters"),
        "discriminator_trained_parameters": record.get("discriminator_trained_parameters"),
        "receptive_field": record.get("receptive_field"),
        "gradient_ratio": record.get("gradient_ratio"),
        "diverged_at": diverged.get("step"),
        "diverged_term": diverged.get("term"),
        "collapsed_at": collapsed.get("step"),
        "collapsed_term": collapsed.get("term"),
        "auc_start": auc.get("start"),
        "auc_middle": auc.get("middle"),
        "auc_end": auc.get("end"),
    }

"""Joins what the jobs of a stage wrote into one tidy table."""

from typing import TYPE_CHECKING, Any

from asymmetry.errors import UserError
from asymmetry.files import write_atomically
from asymmetry.names import nearest
from asymmetry.records import read_record
from asymmetry.userstudy.join import with_people

if TYPE_CHECKING:
    import pandas as pd

    from asymmetry.plan import Run
    from asymmetry.stages import Part, Stages

CHANGES_NUMBERS = True
TABLES = ("runs", "scores", "skill", "optimisability", "transfer")


def collect_table(stages: "Stages", table: str) -> None:
    """Write `<results>/<table>.parquet` from those of its parts that are there."""
    if table not in TABLES:
        raise UserError(f"collect: '{table}' is no table; {nearest(table, TABLES)}")
    from asymmetry.made import making

    parts = {
        "scores": stages.assess_parts,
        "skill": stages.skill_parts,
        "optimisability": stages.optimise_parts,
        "transfer": stages.transfer_parts,
    }
    with making(stages, table):
        frame = _runs(stages) if table == "runs" else _joined(parts[table])
        if table == "scores":
            frame = with_people(frame, stages.study, stages.assessed)
        path = stages.results / f"{table}.parquet"
        write_atomically(path, frame.to_parquet(index=False))


def _joined(parts: list["Part"]) -> "pd.DataFrame":
    import pandas as pd

    from asymmetry.metrics.conventions import check_conventions

    frames = [pd.read_parquet(part.path) for part in parts if part.path.is_file()]
    if not frames:
        raise UserError("collect: none of the table's parts is there yet; run `snakemake` first")
    table = pd.concat(frames, ignore_index=True)
    if "convention" in table:
        check_conventions(table, str(parts[0].path.parent))
    return table


def _runs(stages: "Stages") -> "pd.DataFrame":
    """A row a run: what it was, how it went; runs that are not there yet have status "missing"."""
    import pandas as pd

    plan = stages.plan
    rows = [_row(stages, run, "warm-start") for run in plan.warm_starts]
    rows += [_row(stages, run, "cell") for run in plan.runs]
    rows += [
        {"run": name, "kind": "bicubic", "task": name.partition("/")[0], "status": "done"}
        for name in stages.baselines
    ]
    return pd.DataFrame(rows)


def _row(stages: "Stages", run: "Run", kind: str) -> dict[str, Any]:
    cell, spec = run.cell, stages.study.discriminators.get(run.cell.discriminator)
    missing: dict[str, Any] = {"status": "missing"}
    record = read_record(run.record) if run.record.is_file() else missing
    diverged, spent = record.get("diverged") or {}, record.get("ledger") or {}
    return {
        "run": run.id,
        "kind": kind,
        "task": cell.task,
        "generator": cell.generator,
        "fidelity": cell.fidelity,
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
        "device": spent.get("device"),
        "device_seconds": spent.get("device_seconds"),
        "mean_utilisation": spent.get("mean_utilisation"),
        "peak_memory_mb": spent.get("peak_memory_mb"),
        "attempts": spent.get("attempts"),
        "parameters": record.get("parameters"),
        "discriminator_parameters": record.get("discriminator_parameters"),
        "discriminator_trained_parameters": record.get("discriminator_trained_parameters"),
        "receptive_field": record.get("receptive_field"),
        "gradient_ratio": record.get("gradient_ratio"),
        "diverged_at": diverged.get("step"),
        "diverged_term": diverged.get("term"),
    }

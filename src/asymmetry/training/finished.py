"""`finished.json`: the copy of a `run.json` that Snakemake does not know. Imports no torch."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from asymmetry.core.files import read_object, sha256_of, write_atomically
from asymmetry.planning.plan import Plan
from asymmetry.planning.run import Run

CHANGES_NUMBERS = False
FINISHED = "finished.json"


def restore_record(run: Run) -> bool:
    """Restore the `run.json` of a finished run from its copy; False where that is not possible.

    Snakemake deletes all outputs of a rule before it starts the rule again, and after a failure:
    also those of runs that had finished, before Snakemake was killed or in the pack of one that
    failed. The copy, which counts if all models have their recorded digests, saves a training.
    """
    copy = run.folder / FINISHED
    outputs = read_object(copy).get("outputs")
    if not isinstance(outputs, dict):
        return False
    for name, expected in outputs.items():
        path = run.folder / name
        if not path.is_file() or sha256_of(path) != expected:
            return False
    write_atomically(run.record, copy.read_bytes())
    return True


def restore_records(plan: Plan) -> list[Run]:
    """Restore the records of finished runs that Snakemake deleted; those runs."""
    return [run for run in plan.trainings if restore_missing(run)]


def restore_missing(run: Run) -> bool:
    """`restore_record` of a run whose record is not there; whether it was restored."""
    return not run.record.is_file() and restore_record(run)


def taken_over(runs: Sequence[Run]) -> str:
    """A line that says that finished runs are not trained again, and how they would be."""
    return (
        f"{len(runs)} finished trainings are taken over, the first is {runs[0].id}: only their "
        "run.json was gone. To train anew what a rule trains: --forcerun RULE"
    )


def forget(outputs: Iterable[str]) -> None:
    """Delete the copies beside these outputs, so that Snakemake can train their runs anew."""
    for record in filter(lambda path: path.name == "run.json", map(Path, outputs)):
        record.with_name(FINISHED).unlink(missing_ok=True)

"""`finished.json`: the copy of a `run.json` that Snakemake does not know. Imports no torch."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from asymmetry.core.files import read_object, sha256_of, write_atomically
from asymmetry.planning.plan import Plan, Run

CHANGES_NUMBERS = False
FINISHED = "finished.json"


def restore_record(run: Run) -> bool:
    """Bring back the `run.json` of a finished run that lost it; whether that was possible.

    Snakemake deletes a rule's outputs before it starts the rule again, and where one of them was
    not made: also those of a run that had finished, before its head was killed or beside one that
    failed. The copy, once verified, keeps that from costing a training.
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
    """Bring back what Snakemake deleted of finished runs; the runs of which it did."""
    return [run for run in [*plan.warm_starts, *plan.runs] if restore_missing(run)]


def restore_missing(run: Run) -> bool:
    """`restore_record` of a run whose record is not there; whether it is brought back."""
    return not run.record.is_file() and restore_record(run)


def taken_over(runs: Sequence[Run]) -> str:
    """A line that says that finished runs are not trained again, and how they would be."""
    return (
        f"{len(runs)} finished trainings are taken over, the first is {runs[0].id}: only their "
        "run.json was gone. To train anew what a rule trains: --forcerun RULE"
    )


def forget(outputs: Iterable[str]) -> None:
    """Have the runs among these outputs trained anew, as Snakemake was told to."""
    for record in filter(lambda path: path.name == "run.json", map(Path, outputs)):
        record.with_name(FINISHED).unlink(missing_ok=True)

"""`finished.json`: the copy of a `run.json` that Snakemake does not know. Imports no torch."""

from asymmetry.files import read_object, sha256_of, write_atomically
from asymmetry.plan import Run

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

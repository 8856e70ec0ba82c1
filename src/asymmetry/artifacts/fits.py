"""The files of fitted channel weights, for `asymmetry adopt`: copied, verified or quarantined."""

from pathlib import Path

from asymmetry.artifacts.quarantine import quarantine
from asymmetry.core.errors import UserError
from asymmetry.core.files import write_atomically
from asymmetry.planning.run import RUNS
from asymmetry.weights.channel_weights import read_fitted


def adopt_fits(paths: list[Path], source: Path | None) -> tuple[list[str], list[str]]:
    """Copy missing files from `source`, another folder of runs, and verify all of them.

    Returns a line for each file that was copied, and one for each that was refused.
    """
    copied, refused = [], []
    for path in paths:
        there = source / path.relative_to(RUNS) if source else None
        try:
            if there and there.is_file() and not path.is_file():
                read_fitted(there)
                write_atomically(path, there.read_bytes())
                copied.append(f"{path}: copied from {source}")
            if path.is_file():
                read_fitted(path)
        except UserError as error:
            refused.append(str(error))
            if path.is_file():
                quarantine(path, RUNS)
    return copied, refused

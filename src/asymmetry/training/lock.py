"""One process at a time in a run's folder.

A cluster can start a job twice: SLURM puts a job back into the queue while a node that it cannot
reach goes on, or Snakemake is started again while the jobs of its killed predecessor still run.

A file server gives up the lock of a node that it does not hear, and the node may come back. So who
holds the lock puts its name into a file beside it; who finds another one there lost the folder.
"""

import logging
import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from asymmetry.core.errors import UserError
from asymmetry.core.lock import try_lock
from asymmetry.training.deadline import Deadline

CHANGES_NUMBERS = False
LOCK, HOLDER = "lock", "holder"
WAITING = "another job trains here; waiting for it"
_POLL_SECONDS = 1.0

_names: dict[Path, bytes] = {}  # of this process, in the locks that it holds

logger = logging.getLogger(__name__)


class TakenOverError(UserError):
    """Another job has the folder of a training, which must write nothing more into it."""


@contextmanager
def run_lock(folder: Path, deadline: Deadline) -> Iterator[bool]:
    """Hold the folder's lock, once its holder has left; False where the deadline came first."""
    folder.mkdir(parents=True, exist_ok=True)
    told = False
    while True:
        with try_lock(folder / LOCK) as held:
            if held:
                with _named(folder):
                    yield True
                return
            if deadline.reached(_POLL_SECONDS):
                yield False
                return
        if not told:
            logger.warning("%s: %s", folder, WAITING)
            told = True
        time.sleep(_POLL_SECONDS)


@contextmanager
def _named(folder: Path) -> Iterator[None]:
    """Say for others who holds the lock."""
    name = f"{platform.node()} {os.getpid()} {time.monotonic_ns()}".encode()
    with suppress(OSError):  # a full disk: then no other can put its name there either
        (folder / HOLDER).write_bytes(name)
        _names[folder] = name
    try:
        yield
    finally:
        _names.pop(folder, None)


def may_write(folder: Path) -> bool:
    """Whether this process may write what a training goes on from, or ends with, into its folder.

    Not where the folder was taken over by another job that finished the training. Raises
    TakenOverError, one line, where that job is still at it.
    """
    name = _names.get(folder)
    try:
        if name is None or (folder / HOLDER).read_bytes() in (name, b""):
            return True
    except OSError:  # someone tidied up
        return True
    if (folder / "run.json").is_file():
        return False
    raise TakenOverError(
        f"{folder}: another job has taken this training over, as this one was not heard for a "
        "while; nothing is to be done, this one ends and that one goes on"
    )

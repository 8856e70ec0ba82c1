"""One process at a time in a run's folder.

A cluster can start a job twice: SLURM puts a job back into the queue while a node that it cannot
reach goes on, or Snakemake is started again while the jobs of its killed predecessor still run.
"""

import errno
import fcntl
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from asymmetry.training.deadline import Deadline

CHANGES_NUMBERS = False
_POLL_SECONDS = 1.0
# File systems without locks (Lustre mounted without `flock`): go on as the others would.
_NO_LOCKS = {errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOLCK}

logger = logging.getLogger(__name__)


@contextmanager
def alone(folder: Path, deadline: Deadline) -> Iterator[bool]:
    """Hold the folder's lock, once its holder has left; False where the deadline came first.

    The kernel drops the lock of a process that ends, however it ends.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a") as file:
        told = False
        while not _taken(file.fileno()):
            if deadline.reached(_POLL_SECONDS):
                yield False
                return
            if not told:
                logger.warning("%s: another job is at it; waiting for that one", folder)
                told = True
            time.sleep(_POLL_SECONDS)
        yield True


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
    return True

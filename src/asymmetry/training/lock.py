"""One process at a time in a run's folder.

A cluster can start a job twice: SLURM puts a job back into the queue while a node that it cannot
reach goes on, or Snakemake is started again while the jobs of its killed predecessor still run.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from asymmetry.core.lock import try_lock
from asymmetry.training.deadline import Deadline

CHANGES_NUMBERS = False
LOCK = "lock"
_POLL_SECONDS = 1.0

logger = logging.getLogger(__name__)


@contextmanager
def run_lock(folder: Path, deadline: Deadline) -> Iterator[bool]:
    """Hold the folder's lock, once its holder has left; False where the deadline came first."""
    folder.mkdir(parents=True, exist_ok=True)
    told = False
    while True:
        with try_lock(folder / LOCK) as held:
            if held or deadline.reached(_POLL_SECONDS):
                yield held
                return
        if not told:
            logger.warning("%s: another job trains here; waiting for it", folder)
            told = True
        time.sleep(_POLL_SECONDS)

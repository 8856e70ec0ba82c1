"""Locks that end with the process that holds them, however it ends."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

CHANGES_NUMBERS = False

# File systems without locks: Lustre mounted without `flock`, NFS without a lock service.
_NO_LOCKS = {errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOLCK}


@contextmanager
def try_lock(path: Path) -> Iterator[bool]:
    """Hold the lock of a file, which stays there; False where another process holds it.

    On a file system without locks everyone gets it, as if nobody else were there. filelock would
    take the file's existence for a lock instead: a killed job leaves that behind, and its successor
    would wait for ever.
    """
    lock = FileLock(path, fallback_to_soft=False)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        yield False
        return
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
    try:
        yield True
    finally:
        lock.release()

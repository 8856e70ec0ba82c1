"""Results that are costly to compute, kept in a file that may be lost at any time."""

import json
import time
from pathlib import Path
from typing import Any, Self

from asymmetry.core.files import read_object, write_atomically

CHANGES_NUMBERS = False

# Some file systems count modification times in seconds, FAT in two: within that, a file may change
# and keep its time.
_COARSEST_SECONDS = 2.0


class Cache:
    """JSON values by key; each is valid as long as its version stays the same.

    A missing or damaged file is an empty cache. As a context manager, it writes new values at the
    end, also after an exception.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._entries, self._changed = path, read_object(path), False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._changed:
            text = json.dumps(self._entries, sort_keys=True, indent=0)
            write_atomically(self._path, text.encode())

    def get(self, key: str, version: Any) -> Any:
        """The value of a key; None where there is none of this version."""
        entry = self._entries.get(key)
        if not isinstance(entry, list) or len(entry) != 2 or entry[0] != version:
            return None
        return entry[1]

    def put(self, key: str, version: Any, value: Any) -> None:
        """Keep the value of a key, in place of any other version; not where the version is None."""
        if version is not None:
            self._entries[key], self._changed = [version, value], True


def file_version(path: Path) -> list[int] | None:
    """Size and modification time (ns) of a file; OSError where it cannot be read.

    None where it was modified so recently that it could change again without a new time.
    """
    status = path.stat()
    # A time ahead of the clock is no danger: a file that changes now gets an earlier one.
    if abs(time.time() - status.st_mtime_ns / 1e9) <= _COARSEST_SECONDS:
        return None
    return [status.st_size, status.st_mtime_ns]

"""Digests of many files, remembered while size and modification time stay.

The Snakefile is parsed again by every job, and an IQA set may have ten thousand images.
"""

import json
import time
from collections.abc import Iterable
from pathlib import Path

from asymmetry.core.files import read_object, sha256_of, write_if_changed

CACHE = Path(".asymmetry/digests.json")

# Some file systems count modification times in seconds, FAT in two: within that, a file may change
# and keep its time.
_COARSEST_SECONDS = 2.0


def settled(mtime_ns: int) -> bool:
    """Whether a file of this modification time must get another one when it changes now."""
    # A time ahead of the clock is settled too: a file that changes now gets an earlier one.
    return abs(time.time() - mtime_ns / 1e9) > _COARSEST_SECONDS


def remembered_sha256(paths: Iterable[Path]) -> dict[Path, str]:
    """The sha256 (hex) of each file; a file is read where it is new or its size or time changed."""
    known = read_object(CACHE)
    found = {}
    for path in paths:
        status, key = path.stat(), str(path.absolute())
        seen = [status.st_size, status.st_mtime_ns]
        entry = known.get(key)
        if not isinstance(entry, list) or entry[:2] != seen:
            entry = [*seen, sha256_of(path)]
            if settled(status.st_mtime_ns):
                known[key] = entry
        found[path] = entry[2]
    write_if_changed(CACHE, json.dumps(known, sort_keys=True, indent=0).encode())
    return found

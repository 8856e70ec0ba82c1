"""Digests of many files, remembered while size and modification time stay.

The Snakefile is parsed again by every job, and an IQA set may have ten thousand images.
"""

import json
from collections.abc import Iterable
from pathlib import Path

from asymmetry.files import read_object, sha256_of, write_if_changed

CACHE = Path(".asymmetry/digests.json")


def remembered_sha256(paths: Iterable[Path]) -> dict[Path, str]:
    """The sha256 (hex) of each file; a file is read where it is new or its size or time changed."""
    known = read_object(CACHE)
    found = {}
    for path in paths:
        status, key = path.stat(), str(path.absolute())
        seen = [status.st_size, status.st_mtime_ns]
        entry = known.get(key)
        if not isinstance(entry, list) or entry[:2] != seen:
            entry = known[key] = [*seen, sha256_of(path)]
        found[path] = entry[2]
    write_if_changed(CACHE, json.dumps(known, sort_keys=True, indent=0).encode())
    return found

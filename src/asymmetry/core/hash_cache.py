"""Digests of many files, cached while size and modification time stay.

The Snakefile is parsed again by every job, and an IQA set may have ten thousand images.
"""

from collections.abc import Iterable
from pathlib import Path

from asymmetry.core.cache import Cache, file_version
from asymmetry.core.files import STATE, sha256_of

CHANGES_NUMBERS = False

CACHE = STATE / "digests.json"


def cached_sha256(paths: Iterable[Path]) -> dict[Path, str]:
    """The sha256 (hex) of each file; a file is read where it is new or its size or time changed."""
    found = {}
    with Cache(CACHE) as cache:
        for path in paths:
            key, version = str(path.absolute()), file_version(path)
            found[path] = cache.get(key, version)
            if found[path] is None:
                found[path] = sha256_of(path)
                cache.put(key, version, found[path])
    return found

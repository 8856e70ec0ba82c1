"""Files that are either whole or absent, and their digests."""

import errno
import hashlib
import json
import os
import platform
from contextlib import suppress
from pathlib import Path
from typing import Any

from asymmetry.core.errors import UserError

CHANGES_NUMBERS = False

STATE = Path(".asymmetry")
"""The folder of what a study keeps beside its results; without it, work is done again."""

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def write_atomically(path: Path, content: bytes) -> None:
    """Write `content` beside `path` and rename it into place, so that no reader sees a part of it.

    Raises UserError where it cannot be written; a former `path` then stays as it was.
    """
    # Two nodes that share a file system may give the same number to two processes.
    aside = path.with_name(f".{path.name}.{platform.node()}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with aside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except OSError as error:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
        if error.errno in _FULL:
            raise UserError(
                f"{path}: cannot be written, the disk or quota is full; "
                "free some space and start again, what was saved before is kept"
            ) from error
        raise UserError(
            f"{path}: cannot be written ({error.strerror}); make its folder writable, "
            "or work in another one"
        ) from error


def write_if_changed(path: Path, content: bytes) -> None:
    """Write `content` atomically; leave `path` and its modification time alone if it is equal."""
    if not path.is_file() or path.read_bytes() != content:
        write_atomically(path, content)


def read_object(path: Path) -> dict[str, Any]:
    """The JSON object in a file that only saves work: empty where it is missing or damaged."""
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def canonical_json(value: Any) -> bytes:
    """JSON with sorted keys and no spaces: equal values give equal bytes."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def digest(value: Any) -> str:
    """The sha256 (hex) of `value` as canonical JSON."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


def sha256_of(path: Path) -> str:
    """The sha256 (hex) of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

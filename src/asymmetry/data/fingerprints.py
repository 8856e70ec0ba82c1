"""Fingerprints of pictures, by which they are compared; kept while a file does not change."""

import json
import logging
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from asymmetry.core.errors import UserError
from asymmetry.core.files import read_object, write_if_changed
from asymmetry.core.hash_cache import settled

if TYPE_CHECKING:
    from asymmetry.data.images import Rgb

CACHE = Path(".asymmetry/fingerprints.json")
SIDE = 16
"""Of the square of mean luminances."""

# Each thread holds a decoded image, of 60 MB at 20 megapixels.
_MOST_THREADS = 4
_MANY = 500  # pictures: from here on it takes some seconds or more
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Fingerprint:
    """The sha256 (hex) of a picture's file, its size in pixels when upright, and two hashes.

    `dhash` is its `difference_hash`, of 64 bits. `means` are the mean luminances of SIDE x SIDE
    blocks, 0 to 255, row by row, as hex.
    """

    sha256: str
    width: int
    height: int
    dhash: int
    means: str


def fingerprints(paths: Iterable[Path]) -> list[Fingerprint]:
    """The fingerprint of each file, in the order of the paths.

    A file is decoded once, and again after its size or modification time changes. Fingerprints are
    kept in `.asymmetry/fingerprints.json`. Raises UserError as `read_rgb`, with a line for each bad
    file.
    """
    asked = [path.absolute() for path in paths]
    seen, found, mistakes = dict[Path, list[int]](), dict[Path, Fingerprint](), list[str]()
    known, fresh = read_object(CACHE), dict[str, object]()
    for path in dict.fromkeys(asked):
        try:
            seen[path] = _seen(path)
        except UserError as error:
            mistakes.append(str(error))
            continue
        if kept := _kept(known.get(str(path)), seen[path]):
            found[path] = kept
    new = [path for path in seen if path not in found]
    if len(new) > _MANY:
        _log.info("decoding %d pictures, once, to compare what they show", len(new))
    try:
        for path, result in _looks(new):
            if isinstance(result, UserError):
                mistakes.append(str(result))
                continue
            found[path] = result
            if settled(seen[path][1]):
                fresh[str(path)] = [*seen[path], asdict(result)]
    finally:
        # After an interruption, the next start continues from here.
        if fresh:
            write_if_changed(CACHE, json.dumps(known | fresh, sort_keys=True, indent=0).encode())
    if mistakes:
        raise UserError("\n".join(mistakes))
    return [found[path] for path in asked]


def _looks(paths: list[Path]) -> Iterator[tuple[Path, Fingerprint | UserError]]:
    """The fingerprint of each file, or what is wrong with it; several are read at a time."""
    with ThreadPoolExecutor(min(_MOST_THREADS, len(os.sched_getaffinity(0)))) as pool:
        yield from zip(paths, pool.map(_try, paths), strict=True)


def _try(path: Path) -> Fingerprint | UserError:
    try:
        return _look(path)
    except UserError as error:
        return error


def fingerprint(content: bytes, rgb: "Rgb") -> Fingerprint:
    """The fingerprint of a file's bytes and of the picture uint8 [H,W,3] that they hold."""
    import numpy as np
    from PIL import Image

    from asymmetry.data.images import difference_hash

    luminance = Image.fromarray(rgb).convert("L")
    means = np.asarray(luminance.resize((SIDE, SIDE), Image.Resampling.BOX))
    height, width = rgb.shape[:2]
    return Fingerprint(
        sha256(content).hexdigest(), width, height, difference_hash(rgb), means.tobytes().hex()
    )


def _look(path: Path) -> Fingerprint:
    from asymmetry.data.images import decode_rgb, read_bytes

    content = read_bytes(path)
    return fingerprint(content, decode_rgb(content, path))


def _seen(path: Path) -> list[int]:
    """The size and modification time of a file."""
    try:
        status = path.stat()
    except OSError as error:
        raise UserError(
            f"{path}: cannot be read ({error.strerror}); replace or remove it"
        ) from None
    return [status.st_size, status.st_mtime_ns]


def _kept(entry: object, seen: list[int]) -> Fingerprint | None:
    """The fingerprint in an entry of the cache; None where the file changed or it is damaged."""
    if not isinstance(entry, list) or len(entry) != 3 or entry[:2] != seen:
        return None
    kept, fields = entry[2], Fingerprint.__annotations__
    if not isinstance(kept, dict) or kept.keys() != fields.keys():
        return None
    if any(type(kept[name]) is not kind for name, kind in fields.items()):
        return None
    return Fingerprint(**kept) if len(kept["means"]) == 2 * SIDE * SIDE else None

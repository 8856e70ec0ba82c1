"""What tells pictures apart without their pixels, remembered while a file stays as it is."""

import json
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asymmetry.errors import UserError
from asymmetry.files import read_object, write_if_changed
from asymmetry.remembered import settled

if TYPE_CHECKING:
    from asymmetry.data.images import Rgb

CACHE = Path(".asymmetry/fingerprints.json")
SIDE = 16
"""Of the square of mean luminances."""

# Each thread holds a decoded image, of 60 MB at 20 megapixels.
_MOST_THREADS = 4


@dataclass(frozen=True)
class Fingerprint:
    """A picture in short: the sha256 (hex) of its file, its size in pixels as upright, 64 bits.

    `dhash` is its `difference_hash`; `means` the mean luminances of SIDE x SIDE blocks, 0 to 255,
    row by row, as hex.
    """

    sha256: str
    width: int
    height: int
    dhash: int
    means: str


def fingerprints(paths: Iterable[Path]) -> list[Fingerprint]:
    """The fingerprint of each file, in their order.

    A file is decoded once, and again where its size or modification time changed; what was found
    is kept in `.asymmetry/fingerprints.json`. Raises UserError as `read_rgb`.
    """
    asked = [path.absolute() for path in paths]
    known = read_object(CACHE)
    fresh: dict[str, Any] = {}
    found: dict[Path, Fingerprint] = {}
    try:
        with ThreadPoolExecutor(min(_MOST_THREADS, len(os.sched_getaffinity(0)))) as pool:
            for path, seen, own in pool.map(partial(_look, known), dict.fromkeys(asked)):
                found[path] = own
                if settled(seen[1]):
                    fresh[str(path)] = [*seen, asdict(own)]
    finally:
        # Also what was seen before a bad file is kept: the next start goes on from there.
        if any(known.get(key) != entry for key, entry in fresh.items()):
            write_if_changed(CACHE, json.dumps(known | fresh, sort_keys=True, indent=0).encode())
    return [found[path] for path in asked]


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


def _look(known: dict[str, Any], path: Path) -> tuple[Path, list[int], Fingerprint]:
    """The path, the size and modification time of a file, and its fingerprint."""
    try:
        status = path.stat()
    except OSError as error:
        raise UserError(
            f"{path}: cannot be read ({error.strerror}); replace or remove it"
        ) from None
    seen = [status.st_size, status.st_mtime_ns]
    entry = known.get(str(path))
    if isinstance(entry, list) and entry[:2] == seen and (kept := _as_fingerprint(entry[2:])):
        return path, seen, kept
    # Only what is new is decoded, so that what is known asks for no numpy.
    from asymmetry.data.images import decode_rgb, read_bytes

    content = read_bytes(path)
    return path, seen, fingerprint(content, decode_rgb(content, path))


def _as_fingerprint(kept: list[Any]) -> Fingerprint | None:
    """An entry of the cache; None where it is not as written."""
    fields = Fingerprint.__annotations__
    if len(kept) != 1 or not isinstance(kept[0], dict) or kept[0].keys() != fields.keys():
        return None
    if any(type(kept[0][name]) is not kind for name, kind in fields.items()):
        return None
    return Fingerprint(**kept[0]) if len(kept[0]["means"]) == 2 * SIDE * SIDE else None

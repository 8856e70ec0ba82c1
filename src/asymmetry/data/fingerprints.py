"""What tells pictures apart without their pixels, cached while a file stays as it is."""

import logging
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from asymmetry.core.cache import Cache, file_version
from asymmetry.core.errors import UserError
from asymmetry.core.files import STATE

if TYPE_CHECKING:
    from asymmetry.data.images import Rgb

CACHE = STATE / "fingerprints.json"
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


def fingerprints(paths: Iterable[Path], kept: Path = CACHE) -> list[Fingerprint]:
    """The fingerprint of each file, in the order of the paths.

    A file is decoded once, and again after its size or modification time changes. Fingerprints are
    `kept` in `.asymmetry/fingerprints.json`, or another file. Raises UserError as `read_rgb`, with
    a line for each bad file.
    """
    asked = [path.absolute() for path in paths]
    found, mistakes = dict[Path, Fingerprint](), list[str]()
    # Also after an interruption the cache is written: the next start goes on from there.
    with Cache(kept) as cache:
        versions = dict[Path, list[int] | None]()
        for path in dict.fromkeys(asked):
            try:
                version = file_version(path)
            except OSError as error:
                mistakes.append(f"{path}: cannot be read ({error.strerror}); replace or remove it")
            else:
                if known := _read_back(cache.get(str(path), version)):
                    found[path] = known
                else:
                    versions[path] = version
        if len(versions) > _MANY:
            _log.info("decoding %d pictures, once, to compare what they show", len(versions))
        for path, outcome in _decoded(list(versions)):
            if isinstance(outcome, UserError):
                mistakes.append(str(outcome))
            else:
                found[path] = outcome
                cache.put(str(path), versions[path], asdict(outcome))
    if mistakes:
        raise UserError("\n".join(mistakes))
    return [found[path] for path in asked]


def _decoded(paths: list[Path]) -> Iterator[tuple[Path, Fingerprint | UserError]]:
    """The fingerprint of each file, or what is wrong with it; some are read side by side."""
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


def _read_back(value: object) -> Fingerprint | None:
    """A fingerprint from the cache; None where there is none, or not as it was written."""
    fields = Fingerprint.__annotations__
    if not isinstance(value, dict) or value.keys() != fields.keys():
        return None
    if any(type(value[name]) is not kind for name, kind in fields.items()):
        return None
    return Fingerprint(**value) if len(value["means"]) == 2 * SIDE * SIDE else None

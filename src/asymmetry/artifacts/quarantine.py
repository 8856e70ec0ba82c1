"""What is refused is moved aside, never deleted."""

from itertools import count
from pathlib import Path

REFUSED = ".refused"


def set_aside(path: Path, root: Path) -> Path:
    """Move a file or folder below `root` to `<root>/.refused/<its place>-<n>`, and say where to.

    The same file system, so it is one rename, whatever its size.
    """
    place = root / REFUSED / path.relative_to(root)
    place.parent.mkdir(parents=True, exist_ok=True)
    free = (place.with_name(f"{place.name}-{number}") for number in count(1))
    return path.rename(next(target for target in free if not target.exists()))

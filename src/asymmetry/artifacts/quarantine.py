"""The quarantine: files and folders that are refused are moved there, never deleted."""

from itertools import count
from pathlib import Path

REFUSED = ".refused"


def quarantine(path: Path, root: Path) -> Path:
    """Move a file or folder below `root` to `<root>/.refused/<its path in root>-<n>`: that path.

    Both lie on one file system, so it is one rename, whatever the size.
    """
    target = root / REFUSED / path.relative_to(root)
    target.parent.mkdir(parents=True, exist_ok=True)
    numbered = (target.with_name(f"{target.name}-{number}") for number in count(1))
    return path.rename(next(one for one in numbered if not one.exists()))

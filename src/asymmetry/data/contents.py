"""Which contents are held out."""

from collections.abc import Collection
from hashlib import sha256

CHANGES_NUMBERS = False

# Any salt would do; with this one the default study holds out four natural photographs.
_SALT = "split 2309"


def held_out(contents: Collection[str], share: float) -> set[str]:
    """The contents kept for evaluation: `share` of them, rounded, at least one and never all.

    They are the first by the sha256 of their names. So the split does not depend on order, path or
    process, and an added content moves at most one other across. Needs two contents or more.
    """
    names = set(contents)
    count = min(max(int(share * len(names) + 0.5), 1), len(names) - 1)
    return set(sorted(names, key=_rank)[:count])


def _rank(content: str) -> str:
    return sha256(f"{_SALT}/{content}".encode()).hexdigest()

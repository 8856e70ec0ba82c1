"""Adding a part under a name of the user's to a registry, for as long as this process lives.

A registry (`BACKBONES`, `GENERATORS`, ...) is a dict of plain data that holds what the package
ships. A study adds what its own sections define before its names are checked.
"""

from collections.abc import MutableMapping
from typing import TypeVar

CHANGES_NUMBERS = False
T = TypeVar("T")


def define(registry: MutableMapping[str, T], name: str, part: T, what: str) -> None:
    """Put `part` into the registry under `name`; the same part may be defined again.

    Raises ValueError where the name stands for something else already: a name has one meaning in a
    process, so that no number depends on which study was opened first.
    """
    if registry.setdefault(name, part) != part:
        raise ValueError(f"'{name}' is another {what} already; choose another name")

"""Refusing an unknown name with the allowed ones and the nearest miss."""

from collections.abc import Collection
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

CHANGES_NUMBERS = False
# The most names that a message lists, and how many it lists where there are more.
_SHOWN, _NEAREST = 30, 5


def nearest(name: str, allowed: Collection[str]) -> str:
    """The tail of a message: a near miss, if there is one, then the allowed names.

    Of more than fit into a line, the nearest.
    """
    if len(allowed) <= _SHOWN:
        return f"{near_miss(name, allowed)}Allowed: {', '.join(allowed)}"
    close = get_close_matches(name, list(allowed), n=_NEAREST, cutoff=0)
    return f"{near_miss(name, allowed)}The nearest of {len(allowed)}: {', '.join(close)}"


def near_miss(name: str, allowed: Collection[str]) -> str:
    """Asks "did you mean 'this'? "; "" where no allowed name is near."""
    close = get_close_matches(name, list(allowed), n=1)
    return f"did you mean '{close[0]}'? " if close else ""


def check_name(name: str, allowed: Collection[str], what: str, key: str = "") -> str:
    """`name` itself where it is allowed; otherwise ValueError with a suggestion."""
    if name in allowed:
        return name
    prefix = f"{key}: " if key else ""
    raise ValueError(f"{prefix}'{name}' is not a known {what}; {nearest(name, allowed)}")


def one_line_each(error: ValidationError, source: str) -> str:
    """A validation error as one line a mistake: source, key, what is wrong, what is allowed."""
    return "\n".join(f"{source}: {_line(detail)}" for detail in error.errors())


def _line(detail: Any) -> str:
    key = _key(detail["loc"])
    if detail["type"] == "missing":
        return f"{key}: is missing; add it"
    if detail["type"] == "union_tag_not_found":
        return f"{key}.{_discriminator(detail)}: is missing; add it"
    if detail["type"] == "union_tag_invalid":
        tag, allowed = detail["ctx"]["tag"], detail["ctx"]["expected_tags"]
        names = [name.strip("'") for name in allowed.split(", ")]
        return f"{key}.{_discriminator(detail)}: '{tag}' is not known; {nearest(tag, names)}"
    if detail["type"] == "value_error":
        message = str(detail["ctx"]["error"])
        return f"{key}: {message}" if key else message
    value = detail["input"]
    shown = type(value).__name__ if isinstance(value, dict | list) else repr(value)
    return f"{key or 'study'}: {detail['msg'][0].lower()}{detail['msg'][1:]}, not {shown}"


def _discriminator(detail: Any) -> str:
    return str(detail["ctx"]["discriminator"]).strip("'")


def _key(location: tuple[Any, ...]) -> str:
    """`('grid', 'seeds', 0)` as `grid.seeds[0]`."""
    key = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return key.removeprefix(".")

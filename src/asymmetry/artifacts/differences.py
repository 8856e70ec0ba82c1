"""What differs between the settings of two runs, field by field."""

import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

ABSENT = "absent"
# The fields of a run's settings that hold digests of code.
_CODE = (
    *("code", "backbones.*.builder", "metrics.*.measure"),
    *("calibration.code", "calibration.architecture.builder"),
)

_UNSET: tuple[Any, ...] = (ABSENT, None, [], {})


class Difference(NamedTuple):
    """A field (`training.learning_rate`) and its two values; `ABSENT` where there is no field."""

    field: str
    before: Any
    after: Any


def differences(before: Any, after: Any) -> list[Difference]:
    """The fields in which two settings differ, sorted; lists are compared whole."""
    # As JSON, in which a tuple is a list: one of them may have been read from a file.
    one, other = (dict(_fields(json.loads(json.dumps(value)))) for value in (before, after))
    return [
        Difference(field, one.get(field, ABSENT), other.get(field, ABSENT))
        for field in sorted(one.keys() | other.keys())
        if one.get(field, ABSENT) != other.get(field, ABSENT)
    ]


def is_code(field: str) -> bool:
    """Whether a field of a run's settings holds a digest of code."""
    return any(fnmatchcase(field, pattern) for pattern in _CODE)


def is_unused(difference: Difference) -> bool:
    """Whether the field has no value on either side: a setting that came or went with the code."""
    return all(value in _UNSET for value in difference[1:])


def _fields(value: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and (value or not prefix):
        for name, inner in value.items():
            yield from _fields(inner, f"{prefix}.{name}" if prefix else str(name))
    else:
        yield prefix, value

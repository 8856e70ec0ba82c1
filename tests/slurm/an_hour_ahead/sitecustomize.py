"""`sitecustomize` of a node whose clock is an hour ahead: so is all that Python tells the time by.

The node dates its files itself, as some file systems let it.
"""

import os
import time
from typing import Any

HOUR = 3600
_time, _time_ns, _utime, _replace = time.time, time.time_ns, os.utime, os.replace


def _dated(path: Any, times: Any = None, **others: Any) -> None:
    if times is None and "ns" not in others:
        times = (time.time(), time.time())
    _utime(path, times, **others)


def _renamed(source: Any, target: Any, **others: Any) -> None:
    """All that the package writes is written aside and renamed."""
    os.utime(source)
    _replace(source, target, **others)


time.time = lambda: _time() + HOUR
time.time_ns = lambda: _time_ns() + HOUR * 10**9
os.utime, os.replace = _dated, _renamed

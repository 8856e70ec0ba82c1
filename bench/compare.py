"""Interleaved runs of several sides, and what they say: medians, ratios, aims."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Sample:
    """One run of a side: its value, and the peak memory of its processes together."""

    value: float
    peak_mb: float | None = None


def interleave(
    sides: Mapping[str, Callable[[], Mapping[str, Sample]]], runs: int
) -> dict[str, list[Sample]]:
    """Run all sides once, then all again, `runs` times: A B A B ...

    So what else the machine does meets all sides alike. A side returns its samples by name; names
    of different sides differ.
    """
    found: dict[str, list[Sample]] = {}
    for index in range(runs):
        for name, side in sides.items():
            for key, sample in side().items():
                found.setdefault(key, []).append(sample)
            print(f"  run {index + 1} of {runs}: {name}", flush=True)
    return found


def summary(samples: list[Sample]) -> dict[str, Any]:
    """All values with their median, and the largest peak of memory (MB, None if unmeasured)."""
    peaks = [sample.peak_mb for sample in samples if sample.peak_mb is not None]
    values = [round(sample.value, 4) for sample in samples]
    return {
        "runs": values,
        "median": median(values),
        "peak_mb": round(max(peaks)) if peaks else None,
    }


@dataclass(frozen=True)
class Aim:
    """What is aimed at: a ratio of ours to theirs, or at most (at least) so much of the unit."""

    kind: str
    value: float

    def met(self, ours: float, ratio: float | None) -> bool:
        """Whether ours, in its unit, or its ratio to theirs reaches the aim."""
        if self.kind == "ratio":
            return ratio is not None and ratio >= self.value
        return ours <= self.value if self.kind == "at most" else ours >= self.value


def measurement(
    what: str,
    unit: str,
    ours: list[Sample],
    theirs: list[Sample] | None = None,
    *,
    higher_is_better: bool = True,
    aim: Aim | None = None,
    note: str = "",
) -> dict[str, Any]:
    """A row of the table. `ratio` is how many times better our median is than theirs."""
    own, other = summary(ours), summary(theirs) if theirs else None
    ratio = None
    if other:
        ratio = own["median"] / other["median"]
        ratio = round(ratio if higher_is_better else 1 / ratio, 3)
    return {
        "what": what,
        "unit": unit,
        "ours": own,
        "theirs": other,
        "ratio": ratio,
        "aim": aim and asdict(aim) | {"met": aim.met(own["median"], ratio)},
        "note": note,
    }

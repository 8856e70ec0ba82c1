"""Finds a training that left every sensible range and stays there, though all is finite.

A cell has collapsed where, for a whole window of steps without a break, the error of its output is
10 dB above a standard that any generator should meet, or one of its distance terms is 100 times
what it was at the first step. One step or a few beyond are no collapse: adversarial trainings spike
and recover.
"""

from dataclasses import dataclass, field

import torch
from torch import Tensor

MSE = "mse"
_MSE_FACTOR, _TERM_FACTOR = 10.0, 100.0
_FEWEST = 20


@dataclass(frozen=True)
class Collapse:
    """The step (counted from 1) at which the window began, and `mse` or the distance term."""

    step: int
    term: str


@dataclass(frozen=True)
class Streaks:
    """What a checkpoint keeps of a `CollapseCheck`.

    By term: its value at the first step, and for how many steps it is beyond its limit by now.
    """

    first: dict[str, float] = field(default_factory=dict)
    length: dict[str, int] = field(default_factory=dict)


def collapse_window(steps: int) -> int:
    """How many steps in a row beyond a limit are a collapse: 5 % of all, but at least 20."""
    return max(_FEWEST, -(-steps // 20))


class CollapseCheck:
    """Counts on the device for how many steps each of the terms has been beyond its limit.

    The limit of `mse`, the mean squared error of the batch, is 10 times the larger of that of
    bicubic interpolation on the same batch and its own at the first step. That of a distance term
    is 100 times its value at the first step; one that was not positive then has none.
    """

    def __init__(self, terms: list[str], steps: int, kept: Streaks) -> None:
        """`terms` are the distance terms, `kept` what the checkpoint of a resumed training says."""
        self._names, self._window = [MSE, *terms], collapse_window(steps)
        self._first: Tensor | None = None
        if kept.first:
            self._first = torch.tensor([kept.first[name] for name in self._names])
        streak = [kept.length.get(name, 0) for name in self._names]
        self._streak = torch.tensor(streak, dtype=torch.float32)
        self._began = torch.full_like(self._streak, torch.inf)

    def update(self, step: int, logs: dict[str, Tensor], bicubic: Tensor) -> None:
        """Take one step into account; `bicubic` is the MSE of interpolation on its batch.

        Does not wait for the device.
        """
        values = torch.stack([logs[name].float() for name in self._names])
        if self._first is None:
            self._first = values
        first, streak, began = (
            tensor.to(values.device) for tensor in (self._first, self._streak, self._began)
        )
        limits = torch.where(first > 0, _TERM_FACTOR * first, torch.inf)
        limits[0] = _MSE_FACTOR * torch.maximum(first[0], bicubic.float())
        self._first = first
        self._streak = torch.where(values > limits, streak + 1, 0)
        whole = self._streak >= self._window
        self._began = torch.where(whole, began.clamp(max=step - self._window + 1), began)

    def found(self, before: int | None = None) -> Collapse | None:
        """The collapse, if there was one in any step so far; waits for the device.

        Where the training diverged at the step `before`, only one that was complete by then: so
        the answer does not depend on when it is asked for.
        """
        began = self._began.tolist()
        step = min(began)
        last = step + self._window - 1
        if step == float("inf") or (before is not None and last >= before):
            return None
        return Collapse(int(step), self._names[began.index(step)])

    def kept(self) -> Streaks:
        """What a checkpoint keeps; waits for the device."""
        if self._first is None:
            return Streaks()
        lengths = (int(length) for length in self._streak.tolist())
        return Streaks(
            dict(zip(self._names, self._first.tolist(), strict=True)),
            dict(zip(self._names, lengths, strict=True)),
        )

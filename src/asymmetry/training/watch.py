"""Finds the first term that went non-finite, without asking the device at every step."""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Divergence:
    """The step (counted from 1) and the first term, or |gradient|, that was not finite there."""

    step: int
    term: str


class Watch:
    """Remembers on the device, for each term, the first step at which it was not finite."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._first: Tensor | None = None

    def look(self, step: int, logs: dict[str, Tensor]) -> None:
        """Take note of the terms of one step; asks nothing of the device."""
        values = torch.stack([value.float() for value in logs.values()])
        if self._first is None:
            self._names = list(logs)
            self._first = torch.full_like(values, torch.inf)
        bad = torch.full_like(values, float(step))
        self._first = torch.where(values.isfinite(), self._first, self._first.minimum(bad))

    def found(self) -> Divergence | None:
        """The divergence, if there was one since the watch began."""
        if self._first is None:
            return None
        firsts = self._first.tolist()
        step = min(firsts)
        return (
            None if step == float("inf") else Divergence(int(step), self._names[firsts.index(step)])
        )

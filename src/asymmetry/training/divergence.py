"""Finds the first term that was not finite, without waiting for the device at every step."""

from dataclasses import dataclass

import torch
from torch import Tensor

from asymmetry.training.loop import DERIVED


@dataclass(frozen=True)
class Divergence:
    """The step (counted from 1) and the first term, or |gradient|, that was not finite there."""

    step: int
    term: str


class DivergenceCheck:
    """Keeps on the device, for each term, the first step at which it was not finite."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._first: Tensor | None = None

    def update(self, step: int, logs: dict[str, Tensor]) -> None:
        """Take the terms of one step into account; does not wait for the device."""
        names = [name for name in logs if name not in DERIVED]
        values = torch.stack([logs[name].float() for name in names])
        if self._first is None:
            self._names = names
            self._first = torch.full_like(values, torch.inf)
        bad = torch.full_like(values, float(step))
        self._first = torch.where(values.isfinite(), self._first, self._first.minimum(bad))

    def found(self) -> Divergence | None:
        """The divergence, if there was one in any step so far; waits for the device."""
        if self._first is None:
            return None
        firsts = self._first.tolist()
        step = min(firsts)
        return (
            None if step == float("inf") else Divergence(int(step), self._names[firsts.index(step)])
        )

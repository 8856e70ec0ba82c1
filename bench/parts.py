"""The parts of a training step: the seconds that each takes, and the operations that it calls."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any, ParamSpec, TypeVar
from unittest.mock import patch

from torch import Tensor

from asymmetry.training import loop
from asymmetry.training.shared_inputs import SharedInputs
from asymmetry.training.trainer import Trainer
from bench.step import Count

PARTS = ("data", "generator", "loss", "discriminator", "optimizers", "bookkeeping")
Call = tuple[int, int]
"""An operation: what it computes, and the bytes that it reads and writes."""
_Given, _Got = ParamSpec("_Given"), TypeVar("_Got")


class Stopwatch:
    """Seconds of this thread by part. A part within another one counts for itself alone.

    Time of the thread, not of the clock on the wall: what else the machine does is not in it.
    """

    def __init__(self, parts: Sequence[str] = PARTS) -> None:
        self.part: str | None = None
        self.seconds = dict.fromkeys(parts, 0.0)
        self._since = 0.0

    @contextmanager
    def within(self, part: str) -> Iterator[None]:
        """What happens now is of this part."""
        before = self._turn_to(part)
        try:
            yield
        finally:
            self._turn_to(before)

    def timed(self, part: str, function: Callable[_Given, _Got]) -> Callable[_Given, _Got]:
        """`function` as a part."""

        def call(*args: _Given.args, **named: _Given.kwargs) -> _Got:
            with self.within(part):
                return function(*args, **named)

        return call

    def _turn_to(self, part: str | None) -> str | None:
        now, before = time.thread_time(), self.part
        if before:
            self.seconds[before] += now - self._since
        self.part, self._since = part, now
        return before


class CountByPart(Count):
    """The operations that are called in each part: what each computes, and the bytes it moves."""

    def __init__(self, watch: Stopwatch) -> None:
        super().__init__()
        self._watch = watch
        self.by_part: dict[str, list[Call]] = {part: [] for part in watch.seconds}

    def __torch_dispatch__(
        self,
        func: Any,
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        flops, moved = self.flops, self.moved
        result = super().__torch_dispatch__(func, types, args, kwargs)
        if self._watch.part:
            self.by_part[self._watch.part].append((self.flops - flops, self.moved - moved))
        return result


def watch_inputs(shared: SharedInputs, watch: Stopwatch) -> None:
    """Have `watch` time the batches that trainings share."""
    shared.batch = watch.timed("data", shared.batch)  # type: ignore[method-assign]


def watch_trainer(trainer: Trainer, watch: Stopwatch) -> None:
    """Have `watch` time the networks, losses and optimizers of a training."""
    state = trainer.state
    state.generator.forward = watch.timed("generator", state.generator.forward)
    state.update_average = watch.timed("optimizers", state.update_average)  # type: ignore[method-assign]
    if state.discriminator:
        state.discriminator.forward = watch.timed("discriminator", state.discriminator.forward)
    for optimizer in filter(None, (state.generator_optimizer, state.discriminator_optimizer)):
        for name in ("step", "zero_grad"):
            setattr(optimizer, name, watch.timed("optimizers", getattr(optimizer, name)))
    distances = {
        name: (weight, watch.timed("loss", distance))
        for name, (weight, distance) in trainer.objective.distances.items()
    }
    trainer.objective = replace(trainer.objective, distances=distances)


@contextmanager
def backward_watched(watch: Stopwatch) -> Iterator[None]:
    """Have `watch` tell the backward passes of a step apart while this lasts."""
    gradient_at, backward = loop.gradient_at, Tensor.backward

    def of_term(name: str, value: Tensor, output: Tensor, logs: dict[str, Tensor]) -> Tensor:
        with watch.within("discriminator" if name == loop.ADVERSARIAL else "loss"):
            return gradient_at(name, value, output, logs)

    def of_network(tensor: Tensor, *args: Any, **named: Any) -> None:
        # The loop asks for the gradient of a discriminator's parameters by name.
        with watch.within("discriminator" if "inputs" in named else "generator"):
            backward(tensor, *args, **named)

    with ExitStack() as stack:
        stack.enter_context(patch.object(loop, "gradient_at", of_term))
        stack.enter_context(patch.object(Tensor, "backward", of_network))
        yield

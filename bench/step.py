"""One training step to be timed, and the work that it holds: operations and traffic of memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

from asymmetry.discriminators.losses import LOSSES
from asymmetry.discriminators.registry import build_discriminator
from asymmetry.fidelity.registry import build_fidelity
from asymmetry.generators.build import build_generator
from asymmetry.study import Numerics, parse_study
from asymmetry.training.loop import Objective, train_step
from asymmetry.training.state import State
from bench.studies import default_study

SCALE = 4


class Step:
    """A training step of the default study's section on one batch, with another generator."""

    def __init__(self, generator: str, crop: int, batch: int, device: torch.device) -> None:
        study = parse_study(default_study(), "bench")
        self.section, precision = study.training, "bfloat16" if device.type == "cuda" else "float32"
        self.numerics = Numerics(precision=precision, channels_last=True)
        layout = torch.channels_last
        network = build_generator(generator, SCALE, 0).to(device, memory_format=layout)
        judge = build_discriminator(study.discriminators["vgg-patch"], 0, Path("data/weights"))
        judge = judge.train().to(device, memory_format=layout)
        rate = self.section.learning_rate
        self.state = State(network, _adam(network, rate), judge, _adam(judge, rate))
        distances = {"pixel": (1.0, build_fidelity("l1", Path("data/weights")))}
        self.objective = Objective(distances, LOSSES["bce"], 0.01)
        generator_of_batch = torch.Generator().manual_seed(0)
        sides = (crop // SCALE, crop)
        self.batch: tuple[Tensor, Tensor] = tuple(  # type: ignore[assignment]
            torch.rand(batch, 3, side, side, generator=generator_of_batch).to(
                device, memory_format=layout
            )
            for side in sides
        )

    def __call__(self) -> None:
        """Train one step."""
        train_step(self.state, self.batch, self.objective, self.section, self.numerics)
        self.state.step = 0  # the schedule stands still


def _adam(module: torch.nn.Module, rate: float) -> torch.optim.Adam:
    groups = [{"params": list(module.parameters()), "initial_lr": rate}]
    return torch.optim.Adam(groups, lr=rate)


@dataclass(frozen=True)
class Work:
    """What a step holds: operations in products and convolutions, and bytes that are moved.

    `moved` are the bytes that each operation reads and writes, as if nothing stayed in a cache.
    """

    flops: int
    moved: int


def work_of(step: Step) -> Work:
    """The work of one step; it is taken for that."""
    step()  # the optimizers make their moments
    with Count() as count:
        step()
    return Work(count.flops, count.moved)


class Count(TorchDispatchMode):
    """Counts calls, operations by PyTorch's formulas, and the bytes of what is taken and given.

    A view moves nothing. (FlopCounterMode cannot follow `autograd.grad`, which the step uses.)
    """

    def __init__(self) -> None:
        super().__init__()
        self.flops = self.moved = self.calls = 0

    def __torch_dispatch__(
        self,
        func: Any,
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        named = kwargs or {}
        result = func(*args, **named)
        self.calls += 1
        if formula := flop_registry.get(func._overloadpacket):
            self.flops += formula(*args, **named, out_val=result)
        if not _is_view(func):
            self.moved += _bytes(args) + _bytes(named.values()) + _bytes([result])
        return result


def _is_view(func: Any) -> bool:
    aliases = [returned.alias_info for returned in func._schema.returns]
    return any(alias is not None and not alias.is_write for alias in aliases)


def _bytes(values: Any) -> int:
    total = 0
    for value in values:
        if isinstance(value, Tensor):
            total += value.numel() * value.element_size()
        elif isinstance(value, list | tuple):
            total += _bytes(value)
    return total

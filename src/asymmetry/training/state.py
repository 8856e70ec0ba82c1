"""Everything that a training changes, and nothing else."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

_MODULES = ("generator", "average", "discriminator")
_OPTIMIZERS = ("generator_optimizer", "discriminator_optimizer")


@dataclass
class State:
    """The state after `step` steps; `average` is the generator's exponential moving average."""

    generator: nn.Module
    generator_optimizer: Optimizer
    discriminator: nn.Module | None = None
    discriminator_optimizer: Optimizer | None = None
    step: int = 0
    average: nn.Module = field(init=False)

    def __post_init__(self) -> None:
        self.average = deepcopy(self.generator).requires_grad_(False)

    def update_average(self, decay: float) -> None:
        """average <- decay * average + (1 - decay) * generator."""
        with torch.no_grad():
            torch._foreach_lerp_(
                list(self.average.parameters()), list(self.generator.parameters()), 1 - decay
            )

    def tensors(self) -> dict[str, Tensor]:
        """All tensors by name: parameters, buffers, and the optimizers' moments."""
        found = {}
        for part in _MODULES:
            module = getattr(self, part)
            for name, tensor in module.state_dict().items() if module else ():
                found[f"{part}/{name}"] = tensor
        for part in _OPTIMIZERS:
            for index, parameter, moments in _moments(getattr(self, part)):
                for name, value in moments.items():
                    found[f"{part}/{index}/{name}"] = torch.as_tensor(
                        value, device=parameter.device
                    )
        return found

    def load(self, tensors: dict[str, Tensor], step: int) -> None:
        """Take over what `tensors()` gave after `step` steps."""
        for part in _MODULES:
            if module := getattr(self, part):
                module.load_state_dict(_below(tensors, part))
        for part in _OPTIMIZERS:
            if optimizer := getattr(self, part):
                _load_moments(optimizer, _below(tensors, part))
        self.step = step


def _below(tensors: dict[str, Tensor], part: str) -> dict[str, Tensor]:
    prefix = f"{part}/"
    return {key[len(prefix) :]: value for key, value in tensors.items() if key.startswith(prefix)}


def _moments(optimizer: Optimizer | None) -> Iterator[tuple[int, Tensor, dict[str, Tensor]]]:
    parameters = (
        [p for group in optimizer.param_groups for p in group["params"]] if optimizer else []
    )
    for index, parameter in enumerate(parameters):
        if optimizer and parameter in optimizer.state:
            yield index, parameter, optimizer.state[parameter]


def _load_moments(optimizer: Optimizer, tensors: dict[str, Tensor]) -> None:
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    for key, value in tensors.items():
        index, name = key.split("/")
        parameter = parameters[int(index)]
        # In the parameter's layout: a fused optimizer goes through memory, whatever the strides.
        like = parameter if value.shape == parameter.shape else value
        moment = torch.empty_like(like, dtype=value.dtype, device=parameter.device)
        optimizer.state[parameter][name] = moment.copy_(value)

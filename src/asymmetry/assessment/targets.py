"""What is assessed: trained generators, and bicubic interpolation as the baseline.

At scale 1 that baseline is the input itself, noisy or blurred.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor

from asymmetry.generators.build import build_generator
from asymmetry.imaging.resize import imresize
from asymmetry.planning.plan import PILOT

GENERATOR_FILE, PILOT_FILE = "generator.safetensors", "pilot.safetensors"

# From an input [1, 3, h, w] to a restored image [1, 3, scale h, scale w], both in 0..1.
Restorer = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Model:
    """A trained generator: its name in the study, and the file of its weights."""

    generator: str
    file: Path


@dataclass(frozen=True)
class Target:
    """One assessed run or pilot; without a `model`, bicubic interpolation.

    `folder` is where its scores are kept, `status` that of the run.
    """

    run: str
    folder: Path
    task: str
    model: Model | None = None
    status: str = "done"

    @property
    def view_names(self) -> list[str]:
        """Whose views are saved: the restored image's and, with the baseline, the reference's.

        No figure shows those of a pilot.
        """
        if self.run.endswith(PILOT):
            return []
        return [self.run] if self.model else [self.run, f"{self.task}/reference"]


def restorer(target: Target, scale: int, device: torch.device) -> Restorer:
    """The target as a function of images; the whole image at once, clamped to 0..1."""
    if target.model is None:
        return lambda low: imresize(low.to(device), scale).clamp(0, 1)
    network = build_generator(target.model.generator, scale, seed=0)
    network.load_state_dict(load_file(target.model.file))
    network.eval().to(device)
    return lambda low: network(low.to(device)).clamp(0, 1)

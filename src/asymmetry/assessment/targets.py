"""What is assessed: trained generators, and bicubic interpolation as the baseline.

At scale 1 that baseline is the input itself, noisy or blurred.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor

from asymmetry.data.resize import imresize
from asymmetry.generators.build import build_generator

GENERATOR_FILE = "generator.safetensors"

# From an input [1, 3, h, w] to a restored image [1, 3, scale h, scale w], both in 0..1.
Restorer = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Target:
    """One assessed run; `generator` is None for bicubic interpolation, `status` that of the run."""

    run: str
    folder: Path
    task: str
    generator: str | None = None
    status: str = "done"

    @property
    def crop_names(self) -> list[str]:
        """Whose crops are saved: the restored image's and, with the baseline, the reference's."""
        return [self.run] if self.generator else [self.run, f"{self.task}/reference"]


def restorer(target: Target, scale: int, device: torch.device) -> Restorer:
    """The target as a function of images; the whole image at once, clamped to 0..1."""
    if target.generator is None:
        return lambda low: imresize(low.to(device), scale).clamp(0, 1)
    network = build_generator(target.generator, scale, seed=0)
    network.load_state_dict(load_file(target.folder / GENERATOR_FILE))
    network.eval().to(device)
    return lambda low: network(low.to(device)).clamp(0, 1)

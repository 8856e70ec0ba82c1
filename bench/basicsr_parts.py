"""Our networks and losses in basicsr's registries: importing this registers them."""

from pathlib import Path
from typing import Any

from torch import Tensor, nn

from asymmetry.core import torchvision_ops  # noqa: F401

# isort: split
import cv2
from basicsr.utils.registry import ARCH_REGISTRY, LOSS_REGISTRY

from asymmetry.discriminators.registry import build_discriminator
from asymmetry.fidelity.registry import build_fidelity
from asymmetry.generators.build import build_generator
from asymmetry.study import Discriminator

# Beside OMP_NUM_THREADS, OpenCV has threads of its own.
cv2.setNumThreads(1)
WEIGHTS = Path("data/weights")


@ARCH_REGISTRY.register()
def asymmetry_generator(name: str, scale: int, seed: int) -> nn.Module:
    """A generator of the study."""
    return build_generator(name, scale, seed)


@ARCH_REGISTRY.register()
def asymmetry_discriminator(spec: dict[str, Any], seed: int) -> nn.Module:
    """A discriminator of the study."""
    return build_discriminator(Discriminator.model_validate(spec), seed, WEIGHTS)


@LOSS_REGISTRY.register()
class AsymmetryFidelity(nn.Module):
    """A fidelity loss of the study, as basicsr's models call a perceptual loss."""

    def __init__(self, name: str, loss_weight: float) -> None:
        super().__init__()
        self.distance, self.loss_weight = build_fidelity(name, WEIGHTS), loss_weight

    def forward(self, restored: Tensor, reference: Tensor) -> tuple[Tensor, None]:
        """The weighted loss, and no style term."""
        return self.loss_weight * self.distance(restored, reference).mean(), None

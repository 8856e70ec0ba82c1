"""NIQE, the naturalness of an image, by Mittal, Soundararajan and Bovik (SPL 2013)."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from asymmetry import torchvision_ops  # noqa: F401


class Niqe(nn.Module):
    """NIQE with a pristine model read from an `.npz` without pickles."""

    def __init__(self, pristine: Path) -> None:
        super().__init__()
        with np.load(pristine, allow_pickle=False) as model:
            self.register_buffer("mean", torch.from_numpy(model["mu_pris_param"]).reshape(1, -1))
            self.register_buffer("covariance", torch.from_numpy(model["cov_pris_param"])[None])

    def forward(self, restored: Tensor, _reference: Tensor) -> Tensor:
        """[B] of planes [B, 1, H, W] in 0..1; lower is better; sides >= 192 (two blocks of 96)."""
        from pyiqa.archs.niqe_arch import niqe

        # MATLAB works on integers.
        levels = (restored.double() * 255).round()
        return torch.stack([niqe(one[None], self.mean, self.covariance) for one in levels])

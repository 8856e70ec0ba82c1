"""The focal frequency loss of Jiang et al. (ICCV 2021): frequencies that are hard weigh more."""

from pathlib import Path

import torch
from torch import Tensor

from asymmetry.fidelity.contract import Fidelity, check_pair

# Keeps the weights of equal images, which are all zero, from being divided by zero.
_SMALLEST = 1e-20


def focal_frequency(restored: Tensor, reference: Tensor) -> Tensor:
    """Mean of w |F(restored) - F(reference)|^2: [B, 3, H, W] in 0..1 twice to [B].

    F is the orthonormal DFT of a channel. The weight w is |F(restored) - F(reference)| over its
    largest in the channel, a constant to the gradient (their alpha is 1).
    """
    check_pair(restored, reference)
    error = torch.view_as_real(torch.fft.fft2(restored - reference, norm="ortho"))
    power = error.square().sum(dim=-1)
    size = power.detach().sqrt()
    weight = size / size.amax(dim=(2, 3), keepdim=True).clamp_min(_SMALLEST)
    return (weight * power).mean(dim=(1, 2, 3))


def build(_variant: str, _weights: Path) -> Fidelity:
    """The loss as the registry wants it: no variants, no weights."""
    return focal_frequency

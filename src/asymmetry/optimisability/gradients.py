"""The gradient of a loss at restored images: its signal to noise, and its spectrum."""

import torch
from torch import Tensor

from asymmetry.fidelity.contract import Fidelity

BANDS = 8
_NYQUIST = 0.5  # cycles a pixel


def gradients(loss: Fidelity, restored: Tensor, reference: Tensor) -> Tensor:
    """The gradient of the loss at each of K restored images [K, 3, H, W] of one reference.

    `reference` is [1, 3, H, W], both in 0..1; the result [K, 3, H, W] is in float64 on the CPU.
    """
    image = restored.clone().requires_grad_()
    value = loss(image, reference.expand_as(image))
    (gradient,) = torch.autograd.grad(value.sum(), image)
    return gradient.double().cpu()


def signal_to_noise(gradients: Tensor) -> float:
    """|E g|^2 / E|g - E g|^2 of gradients [K, ...] under K draws of one image's degradation.

    The inverse of the simple noise scale of McCandlish, Kaplan, Amodei et al. 2018 (eq. 2.9), with
    their unbiased estimates of both terms (appendix A.1: batches of K and of one). The mean for
    pure noise is 0, not 1 / K, so a value may be slightly negative. At 1, signal and noise of one
    draw are equally strong. NaN where the gradients do not vary.
    """
    flat = gradients.flatten(1)
    count = len(flat)
    mean = flat.mean(0)
    noise = (flat - mean).square().sum() / (count - 1)
    signal = mean.square().sum() - noise / count
    return float(signal / noise) if noise > 0 else float("nan")


def spectrum(gradients: Tensor) -> list[float]:
    """The share of the gradients' energy [K, C, H, W] in each of eight radial bands; sums to one.

    Bands are 1/16 cycles a pixel wide; the last one also has the corners, beyond 1/2. An input
    reduced by four still holds the first two bands. NaN where there is no energy.
    """
    energy = torch.fft.fft2(gradients).abs().square().sum(dim=(0, 1))
    across, down = (torch.fft.fftfreq(side) for side in energy.shape)
    radius = torch.hypot(across[:, None], down[None, :])
    band = (radius * BANDS / _NYQUIST).long().clamp_max(BANDS - 1)
    shares = energy.new_zeros(BANDS).index_add_(0, band.flatten(), energy.flatten())
    return (shares / shares.sum()).tolist()

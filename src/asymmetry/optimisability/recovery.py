"""Recovering a reference by descent on a loss alone (Ding, Ma, Wang and Simoncelli 2021, sec. 3).

A loss may rank images well and still be a poor objective: it may be flat, or have minima that do
not look like the reference. Here the loss alone moves the pixels: no network, data or other term.
"""

import torch
from torch import Tensor

from asymmetry.core.adam import Adam
from asymmetry.fidelity.contract import Fidelity
from asymmetry.imaging.colour import studio_y
from asymmetry.metrics.psnr import psnr

# A mean over a large crop has small gradients: far below Adam's usual 1e-8, all losses step alike.
_EPSILON = 1e-12


def recover(
    loss: Fidelity, initial: Tensor, reference: Tensor, steps: int, learning_rate: float
) -> Tensor:
    """Descend from `initial` [B, 3, H, W] towards `reference` [1, 3, H, W], in 0..1: [B, 3, H, W].

    Adam on the pixels, clamped to 0..1 after each step as in the paper's own code; the learning
    rate falls to zero along a cosine, so that the last step's size is not what is measured. An
    image whose loss was not finite at any step is NaN throughout.
    """
    image = initial.clone().requires_grad_()
    target = reference.expand_as(image)
    optimizer = Adam([image], lr=learning_rate, eps=_EPSILON)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    finite = torch.ones(len(initial), dtype=torch.bool, device=initial.device)
    for _ in range(steps):
        value = loss(image, target)
        finite &= value.detach().isfinite()
        (image.grad,) = torch.autograd.grad(value.sum(), image)
        optimizer.step()
        schedule.step()
        with torch.no_grad():
            image.clamp_(0, 1)
    return image.detach().where(finite[:, None, None, None], torch.nan)


def psnr_y(images: Tensor, reference: Tensor) -> Tensor:
    """PSNR of the luma, no border left out, in dB: [B, 3, H, W] and [1, 3, H, W] in 0..1 to [B].

    It is of the luma because half of the losses see nothing else, and because the pixel term of a
    training keeps the colours.
    """
    return psnr(studio_y(images), studio_y(reference))

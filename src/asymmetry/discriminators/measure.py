"""Measuring the size of a discriminator and its receptive field."""

from functools import partial
from pathlib import Path

import torch
from torch import Tensor, nn

from asymmetry.discriminators.build import Discriminator, build_discriminator
from asymmetry.discriminators.contract import Size, Spec

# Of a strip of noise, wide enough for the logit in its middle; the field is as high as it is wide.
_HEIGHT = 64


def measure_size(scratch: Spec, crop: int, frozen: bool = False) -> Size:
    """The size of a discriminator, trained on crops of `crop` pixels.

    The logit at the centre of the map is differentiated. Parameters with a gradient count; those of
    the trunk beyond the stage that the head reads have none. The columns of the image with a
    gradient are the receptive field, `crop` at most. Normalisation is left out of it: statistics
    over a group of channels see the whole image, those over a batch other images too. `scratch`
    declares the discriminator with random initial values, so no weights file is needed; `frozen`
    says whether only the head is trained.
    """
    # In double precision, as the outermost gradients of a ConvNeXt are below 1e-38.
    network = _without_statistics(build_discriminator(scratch, 0, Path())).double()
    noise = torch.rand(1, 3, _HEIGHT, 2 * crop, generator=torch.Generator().manual_seed(0))
    strip = noise.double().requires_grad_()
    names, parameters = zip(*network.named_parameters(), strict=True)
    image, *gradients = torch.autograd.grad(
        _central(network(strip)), [strip, *parameters], allow_unused=True
    )
    sizes = {
        name: parameter.numel()
        for name, parameter, gradient in zip(names, parameters, gradients, strict=True)
        if gradient is not None
    }
    trained = {n: size for n, size in sizes.items() if not frozen or n.startswith("head.")}
    return Size(sum(sizes.values()), sum(trained.values()), min(crop, _extent(image)))


def _central(logits: Tensor) -> Tensor:
    """The logit of [1, 1], or the one in the middle of a map [1, 1, h, w]."""
    row = logits.squeeze()
    while row.ndim:
        row = row[len(row) // 2]
    return row


def _extent(gradient: Tensor) -> int:
    """From the first to the last column of [1, 3, H, W] that is not zero."""
    columns = gradient.abs().amax(dim=(0, 1, 2)).nonzero()
    return int(columns.max() - columns.min()) + 1


def _without_statistics(network: Discriminator) -> Discriminator:
    for module in network.modules():
        if isinstance(module, nn.GroupNorm):
            module.forward = partial(_scaled, module)  # type: ignore[method-assign]
    return network.eval()  # batch normalisation by its initial statistics, which change nothing


def _scaled(norm: nn.GroupNorm, x: Tensor) -> Tensor:
    """A group normalisation without its statistics: scale and shift alone."""
    return x * norm.weight[:, None, None] + norm.bias[:, None, None]

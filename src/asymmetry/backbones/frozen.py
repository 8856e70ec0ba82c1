"""A trunk that is not trained, made cheaper: its maps stay the same but for their last digits.

Batch normalisation by fixed statistics scales and shifts each channel (Ioffe and Szegedy 2015,
section 3.1), which the convolution before it can do by itself.
"""

from itertools import pairwise

from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_weights

from asymmetry.backbones.contract import Backbone


def freeze(trunk: Backbone) -> Backbone:
    """`trunk` in eval mode and without gradients of its weights, in place.

    Normalisation is folded where `trunk.foldable` allows it.
    """
    trunk.eval().requires_grad_(False)
    if trunk.foldable:
        _fold(trunk)
    return trunk


def _fold(trunk: Backbone) -> None:
    """Each batch normalisation goes into the convolution that was registered before it."""
    children = [(part, *child) for part in trunk.modules() for child in part.named_children()]
    layers = [one for one in children if isinstance(one[2], nn.Conv2d | nn.BatchNorm2d)]
    for (_, _, convolution), (parent, name, norm) in pairwise(layers):
        if isinstance(convolution, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
            assert norm.running_mean is not None
            assert norm.running_var is not None
            convolution.weight, convolution.bias = fuse_conv_bn_weights(
                convolution.weight,
                convolution.bias,
                norm.running_mean,
                norm.running_var,
                norm.eps,
                norm.weight,
                norm.bias,
            )
            # timm's kind holds the activation, too.
            setattr(parent, name, getattr(norm, "act", nn.Identity()))

"""The encoder of a U-Net discriminator."""

from itertools import pairwise

from torch import nn

from asymmetry.backbones.catalog import BackboneSpec
from asymmetry.backbones.sequence import SequenceBackbone, State


def encoder(spec: BackboneSpec, state: State | None) -> SequenceBackbone:
    """A plain convolution, then convolutions that halve the sides and double the width.

    As in Real-ESRGAN (Wang et al. 2021, section 3.4): leaky ReLU of slope 0.2, no normalisation.
    """
    widths = [channels for channels, _ in spec.options["stages"].values()]
    blocks = [nn.Sequential(nn.Conv2d(3, widths[0], 3, padding=1), nn.LeakyReLU(0.2))]
    for wide, wider in pairwise(widths):
        halving = nn.Conv2d(wide, wider, 4, stride=2, padding=1, bias=False)
        blocks.append(nn.Sequential(halving, nn.LeakyReLU(0.2)))
    return SequenceBackbone(spec, nn.Sequential(*blocks)).load(state)

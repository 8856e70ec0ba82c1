"""SPAN in its plain form: each of its re-parameterised convolutions as the one that it stands for.

SPAN (Wan et al. 2023) has blocks of three convolutions and a skip; one 3x3 convolution equals each.
spandrel's network trains the three, and computes the one anew at every evaluation. Here a file in
either form is the one, also in training: so both are the same network, a quarter of the size.
"""

from torch import nn

from asymmetry.core import torchvision_ops  # noqa: F401

# isort: split
from spandrel import Architecture, ArchSupport, ImageModelDescriptor, StateDict
from spandrel.architectures.SPAN import SPAN
from spandrel.architectures.SPAN.__arch.span import Conv3XC
from spandrel.util import KeyCondition, get_scale_and_output_channels


def fused(network: nn.Module) -> nn.Module:
    """`network` with each `Conv3XC` as one 3x3 convolution, in place; others stay as they are."""
    for name, child in network.named_children():
        if isinstance(child, Conv3XC):
            setattr(network, name, _one(child))
        else:
            fused(child)
    return network


def _one(block: Conv3XC) -> nn.Module:
    block.update_params()
    source = block.eval_conv
    plain = nn.Conv2d(source.in_channels, source.out_channels, 3, source.stride, padding=1)
    plain.load_state_dict(source.state_dict())
    return nn.Sequential(plain, nn.LeakyReLU(0.05)) if block.has_relu else plain


class FusedSpan(Architecture[SPAN]):
    """A SPAN whose file holds the plain convolutions, which spandrel does not know."""

    def __init__(self) -> None:
        super().__init__(
            id="SPAN-fused",
            name="SPAN",
            detect=KeyCondition.has_all(
                "conv_1.weight",
                "block_1.c1_r.weight",
                "block_6.c3_r.weight",
                "conv_cat.weight",
                "conv_2.weight",
                "upsampler.0.weight",
            ),
        )

    def load(self, state_dict: StateDict) -> ImageModelDescriptor[SPAN]:
        """The network of such a file; its sizes are those of the tensors."""
        width, colours = state_dict["conv_1.weight"].shape[:2]
        scale, out = get_scale_and_output_channels(
            state_dict["upsampler.0.weight"].shape[0], colours
        )
        network = SPAN(
            num_in_ch=colours,
            num_out_ch=out,
            feature_channels=width,
            upscale=scale,
            norm="no_norm" not in state_dict,
        )
        return ImageModelDescriptor(
            fused(network),
            state_dict,
            architecture=self,
            purpose="Restoration" if scale == 1 else "SR",
            tags=[f"{width}nf"],
            supports_half=True,
            supports_bfloat16=True,
            scale=scale,
            input_channels=colours,
            output_channels=out,
        )


SUPPORT = ArchSupport.from_architecture(FusedSpan())

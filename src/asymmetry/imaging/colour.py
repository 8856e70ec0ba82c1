"""The colour spaces that metrics are defined in."""

from torch import Tensor

from asymmetry.imaging.constants import constant

# The first row of MATLAB's rgb2gray: BT.601 luma to the digits that MATLAB uses.
_RGB2GRAY = (0.298936021293775, 0.587043074451121, 0.114020904255103)
# Y of BT.601 in studio range, 16 to 235 (MATLAB's rgb2ycbcr, BasicSR).
_STUDIO = (65.481 / 255, 128.553 / 255, 24.966 / 255)
_STUDIO_OFFSET = 16 / 255


def grey(image: Tensor) -> Tensor:
    """[B, 3, H, W] in 0..1 to luma [B, 1, H, W] in 0..1, unrounded: MATLAB rgb2gray."""
    return _mix(image, _RGB2GRAY)


def studio_y(image: Tensor) -> Tensor:
    """[B, 3, H, W] in 0..1 to Y of BT.601 [B, 1, H, W] in 16/255..235/255, unrounded."""
    return _mix(image, _STUDIO) + _STUDIO_OFFSET


def to_8_bits(image: Tensor) -> Tensor:
    """Values in 0..1, rounded to a multiple of 1/255."""
    return (image.clamp(0, 1) * 255).round() / 255


def _mix(image: Tensor, weights: tuple[float, float, float]) -> Tensor:
    return (image * constant(weights, image).view(1, 3, 1, 1)).sum(dim=1, keepdim=True)

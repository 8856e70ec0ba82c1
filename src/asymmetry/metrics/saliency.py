"""Saliency from simple priors, SDSP, by Zhang et al. (ICIP 2013), as pyiqa computes it for VSI.

A pixel is salient where it stands out of its surroundings, is near the centre and has a warm
colour. Computed at 256 x 256 pixels.
"""

from functools import lru_cache

import torch
import torch.nn.functional as F
from torch import Tensor

from asymmetry.metrics.grid import centred_frequencies, mixed

_SIDE = 256
_FREQUENCY, _SIGMA = 0.021, 1.34
_SPREAD_OF_PLACE, _SPREAD_OF_COLOUR = 145.0, 0.001
_EPS = torch.finfo(torch.float64).eps
_SMALLEST_SQUARE = 1e-16
# Linear sRGB to X, Y and Z over those of the white of D50.
_WHITE = (0.9642119944211994, 1.0, 0.8251882845188288)
_XYZ = tuple(
    value / white
    for white, row in zip(
        _WHITE,
        (
            (0.4124564, 0.3575761, 0.1804375),
            (0.2126729, 0.7151522, 0.0721750),
            (0.0193339, 0.1191920, 0.9503041),
        ),
        strict=True,
    )
    for value in row
)
_LAB = (0.0, 116.0, 0.0, 500.0, -500.0, 0.0, 0.0, 200.0, -200.0)
_KNEE, _SLOPE = 0.008856, 903.3


def saliency(image: Tensor) -> Tensor:
    """How much each pixel draws the eye, 0..1: [B, 3, H, W], from 0 on, to [B, 1, H, W]."""
    small = F.interpolate(image, size=(_SIDE, _SIDE), mode="bilinear", align_corners=False)
    lab = _lab(small)
    band_pass, centre = _constants(image.dtype, image.device)
    spectrum = torch.view_as_real(torch.fft.rfft2(lab))
    bands = torch.fft.irfft2(torch.view_as_complex(spectrum * band_pass), s=(_SIDE, _SIDE))
    frequency = (bands.square().sum(dim=1, keepdim=True) + _SMALLEST_SQUARE).sqrt()
    warmth = _stretched(lab[:, 1:]).square().sum(dim=1, keepdim=True) / -(_SPREAD_OF_COLOUR**2)
    salient = frequency * centre * -torch.expm1(warmth)
    size = (image.shape[2], image.shape[3])
    return _stretched(F.interpolate(salient, size=size, mode="bilinear", align_corners=True))


def _lab(image: Tensor) -> Tensor:
    """sRGB in CIE Lab, the lightness without its constant, which the band-pass takes off."""
    linear = torch.where(image > 0.04045, _power((image + 0.055) / 1.055, 2.4), image / 12.92)
    xyz = mixed(linear, _XYZ)
    # Clamped where the other branch is taken, whose gradient would else be infinite at black.
    root = _power(xyz.clamp_min(_KNEE), 1 / 3)
    return mixed(torch.where(xyz > _KNEE, root, (_SLOPE * xyz + 16) / 116), _LAB)


def _power(base: Tensor, exponent: float) -> Tensor:
    """`base ** exponent` of positive numbers, at twice the speed."""
    return (base.log() * exponent).exp()


def _stretched(maps: Tensor) -> Tensor:
    """Each channel to 0..1."""
    least, most = maps.amin(dim=(2, 3), keepdim=True), maps.amax(dim=(2, 3), keepdim=True)
    return (maps - least) / (most - least + _EPS)


@lru_cache(maxsize=4)
def _constants(dtype: torch.dtype, device: torch.device) -> tuple[Tensor, Tensor]:
    """The half log-Gabor filter by real and imaginary parts, and the prior of the centre."""
    with torch.inference_mode(False):
        rows, columns = centred_frequencies(_SIDE, _SIDE)
        radius = (rows.square() + columns.square()).sqrt()
        octaves = (radius.clamp_min(1 / _SIDE) / _FREQUENCY).log().square()
        gabor = torch.exp(-octaves / (2 * _SIGMA**2)) * (radius <= 0.5) * (radius > 0)
        half = gabor[:, : _SIDE // 2 + 1, None].expand(-1, -1, 2)
        offsets = torch.arange(_SIDE, dtype=torch.float64) - _SIDE // 2 + 1
        near = torch.exp(-offsets.square() / _SPREAD_OF_PLACE**2)
        centre = near.unsqueeze(1) * near
        return half.to(device, dtype).contiguous(), centre.to(device, dtype)

"""One minus the multi-scale structural similarity of the luma (Wang, Simoncelli and Bovik 2003)."""

from pathlib import Path

from torch import Tensor

from asymmetry.fidelity.contract import Fidelity, check_pair
from asymmetry.imaging.colour import grey
from asymmetry.imaging.constants import constant
from asymmetry.metrics.ssim import scale_moments, scale_terms

EXPONENTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
WINDOW = 11


def ms_ssim(restored: Tensor, reference: Tensor) -> Tensor:
    """1 - MS-SSIM: [B, 3, H, W] in 0..1 twice to [B].

    Five scales need 176 pixels. A smaller crop has as many scales as fit into its shorter side (64
    pixels: three); their exponents are scaled to sum to one. Raises UserError below 11 pixels.
    """
    check_pair(restored, reference, WINDOW)
    x, y = grey(restored), grey(reference)
    exponents = constant(EXPONENTS[: scales(min(x.shape[-2:]))], x)
    terms = scale_terms(*(scale_moments(plane, len(exponents)) for plane in (x, y)))
    # At zero a power has no finite gradient, and below it no value.
    powers = terms.clamp_min(1e-6) ** (exponents / exponents.sum())
    return 1 - powers.prod(dim=1)


def scales(side: int) -> int:
    """The number of scales, at most five, that fit into a side of so many pixels."""
    return min(len(EXPONENTS), (side // WINDOW).bit_length())


def build(_variant: str, _weights: Path) -> Fidelity:
    """The loss as the registry wants it: no variants, no weights."""
    return ms_ssim

"""Sharpness: how far an image's energy of fine detail is from the reference's.

Ours. `detail` says which frequencies are meant; energies are means over all windows.
"""

from functools import partial

from torch import Tensor

from asymmetry.metrics.scaled import Scaled
from asymmetry.metrics.separable import Paired
from asymmetry.metrics.spectra import ROUNDING, detail


def detail_energy(planes: Tensor, scale: int) -> Tensor:
    """The variance of fine detail: [B, 1, H, W] in 0..1 to [B]; sides >= 32."""
    return detail(planes, scale).square().sum(dim=2).mean(dim=1)


def detail_gain(restored: Tensor, reference: Tensor) -> Tensor:
    """The ratio in dB, [B], of two detail energies: above 0 is sharper than the reference.

    Both have the noise of rounding to 8 bits added, so that flat images have a ratio.
    """
    return 10 * ((restored + ROUNDING) / (reference + ROUNDING)).log10()


def _at(scale: int) -> Paired[Tensor]:
    return Paired(partial(detail_energy, scale=scale), lambda x, y: detail_gain(x, y).abs())


# The gain's magnitude in dB, [B], of luma [B, 1, H, W] in 0..1 twice. 0 is best: less detail and
# more of it than the reference has are both worse; `detail_gain` tells which. What that detail is
# like does not count: noise is detail too, see `coherence`.
sharpness = Scaled(_at)

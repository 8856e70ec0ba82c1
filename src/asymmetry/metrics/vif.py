"""Visual information fidelity (VIF), by Sheikh and Bovik (TIP 2006), in the wavelet domain.

It follows the authors' `vifvec`, as pyiqa does: grey in 0..255, the two bands along the axes of
four levels of a steerable pyramid, vectors of 3 x 3 coefficients that do not overlap, and noise of
variance 0.4. The model of the reference depends on the reference only.

For a reference without information, which is flat, the ratio of informations is undefined. Here it
is then 1 for the same image and 0 for any other.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import torch
from torch import Tensor

from asymmetry.metrics.separable import Separable
from asymmetry.metrics.steerable import axis_bands, in_8_bits

_LEVELS = 4
_SIDE = 3
_NOISE = 0.4
_TOLERANCE = 1e-12
# Of the largest eigenvalue: what is below it is rounding, not to be inverted.
_RANK = 1e-9
# In bits: the most that a flat reference holds by rounding. One other grey level holds 0.3.
_NOTHING = 1e-3


class Level(NamedTuple):
    """What is known of one level of the references, for both bands."""

    band: Tensor
    mean: Tensor
    variance: Tensor
    # Of the vectors: the factor of the field (s of the paper), and det(1 + k C) by powers of k.
    field: Tensor
    determinant: Tensor


class Reference(NamedTuple):
    """The references' grey levels, their bands' levels, finest first, and their information [B]."""

    plane: Tensor
    levels: list[Level]
    information: Tensor


class _Vif(Separable):
    """VIF in two steps: grey [B, 1, H, W] in 0..1 twice to [B]; 1 is best, above it is possible."""

    def features(self, reference: Tensor) -> Reference:
        """The model of the references [B, 1, H, W] or [1, 1, H, W]."""
        levels = [_model(number, band) for number, band in enumerate(_bands(reference))]
        terms = [_information(level.field / _NOISE, level) for level in levels]
        return Reference(_grey_levels(reference), levels, torch.stack(terms).sum(dim=0))

    def distance(self, restored: Tensor, features: Reference) -> Tensor:
        """[B] from the restored planes [B, 1, H, W] and the `features` of their references."""
        pairs = zip(_bands(restored), features.levels, strict=True)
        terms = [
            _information(_seen(number, band, level), level)
            for number, (band, level) in enumerate(pairs)
        ]
        ratio = torch.stack(terms).sum(dim=0) / (features.information + _TOLERANCE)
        same = (_grey_levels(restored) == features.plane).flatten(1).all(dim=1)
        return ratio.masked_fill(same & (features.information < _NOTHING), 1)


def _grey_levels(plane: Tensor) -> Tensor:
    return (plane.detach() * 255).round()


def _bands(plane: Tensor) -> Iterator[Tensor]:
    """The bands by level, of a size that the vectors divide."""
    for band in axis_bands(in_8_bits(plane).float(), _LEVELS):
        height, width = (side - side % _SIDE for side in band.shape[2:])
        yield band[..., :height, :width]


def _model(number: int, band: Tensor) -> Level:
    mean, variance = _moments(number, band)
    field, covariance = _vectors(band.double())
    cut = _cut(number)
    field = field[..., cut : field.shape[2] - cut, cut : field.shape[3] - cut]
    powers = [torch.ones_like(covariance[..., 0, 0])]
    for value in torch.linalg.eigvalsh(covariance).clamp_min(0).unbind(-1):
        powers = [
            here + value * below
            for here, below in zip([*powers, 0 * value], [0 * value, *powers], strict=True)
        ]
    return Level(band, mean, variance, field, torch.stack(powers))


def _vectors(band: Tensor) -> tuple[Tensor, Tensor]:
    """The field's factor at each vector [B, 2, h, w], and the vectors' covariance [B, 2, 9, 9].

    The covariance is of all vectors, overlapping too; the field has those that do not overlap.
    """
    windows = band.unfold(2, _SIDE, 1).unfold(3, _SIDE, 1).flatten(4)
    vectors = windows.flatten(2, 3)
    centred = vectors - vectors.mean(dim=2, keepdim=True)
    covariance = centred.mT @ centred / vectors.shape[2]
    inverse = torch.linalg.pinv(covariance, rtol=_RANK, hermitian=True).unsqueeze(2)
    apart = windows[:, :, ::_SIDE, ::_SIDE]
    return (apart * (apart @ inverse)).mean(dim=4).clamp_min(0), covariance


def _seen(number: int, band: Tensor, level: Level) -> Tensor:
    """The signal-to-noise factor of the field in the restored: g^2 s / (variance + noise)."""
    count = _window(number) ** 2
    mean, variance = _moments(number, band)
    covariance = _window_sums(number, band * level.band) - count * mean * level.mean
    # Where the reference or the restored is flat, or the gain negative, nothing is seen.
    seen = (level.variance >= _TOLERANCE) & (variance >= _TOLERANCE) & (covariance > 0)
    gain = torch.where(seen, covariance / (level.variance + _TOLERANCE), 0.0)
    rest = ((variance - gain * covariance) / count).clamp_min(_TOLERANCE)
    return gain.square() * level.field / (rest + _NOISE)


def _moments(number: int, band: Tensor) -> tuple[Tensor, Tensor]:
    """The windows' mean, and their variance times their size."""
    count = _window(number) ** 2
    mean = _window_sums(number, band) / count
    return mean, (_window_sums(number, band.square()) - count * mean.square()).clamp_min(0)


def _information(factor: Tensor, level: Level) -> Tensor:
    """The sum [B] of log2 det(1 + k C) over both bands' k: [B, 2, h, w], in double precision."""
    *others, total = (power[..., None, None] for power in level.determinant)
    for power in reversed(others):
        total = torch.addcmul(power, total, factor)
    return total.log2().sum(dim=(1, 2, 3))


def _window(number: int) -> int:
    return 2 ** (_LEVELS - number) + 1


def _cut(number: int) -> int:
    """How many vectors at each border are left out: those whose window would leave the image."""
    return -(-(_window(number) // 2) // _SIDE)


def _window_sums(number: int, maps: Tensor) -> Tensor:
    """Sums over the window about each vector that counts: products of matrices, thrice as fast."""
    like = (maps.dtype, maps.device)
    down, across = (_summing(number, side, *like) for side in maps.shape[2:])
    return (down @ maps) @ across.mT


@lru_cache(maxsize=32)
def _summing(number: int, side: int, dtype: torch.dtype, device: torch.device) -> Tensor:
    with torch.inference_mode(False):
        cut = _cut(number)
        centres = torch.arange(cut, side // _SIDE - cut) * _SIDE + 1
        distances = (centres.unsqueeze(1) - torch.arange(side)).abs()
        return (distances <= _window(number) // 2).to(device, dtype)


vif = _Vif()

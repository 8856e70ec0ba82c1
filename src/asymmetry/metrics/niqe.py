"""NIQE, the naturalness of an image, by Mittal, Soundararajan and Bovik (SPL 2013).

It follows their MATLAB release (niqe_release, `computequality.m`): all blocks of the image, at two
scales, are compared with the pristine model. Without flat areas, values agree to the last published
digit. The values of pyiqa, whose window and smaller image are in single precision, differ by up to
4e-4.

In a flat area a coefficient is a rounding error of the smoothing, and the fit of a block counts how
many coefficients are below and above zero. So the order of the sums matters. MATLAB splits the
window into two passes and pyiqa does not, which changes the value of a strongly compressed image by
5 %. The order below is inferred: with it the five published values of TID2013's images are met
within 1e-3. For the release's third image, which is flat in every block, a user's MATLAB reports
3 % more.
"""

from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from asymmetry.imaging.resize import imresize

_BLOCK = 96
# The window of 7 x 7, sigma 7/6, as MATLAB's `imfilter` splits it: singular vectors, here of MKL,
# whose last digits tell in flat areas.
_DOWN = (
    0.012560200468474631,
    0.07882796468173003,
    0.23729607711717063,
    0.3426315154652495,
    0.23729607711717063,
    0.07882796468173003,
    0.012560200468474617,
)
_ACROSS = (
    0.012560200468474614,
    0.07882796468173,
    0.23729607711717063,
    0.3426315154652495,
    0.23729607711717063,
    0.07882796468173003,
    0.012560200468474616,
)
_NEIGHBOURS = ((0, 1), (1, 0), (1, 1), (1, -1))


class Niqe(nn.Module):
    """NIQE with a pristine model read from an `.npz` without pickles."""

    mean: Tensor
    covariance: Tensor

    def __init__(self, pristine: Path) -> None:
        super().__init__()
        with np.load(pristine, allow_pickle=False) as model:
            self.register_buffer("mean", torch.from_numpy(model["mu_pris_param"]).flatten())
            self.register_buffer("covariance", torch.from_numpy(model["cov_pris_param"]))

    def forward(self, restored: Tensor, _reference: Tensor) -> Tensor:
        """[B] of planes [B, 1, H, W] in 0..1; lower is better; sides >= 192 (two blocks of 96).

        NaN where no block has all its features, as in a flat image.
        """
        # MATLAB works on integers.
        levels = (restored.double() * 255).round()
        return torch.stack([self._distance(features(one)) for one in levels])

    def _distance(self, seen: Tensor) -> Tensor:
        """How far the model of the features [blocks, 36] is from the pristine one (eq. 10)."""
        # As `nanmean` and `nancov`: a mean of the blocks that have the feature, and a covariance
        # of those that have them all.
        whole = seen[~seen.isnan().any(dim=1)]
        if not len(whole):
            return seen.new_tensor(torch.nan)
        centred = whole - whole.mean(dim=0)
        covariance = centred.mT @ centred / max(len(whole) - 1, 1)
        away = self.mean - seen.nanmean(dim=0)
        return (away @ torch.linalg.pinv((self.covariance + covariance) / 2) @ away).sqrt()


def features(plane: Tensor) -> Tensor:
    """The features of a plane [1, H, W] in 0..255: [blocks, 36], 18 at each of two scales.

    A feature is NaN where all its coefficients in a block have one sign.
    """
    height, width = (side - side % _BLOCK for side in plane.shape[1:])
    plane = plane[None, :, :height, :width]
    scales = []
    for side in (_BLOCK, _BLOCK // 2):
        normal = normalised(plane)[0, 0]
        blocks = normal.unfold(0, side, side).unfold(1, side, side).flatten(0, 1)
        scales.append(_of_blocks(blocks))
        plane = imresize(plane, 0.5)
    return torch.cat(scales, dim=1)


def normalised(plane: Tensor) -> Tensor:
    """Contrast-normalised coefficients (eq. 1): less the local mean, over the local deviation."""
    mean = _smooth(plane)
    deviation = (_smooth(plane * plane) - mean * mean).abs().sqrt()
    return (plane - mean) / (deviation + 1)


def _of_blocks(blocks: Tensor) -> Tensor:
    """The 18 features of each block [N, side, side] of coefficients: [N, 18]."""
    shape, left, right = fit_aggd(blocks)
    found = [shape, (left + right) / 2]
    for shift in _NEIGHBOURS:
        # Around the block, not the image: the first row's neighbour is the block's last.
        shape, left, right = fit_aggd(blocks * blocks.roll(shift, dims=(1, 2)))
        mean = (right - left) * (torch.lgamma(2 / shape) - torch.lgamma(1 / shape)).exp()
        found += [shape, mean, left, right]
    return torch.stack(found, dim=1)


def fit_aggd(values: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Shape and left and right scale [N] of asymmetric generalised Gaussians of values [N, ...].

    By moments (eqs. 5 and 6; Lasmar et al., ICIP 2009), the shape of a table from 0.2 to 10 by
    0.001; the first of the table, and one scale NaN, where a side has no values.
    """
    values = values.flatten(1)
    squares = values.square()
    left, right = (
        ((squares * side).sum(dim=1) / side.sum(dim=1)).sqrt() for side in (values < 0, values > 0)
    )
    ratio = left / right
    wanted = values.abs().mean(dim=1).square() / squares.mean(dim=1)
    wanted = wanted * (ratio**3 + 1) * (ratio + 1) / (ratio**2 + 1).square()
    shapes, ratios = _table(values.device)
    shape = shapes[(ratios - wanted.nan_to_num(0.0).unsqueeze(1)).abs().argmin(dim=1)]
    scale = (torch.lgamma(1 / shape) - torch.lgamma(3 / shape)).div(2).exp()
    return shape, left * scale, right * scale


@lru_cache(maxsize=4)
def _table(device: torch.device) -> tuple[Tensor, Tensor]:
    """Shapes, and for each the squared mean of magnitudes over the mean of squares."""
    with torch.inference_mode(False):
        shapes = torch.arange(200, 10001, dtype=torch.float64) / 1000
        logarithm = 2 * torch.lgamma(2 / shapes) - torch.lgamma(1 / shapes)
        ratios = (logarithm - torch.lgamma(3 / shapes)).exp()
        return shapes.to(device), ratios.to(device)


def _smooth(plane: Tensor) -> Tensor:
    """The Gaussian window over [1, 1, H, W], the outermost pixels repeated beyond the border.

    First down, from the last row of the window upwards, then across. MATLAB's order is not
    published; of those that were tried, this one agrees best with published values.
    """
    plane = F.pad(plane, (len(_DOWN) // 2,) * 4, "replicate")
    for dim, taps in ((2, list(enumerate(_DOWN))[::-1]), (3, list(enumerate(_ACROSS)))):
        size = plane.shape[dim] - len(taps) + 1
        (offset, tap), *others = taps
        result = tap * plane.narrow(dim, offset, size)
        for offset, tap in others:
            # Product and sum are rounded once, on CPUs with AVX2 and on GPUs.
            result = result.add(plane.narrow(dim, offset, size), alpha=tap)
        plane = result
    return plane

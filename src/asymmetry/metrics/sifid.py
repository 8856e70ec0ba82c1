"""SIFID: the Frechet distance between the patches of an image and those of its reference.

Single-image FID (Shaham, Dekel and Michaeli, "SinGAN", ICCV 2019): the distance between two
Gaussians, one fitted to the features of all patches of each image,
|m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^1/2) (Dowson and Landau 1982; Heusel et al., NeurIPS 2017). It
asks whether an image has the textures of its reference, wherever they are: realism without
alignment. As in the authors' code, a patch is a place of the 64 maps after Inception v3's first
pooling, 15 pixels wide, one for every 4 x 4 pixels. The weights are torchvision's, as those of
`semantics`, and not FID's.

A Frechet distance of n samples is too large, by about 1 / n (Chong and Forsyth, CVPR 2020). Here
both images have the same number of patches, at the same places, which takes most of it away: of 900
independent patches under noise a tenth is left, some 0.2 % of the variance (`tests/metrics`), and
of the reference itself nothing. Images have at least 128 pixels a side, so 900 patches. Values of
images of different sizes are not compared with each other.
"""

from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn

from asymmetry.metrics.semantics import inception
from asymmetry.metrics.separable import Paired


class Gaussian(NamedTuple):
    """Means [B, C] and covariances [B, C, C] of the features of an image's patches."""

    mean: Tensor
    covariance: Tensor


def gaussian(features: Tensor) -> Gaussian:
    """The Gaussian of the places of maps [B, C, H, W]; n - 1 in the denominator."""
    patches = features.double().flatten(2)
    mean = patches.mean(dim=2)
    centred = patches - mean.unsqueeze(2)
    return Gaussian(mean, centred @ centred.mT / (patches.shape[2] - 1))


def frechet(one: Gaussian, other: Gaussian) -> Tensor:
    """The squared Frechet (2-Wasserstein) distance [B] of two Gaussians; 0 of equal ones.

    tr (C1 C2)^1/2 is the sum of the roots of the eigenvalues of C2^1/2 C1 C2^1/2, which is
    symmetric. Covariances need not be of full rank.
    """
    values, vectors = torch.linalg.eigh(other.covariance)
    root = vectors * values.clamp_min(0).sqrt().unsqueeze(1) @ vectors.mT
    shared = torch.linalg.eigvalsh(root @ one.covariance @ root).clamp_min(0).sqrt().sum(dim=1)
    spread = _trace(one.covariance) + _trace(other.covariance) - 2 * shared
    return ((one.mean - other.mean).square().sum(dim=1) + spread).clamp_min(0)


def _trace(matrices: Tensor) -> Tensor:
    return matrices.diagonal(dim1=1, dim2=2).sum(dim=1)


class Stem(nn.Module):
    """Inception v3 up to its first pooling: RGB [B, 3, H, W] in 0..1 to [B, 64, H / 4, W / 4]."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            *(
                getattr(network, name)
                for name in ("Conv2d_1a_3x3", "Conv2d_2a_3x3", "Conv2d_2b_3x3", "maxpool1")
            )
        )

    def forward(self, image: Tensor) -> Tensor:
        """The maps."""
        return self.layers(2 * image.float() - 1)


class Sifid(Paired[Gaussian]):
    """The distance [B] of RGB [B, 3, H, W] in 0..1 twice; 0 is best. `stem`: RGB to maps."""

    def __init__(self, stem: nn.Module) -> None:
        super().__init__(lambda image: gaussian(self.stem(image)), frechet)
        self.stem = stem.eval().requires_grad_(False)


def sifid(weights: Path) -> Sifid:
    """The metric on the file of Inception v3's weights."""
    return Sifid(Stem(inception(weights)))

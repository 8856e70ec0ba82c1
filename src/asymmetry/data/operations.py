"""What degradations and distortions are made of: resizing, blur, noise, JPEG."""

from collections.abc import Sequence
from io import BytesIO
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import scipy
import torch
from PIL import Image

from asymmetry.data.images import Rgb
from asymmetry.data.modes import round_to_uint8
from asymmetry.imaging.resize import imresize, weights

Pixels: TypeAlias = npt.NDArray[np.uint8] | npt.NDArray[np.float64]


def reduce_bicubic(reference: Rgb, scale: int) -> Rgb:
    """MATLAB's imresize by 1 / `scale`, rounded to 8 bits."""
    return round_to_uint8(resize(reference, 1 / scale))


def resize(image: Pixels, scale: float) -> npt.NDArray[np.float64]:
    """`imresize` of an image [H,W,3], 0 to 255; neither clamped nor rounded."""
    planes = torch.from_numpy(image.astype(np.float64)).permute(2, 0, 1)
    return imresize(planes.unsqueeze(0), scale)[0].permute(1, 2, 0).numpy()


def blur(image: Pixels, sigma: float) -> npt.NDArray[np.float64]:
    """Gaussian blur of an image [H,W,3], `sigma` in pixels; borders are mirrored."""
    return scipy.ndimage.gaussian_filter(
        image.astype(np.float64), (sigma, sigma, 0), mode="reflect"
    )


def blur_and_reduce(image: Pixels, sigma: float, scale: int) -> npt.NDArray[np.float64]:
    """`blur` and then `resize` by 1 / `scale` of an image [H,W,3], but for the last bits.

    Both are sums of rows and columns with fixed weights. So the weights of the reduction are
    blurred, once a side, and not the image: with mirrored borders that is the same.
    """
    rows, columns = (
        torch.from_numpy(
            scipy.ndimage.gaussian_filter(
                weights(side, 1 / scale).numpy(), (0, sigma), mode="reflect"
            )
        )
        for side in image.shape[:2]
    )
    planes = torch.from_numpy(image.astype(np.float64)).permute(2, 0, 1)
    return (rows @ planes @ columns.mT).permute(1, 2, 0).numpy()


def spread(image: Pixels, psf: Sequence[Sequence[float]]) -> npt.NDArray[np.float64]:
    """Convolution of an image [H,W,3] with a kernel scaled to sum to one; borders are mirrored."""
    kernel = np.array(psf)[..., None]
    return scipy.ndimage.convolve(image.astype(np.float64), kernel / kernel.sum(), mode="reflect")


def add_noise(image: Pixels, sigma: float, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """White Gaussian noise of `sigma` (0 to 255), independent in pixels and channels."""
    return image + sigma * rng.standard_normal(image.shape)


def compress(rgb: Rgb, quality: int) -> Rgb:
    """An image [H,W,3] as JPEG of this quality (1 to 100, chroma halved) and back."""
    file = BytesIO()
    Image.fromarray(rgb).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file))

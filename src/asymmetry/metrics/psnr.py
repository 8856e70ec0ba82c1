"""Peak signal-to-noise ratio."""

from torch import Tensor

_SMALLEST = 1e-10


def psnr(restored: Tensor, reference: Tensor) -> Tensor:
    """10 log10(1 / mean squared error), in dB: [B, C, H, W] in 0..1 twice to [B].

    Equal images have 100 dB and a gradient of zero, not infinity.
    """
    error = (restored - reference).square().mean(dim=(1, 2, 3))
    return -10 * error.clamp_min(_SMALLEST).log10()

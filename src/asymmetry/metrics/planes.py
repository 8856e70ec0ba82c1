"""Images as metrics measure them: cropped, rounded, in a colour space."""

import torch
from torch import Tensor

from asymmetry.core.errors import UserError
from asymmetry.imaging.colour import grey, studio_y, to_8_bits
from asymmetry.metrics.contracts import METRICS, Contract


class Planes:
    """A batch of images [B, 3, H, W] in 0..1, in the colour of any contract; each is made once.

    `scale` is the factor of the task: what contracts crop at the border, and `Scaled` metrics need.
    """

    def __init__(self, images: Tensor, scale: int) -> None:
        self.images, self.scale = images, scale
        self._made: dict[tuple[str, bool, bool], Tensor] = {}

    def __len__(self) -> int:
        return len(self.images)

    def each(self) -> list["Planes"]:
        """The images one by one."""
        return [Planes(image[None], self.scale) for image in self.images]

    def of(self, name: str) -> Tensor:
        """The planes [B, C, H, W] that the metric `name` measures, in double precision.

        Raises UserError where they are smaller than it can measure.
        """
        contract = METRICS[name]
        key = (contract.colour, contract.rounded, contract.crop_scale)
        if key not in self._made:
            self._made[key] = self._make(contract)
        check_side(name, self._made[key])
        return self._made[key]

    def _make(self, contract: Contract) -> Tensor:
        images = self.images.to(torch.float64)
        if contract.rounded:
            images = to_8_bits(images)
        if contract.crop_scale:
            height, width = images.shape[2:]
            images = images[..., self.scale : height - self.scale, self.scale : width - self.scale]
        planes = in_colour(contract, images)
        # MATLAB's rgb2gray gives integers; Y stays a fraction, as in BasicSR.
        return to_8_bits(planes) if contract.rounded and contract.colour == "grey" else planes


def in_colour(contract: Contract, image: Tensor) -> Tensor:
    """[B, 3, H, W] in 0..1 in the colour space that the contract names, unrounded."""
    if contract.colour == "grey":
        return grey(image)
    return studio_y(image) if contract.colour == "y" else image


def check_side(name: str, image: Tensor) -> None:
    """UserError where the shorter side of [B, C, H, W] is below what the metric can measure."""
    side, least = min(image.shape[-2:]), METRICS[name].minimum_side
    if side < least:
        raise UserError(
            f"{name}: needs images of at least {least} pixels a side, not {side}; "
            "use larger images or crops, or leave this metric out"
        )

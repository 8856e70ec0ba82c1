"""Generators from files of weights, of any architecture that `spandrel` recognises."""

from pathlib import Path

from torch import Tensor, nn

from asymmetry.core import torchvision_ops  # noqa: F401

# isort: split
from spandrel import ImageModelDescriptor, ModelLoader

from asymmetry.core.errors import UserError
from asymmetry.core.files import sha256_of


class FromFile(nn.Module):
    """A network as `spandrel` calls it: inputs are padded to the sizes that it takes."""

    def __init__(self, descriptor: ImageModelDescriptor) -> None:
        super().__init__()
        self.module = descriptor.model
        self._descriptor = descriptor

    def forward(self, low: Tensor) -> Tensor:
        """[B, 3, h, w] in 0..1 to [B, 3, scale h, scale w] in 0..1, without gradients."""
        return self._descriptor(low)


def load_generator(path: Path, *, scale: int | None = None, sha256: str | None = None) -> FromFile:
    """The generator in a file.

    Code inside a file is never run: `spandrel`'s restricted unpickler takes tensors alone. Raises
    UserError where the file is missing or cannot be read, has other bytes than `sha256` (hex) says,
    or is not a network that spandrel knows, from RGB to RGB, of this scale.
    """
    if not path.is_file():
        raise UserError(f"{path}: there is no such file; put it there, or correct the path")
    if sha256 is not None and sha256_of(path) != sha256:
        raise UserError(f"{path}: has changed since the study was planned; start again")
    try:
        descriptor = ModelLoader().load_from_file(path)
    except Exception as error:  # of damaged or foreign content, each format raises its own
        reason = " ".join(str(error).split())[:160] or type(error).__name__
        raise UserError(
            f"{path}: is no file of weights that spandrel recognises ({reason}); name another"
        ) from None
    channels = (descriptor.input_channels, descriptor.output_channels)
    if not isinstance(descriptor, ImageModelDescriptor) or channels != (3, 3):
        raise UserError(f"{path}: holds no network from RGB images to RGB images; name another")
    if scale not in (None, descriptor.scale):
        name = descriptor.architecture.name
        raise UserError(
            f"{path}: is {name} of scale {descriptor.scale}, not {scale}; use another file"
        )
    return FromFile(descriptor)

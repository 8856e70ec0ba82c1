"""Generators from files of weights, of any architecture that `spandrel` recognises."""

from pathlib import Path

from torch import Tensor, nn

from asymmetry.core import torchvision_ops  # noqa: F401

# isort: split
from spandrel import ImageModelDescriptor, ModelLoader

from asymmetry.core.errors import UserError


class Recognised(nn.Module):
    """A network as `spandrel` calls it: inputs are padded to the sizes that it takes."""

    def __init__(self, descriptor: ImageModelDescriptor) -> None:
        super().__init__()
        self.network = descriptor.model
        self._descriptor = descriptor

    def forward(self, low: Tensor) -> Tensor:
        """[B, 3, h, w] in 0..1 to [B, 3, scale h, scale w] in 0..1, without gradients."""
        return self._descriptor(low)


def load_generator_file(path: Path) -> tuple[nn.Module, int]:
    """The network of a file, frozen and in eval mode, and its scale.

    The file is read by `spandrel`'s restricted unpickler, or as safetensors: it cannot execute
    code. Raises UserError where it cannot be read, or is no network from RGB to RGB that `spandrel`
    knows.
    """
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
    network = Recognised(descriptor)
    return network.eval().requires_grad_(False), descriptor.scale

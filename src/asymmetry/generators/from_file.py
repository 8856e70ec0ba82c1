"""Generators from files: networks of `spandrel`'s with the files' weights, to be trained on."""

import pickle
from pathlib import Path
from typing import Self

from asymmetry.core import torchvision_ops  # noqa: F401

# isort: split
from spandrel import (
    MAIN_REGISTRY,
    ImageModelDescriptor,
    ModelDescriptor,
    ModelLoader,
    SizeRequirements,
    StateDict,
    UnsupportedModelError,
)
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.modules.batchnorm import _BatchNorm

from asymmetry.core.errors import UserError
from asymmetry.core.files import sha256_of
from asymmetry.core.still import without_draws
from asymmetry.generators.span import SUPPORT, fused

_REGISTRY = MAIN_REGISTRY.copy()
_REGISTRY.add(SUPPORT)
_UNKNOWN = (
    "is no network that spandrel knows; use a checkpoint of one of its architectures "
    "(https://github.com/chaiNNer-org/spandrel)"
)


class FromFile(nn.Module):
    """A network of spandrel's as a generator: [B, 3, h, w] in 0..1 to [B, 3, scale h, scale w].

    Not clamped. Where the network wants other sizes, images are padded as spandrel pads them. It
    draws nothing in training, and the statistics of batch normalisation stay those of the file: an
    average of weights would not follow them. Its tensors are named `module.*`, as DataParallel
    names them; spandrel, and what is built on it, read that as the network itself.
    """

    def __init__(self, descriptor: ImageModelDescriptor[nn.Module]) -> None:
        super().__init__()
        self.module = without_draws(fused(descriptor.model))
        self.scale: int = descriptor.scale
        self.wanted: SizeRequirements = descriptor.size_requirements
        self.train()

    def forward(self, image: Tensor) -> Tensor:
        """The restored images."""
        height, width = image.shape[-2:]
        # Of its own, as some networks (RCAN) write to their input, which others may share.
        restored = self.module(_padded(image.clone(), self.wanted))
        return restored[..., : self.scale * height, : self.scale * width]

    def train(self, mode: bool = True) -> Self:
        """Training mode for all but batch normalisation."""
        super().train(mode)
        for part in self.modules():
            if isinstance(part, _BatchNorm):
                part.eval()
        return self


def load_generator(path: Path, *, scale: int | None = None, sha256: str | None = None) -> FromFile:
    """The generator in a file, also one that a training of such a generator left.

    Code inside a file is never run: of a pickle, only tensors are taken. Raises UserError where the
    file is missing, holds more than tensors, has other bytes than `sha256` (hex) says, or is not a
    network that spandrel knows, from RGB to RGB, of this scale.
    """
    if not path.is_file():
        raise UserError(f"{path}: there is no such file; put it there, or correct the path")
    if sha256 is not None and (found := sha256_of(path)) != sha256:
        raise UserError(
            f"{path}: has changed since the study was planned (sha256 {found[:12]}…, planned "
            f"{sha256[:12]}…); put the former file back, or start again"
        )
    descriptor = describe(path)
    if scale not in (None, descriptor.scale):
        name, has = descriptor.architecture.name, descriptor.scale
        raise UserError(f"{path}: is {name} of scale {has}, not {scale}; use another file")
    return FromFile(descriptor)


def from_tensors(tensors: StateDict) -> FromFile:
    """The generator with these tensors, by their names; UserError where spandrel knows none."""
    try:
        return FromFile(_image_network(_REGISTRY.load(dict(tensors))))
    except UnsupportedModelError:
        raise UserError(_UNKNOWN) from None


def describe(path: Path) -> ImageModelDescriptor[nn.Module]:
    """What spandrel finds in a file: the network as it came; UserError as `load_generator`."""
    try:
        return _image_network(ModelLoader("cpu", _REGISTRY).load_from_file(path))
    except UserError as error:
        problem = str(error)
    except pickle.UnpicklingError:
        problem = "refused, it holds more than tensors; get a file of tensors alone"
    except UnsupportedModelError:
        problem = _UNKNOWN
    except Exception as error:  # whatever a damaged or foreign file makes of spandrel
        reason = " ".join(str(error).split())[:200]
        problem = f"cannot be read ({type(error).__name__}: {reason}); get it again, or another"
    raise UserError(f"{path}: {problem}") from None


def _image_network(descriptor: ModelDescriptor) -> ImageModelDescriptor[nn.Module]:
    """The descriptor of a network from RGB to RGB; UserError for others."""
    name, given = descriptor.architecture.name, descriptor.input_channels
    if not isinstance(descriptor, ImageModelDescriptor):
        raise UserError(f"is {name}, which takes a mask beside its image; use another")
    if (given, descriptor.output_channels) != (3, 3):
        raise UserError(
            f"is {name} from {given} channels to {descriptor.output_channels}; "
            "a generator goes from RGB to RGB, use another"
        )
    return descriptor


def _padded(image: Tensor, wanted: SizeRequirements) -> Tensor:
    """The image, reflected below and on the right as far as it reaches, and then repeated."""
    height, width = image.shape[-2:]
    right, below = wanted.get_padding(width, height)
    if not (right or below):
        return image
    mirrored = min(right, width - 1), min(below, height - 1)
    image = F.pad(image, (0, mirrored[0], 0, mirrored[1]), mode="reflect")
    return F.pad(image, (0, right - mirrored[0], 0, below - mirrored[1]), mode="replicate")

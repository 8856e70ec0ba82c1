"""Whether a file's network can be trained and measured here, tried on a small image."""

from pathlib import Path

import torch
from torch import Tensor

from asymmetry.core.errors import UserError
from asymmetry.core.still import draws_numbers
from asymmetry.generators.catalog import FileFacts
from asymmetry.generators.from_file import FromFile, describe, from_tensors

# Two forms of one network differ by rounding alone.
_ROUNDING = 1e-3


def examine(path: Path) -> FileFacts:
    """Architecture and scale of the network in a file, and what is against it.

    It must restore as spandrel runs it, draw no random numbers in training, have a gradient, and be
    recognised again by its own tensors, as a training will leave them. Raises UserError where the
    file is not read as `from_file.load_generator` says.
    """
    descriptor = describe(path)
    image = torch.rand(1, 3, 20, 24, generator=torch.Generator().manual_seed(0))
    expected = descriptor(image.clone())
    try:
        problem = _problem(FromFile(describe(path)), image, expected)
    except (RuntimeError, ValueError, TypeError, AttributeError) as error:
        reason = " ".join(str(error).split())[:200]
        problem = f"fails in training ({type(error).__name__}: {reason})"
    return FileFacts(descriptor.architecture.name, descriptor.scale, problem)


def _problem(generator: FromFile, image: Tensor, expected: Tensor) -> str | None:
    if not _alike(generator, image, expected):
        return "is more than a function of an image, so that it cannot be trained alone"
    if draws_numbers(generator, image):
        return "draws random numbers in training, which a resumed training could not repeat"
    generator.train()(image).sum().backward()
    gradients = [p.grad for p in generator.parameters() if p.grad is not None]
    if not any(bool(gradient.any()) for gradient in gradients):
        return "has no gradient"
    try:
        again = from_tensors(generator.state_dict())
    except UserError:
        return "is not known again by its own tensors"
    return None if _alike(again, image, expected) else "is another network by its own tensors"


def _alike(generator: FromFile, image: Tensor, expected: Tensor) -> bool:
    with torch.no_grad():
        restored = generator.eval()(image).clamp(0, 1)
    return restored.shape == expected.shape and torch.allclose(restored, expected, atol=_ROUNDING)

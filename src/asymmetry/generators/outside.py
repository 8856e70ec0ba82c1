"""Generators that were made elsewhere, for a task of the study."""

from pathlib import Path

from torch import nn

from asymmetry.core.errors import UserError
from asymmetry.generators.from_file import load_generator_file


def build_outside(file: Path, scale: int) -> nn.Module:
    """The generator in a file: [B, 3, h, w] in 0..1 to [B, 3, scale h, scale w].

    Raises UserError as `load_generator_file`, and where it is of another scale.
    """
    network, own = load_generator_file(file)
    if own != scale:
        raise UserError(f"{file}: is of scale {own}, but its task of {scale}; name another")
    return network

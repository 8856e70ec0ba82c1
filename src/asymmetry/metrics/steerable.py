"""Steerable pyramids (Simoncelli and Freeman, ICIP 1995): what their metrics share."""

from torch import Tensor


def in_8_bits(plane: Tensor) -> Tensor:
    """Values in 0..1 to integers in 0..255, with the gradient of the unrounded ones."""
    values = plane * 255
    return values + (values.round() - values).detach()

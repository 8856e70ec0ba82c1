"""Generators from `spandrel`'s architectures, at any scale the study knows."""

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from asymmetry.core import torchvision_ops  # noqa: F401

# isort: split
from spandrel.architectures.Compact import Compact
from spandrel.architectures.ESRGAN import ESRGAN
from spandrel.architectures.SwinIR import SwinIR

from asymmetry.core.errors import UserError
from asymmetry.core.names import check_name
from asymmetry.core.randomness import stream_key
from asymmetry.generators.catalog import GENERATORS, SCALES


def build_generator(name: str, scale: int, seed: int) -> nn.Module:
    """The generator `name`: [B, 3, h, w] in 0..1 to [B, 3, scale h, scale w], not clamped.

    Its initial values depend on (seed, "generator/<name>") alone, and it has neither dropout nor
    stochastic depth: a resumed training has no generator state to restore. Any h and w from 1 on
    (SwinIR: from 5 on, as it reflects its borders to fill windows of 8). Raises UserError for an
    unknown name or scale.
    """
    try:
        spec = GENERATORS[check_name(name, GENERATORS, "generator")]
    except ValueError as error:
        raise UserError(str(error)) from None
    if scale not in SCALES:
        allowed = ", ".join(map(str, SCALES))
        raise UserError(f"scale: {scale} is not supported by generator '{name}'; use {allowed}")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(stream_key(seed, f"generator/{name}"))
        return _ARCHITECTURES[spec.architecture](spec.options, scale)


def _compact(options: dict[str, Any], scale: int) -> nn.Module:
    """SRVGGNetCompact (Wang et al. 2021, Real-ESRGAN): a residual upon nearest upsampling."""
    return Compact(**options, upscale=scale)


def _rrdb(options: dict[str, Any], scale: int) -> nn.Module:
    """Residual-in-residual dense blocks (Wang et al. 2018, ESRGAN)."""
    return ESRGAN(**options, scale=scale)


def _swinir(options: dict[str, Any], scale: int) -> nn.Module:
    """SwinIR (Liang et al. 2021); at scale 1 without an upsampler, a residual upon its input."""
    upsampler = {"upsampler": ""} if scale == 1 else {}
    return SwinIR(**(options | upsampler), upscale=scale)


_ARCHITECTURES: dict[str, Callable[[dict[str, Any], int], nn.Module]] = {
    "compact": _compact,
    "rrdb": _rrdb,
    "swinir": _swinir,
}

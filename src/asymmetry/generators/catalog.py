"""The generators that a study may name. Plain data; imports no torch."""

from dataclasses import dataclass
from typing import Any

CHANGES_NUMBERS = False
SCALES = (1, 2, 3, 4, 8)


@dataclass(frozen=True)
class GeneratorSpec:
    """An architecture of `spandrel` and the options of its size."""

    architecture: str
    options: dict[str, Any]


@dataclass(frozen=True)
class GeneratorFile:
    """A generator that begins from a file: its architecture, scale and first weights.

    `sha256` is what the study says of the file, None where it says nothing. With `warm_start`, the
    cells begin from a warm start of the file's network; without, from the file itself.
    """

    file: str
    sha256: str | None = None
    warm_start: bool = False


@dataclass(frozen=True)
class FileFacts:
    """What the file of a generator holds; `problem` says why it cannot serve, None where it can."""

    architecture: str
    scale: int
    problem: str | None = None


# Windows as in the paper; without stochastic depth, whose draws a resumed training would lose.
_SWINIR = {"window_size": 8, "mlp_ratio": 2, "drop_path_rate": 0.0}

GENERATORS: dict[str, GeneratorSpec] = {
    # SwinIR (Liang et al. 2021): M is the paper's classical size, light its lightweight one.
    # `img_size` only says for which input the masks of the shifted windows are kept ready.
    "swinir-m": GeneratorSpec(
        "swinir",
        _SWINIR
        | {
            "img_size": 64,
            "embed_dim": 180,
            "depths": [6] * 6,
            "num_heads": [6] * 6,
            "upsampler": "pixelshuffle",
        },
    ),
    "swinir-light": GeneratorSpec(
        "swinir",
        _SWINIR
        | {
            "img_size": 64,
            "embed_dim": 60,
            "depths": [6] * 4,
            "num_heads": [6] * 4,
            "upsampler": "pixelshuffledirect",
        },
    ),
    "swinir-tiny": GeneratorSpec(
        "swinir",
        _SWINIR
        | {
            "img_size": 16,
            "embed_dim": 24,
            "depths": [2, 2],
            "num_heads": [2, 2],
            "upsampler": "pixelshuffledirect",
        },
    ),
    # RRDB (Wang et al. 2018) as in ESRGAN, and a short one.
    "rrdb": GeneratorSpec("rrdb", {"num_filters": 64, "num_blocks": 23}),
    "rrdb-small": GeneratorSpec("rrdb", {"num_filters": 32, "num_blocks": 4}),
    # SRVGGNetCompact (Wang et al. 2021) as in Real-ESRGAN, and a tiny one for a laptop.
    "compact": GeneratorSpec("compact", {"num_feat": 64, "num_conv": 16}),
    "compact-tiny": GeneratorSpec("compact", {"num_feat": 16, "num_conv": 8}),
}

# What a study adds under names of its own (`study.generators`).
GENERATOR_FILES: dict[str, GeneratorFile] = {}


def generator_names() -> list[str]:
    """Every name that the grid may use."""
    return [*GENERATORS, *GENERATOR_FILES]

"""What the maps of the comparison show, and their drawing: a file of a few colours."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from asymmetry.data.views import View
from asymmetry.metrics.contracts import METRICS
from asymmetry.stats.arrays import Array

STEPS = 16  # the first is clear: a picture without artifacts looks as it is
_WEAKEST, _STRONGEST = (60, 220, 255, 70), (200, 0, 160, 225)  # red, green, blue, opacity


@dataclass(frozen=True)
class MeasureMap:
    """What a map shows: a metric, its title, and the value of its strongest colour, also in words.

    Values beyond `most` are drawn as `most`. `tile` is the side in pixels of the squares that are
    measured; None measures each pixel.
    """

    metric: str
    title: str
    most: float
    words: str
    tile: int | None

    def fits(self, size: tuple[int, int], scale: int) -> bool:
        """Whether a picture of that width and height is large enough for the metric."""
        return min(size) - 2 * scale >= METRICS[self.metric].minimum_side

    def path(self, view: View, results: Path, run: str) -> Path:
        """Where the map of a view of a run lies."""
        return results / "maps" / self.metric / run / f"{view.name}.png"


# The strongest colours are what the worst thousandth of a barely trained grid has. Several windows
# of 32 pixels tell a lattice from noise, so its tiles are larger than a window.
MAPS = (
    MeasureMap("artifacts_ldl", "artifacts (LDL)", 0.004, "0.004 and more", None),
    MeasureMap("lattice", "lattice", 20, "20 dB and more", 64),
    MeasureMap("coherence", "coherence of detail", 1, "1", 32),
)


def colours() -> list[tuple[int, ...]]:
    """Red, green, blue and opacity, 0 to 255, of each step."""
    ramp = np.linspace(_WEAKEST, _STRONGEST, STEPS - 1).round().astype(int)
    return [(*_WEAKEST[:3], 0), *(tuple(colour) for colour in ramp.tolist())]


def levels(values: Array, most: float) -> np.ndarray:
    """The nearest step of each value, uint8: 0 to `most` are 0 to `STEPS` - 1."""
    return np.round(np.clip(values / most, 0, 1) * (STEPS - 1)).astype(np.uint8)


def draw_map(steps: np.ndarray, said: Mapping[str, str]) -> bytes:
    """A PNG file of steps [H, W] in the colours, with what is `said` of it."""
    picture = Image.fromarray(steps).convert("L")
    picture.putpalette([channel for colour in colours() for channel in colour[:3]])
    info = PngInfo()
    for field, words in said.items():
        info.add_text(field, words)
    content = io.BytesIO()
    opacity = bytes(colour[3] for colour in colours())
    picture.save(content, "PNG", bits=4, transparency=opacity, pnginfo=info)
    return content.getvalue()

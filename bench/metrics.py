"""How near eight metrics come to what one thread of the processor can do."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import torch

from asymmetry.assessment.engine import PIXELS_AT_ONCE
from asymmetry.data.images import read_rgb, to_tensor
from asymmetry.data.operations import reduce_bicubic
from asymmetry.fidelity.as_metric import build_metric
from asymmetry.imaging.resize import imresize
from asymmetry.metrics.planes import Planes
from bench.assessment import SIDE
from bench.ceilings import Ceilings, in_words, measured_speeds, reached
from bench.generators import METRICS, write_references
from bench.live_pack import WEIGHTS
from bench.parts import CountByPart, Stopwatch

# Restored images of a reference at a time, as many as the assessment holds of this size.
TOGETHER, SCALE = PIXELS_AT_ONCE // SIDE**2, 4
_PARTS = ("reference", "restored image")
_HEAD = ["metric", *(f"{part}, ms" for part in _PARTS)]
_NOTES = [
    f"Metrics: crops of {SIDE} pixels, {TOGETHER} restored images of a reference at a time, with "
    "the conversion to the colour of the metric; the ceilings are those of single precision. What "
    "is done for a reference is done once, whatever the number of restored images. None of FSIM "
    "(log-Gabor wavelets of luma), VSI (saliency by one band of Lab), VIF (two bands of a pyramid, "
    "in space) and CW-SSIM (eight complex bands of the coarsest level, by Fourier transform) needs "
    "a map that another one makes.",
]


class Scoring:
    """One metric on one reference and its restored images, timed by part."""

    def __init__(self, name: str, reference: torch.Tensor, restored: torch.Tensor) -> None:
        self._metric = build_metric(name, WEIGHTS, torch.device("cpu"))
        self._reference, self._restored = reference, restored
        self._watch = Stopwatch(_PARTS)

    def __call__(self) -> dict[str, float]:
        """The seconds of a reference, and of a restored image."""
        before = dict(self._watch.seconds)
        self._score()
        took = {part: self._watch.seconds[part] - before[part] for part in _PARTS}
        return took | {_PARTS[1]: took[_PARTS[1]] / len(self._restored)}

    def least(self, ceilings: Ceilings) -> dict[str, dict[str, float]]:
        """The least seconds of each part, by what binds."""
        with CountByPart(self._watch) as count:
            self._score()
        found = {part: ceilings.least(calls) for part, calls in count.by_part.items()}
        images = len(self._restored)
        found[_PARTS[1]] = {bound: one / images for bound, one in found[_PARTS[1]].items()}
        return found

    def _score(self) -> None:
        with self._watch.within(_PARTS[0]):
            features = self._metric.features(Planes(self._reference, SCALE))
        with self._watch.within(_PARTS[1]):
            self._metric.values(Planes(self._restored, SCALE), features)


def measure(runs: int) -> dict[str, Any]:
    """What each metric takes, and how much of it is the least that it could take."""
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as name:
        (path, *_) = sorted(write_references(Path(name, "references"), TOGETHER, SIDE).iterdir())
        photo = read_rgb(path)
    reference = to_tensor(photo)
    restored = imresize(to_tensor(reduce_bicubic(photo, SCALE)), SCALE).clamp(0, 1)
    noise = torch.randn(TOGETHER, *restored.shape[1:], generator=torch.Generator().manual_seed(0))
    restored = (restored + noise / 100).clamp(0, 1)
    scorings = {name: Scoring(name, reference, restored) for name in METRICS}
    for scoring in scorings.values():
        scoring()  # filters are made at the first call
    speeds: list[Mapping[str, float]] = []
    taken: list[dict[str, dict[str, float]]] = []
    for _ in range(runs):
        speeds.append(measured_speeds())
        taken.append({name: one() for name, one in scorings.items()})
    ceilings = Ceilings.of(speeds)
    found = {
        name: _parts([run[name] for run in taken], scoring.least(ceilings))
        for name, scoring in scorings.items()
    }
    rows = [[name, *(in_words(found[name][part]) for part in _PARTS)] for name in found]
    return {"settings": found, "notes": _NOTES, "rows": [], "tables": [[_HEAD, *rows]]}


def _parts(
    taken: Sequence[Mapping[str, float]], least: Mapping[str, Mapping[str, float]]
) -> dict[str, dict[str, Any]]:
    return {part: reached(median(run[part] for run in taken), least[part]) for part in _PARTS}

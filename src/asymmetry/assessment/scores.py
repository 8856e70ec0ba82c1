"""The scores of one run: how images are scored, and the file beside the run that keeps them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import pandas as pd
from torch import Tensor

from asymmetry.assessment.beside import CODE, PLANES
from asymmetry.assessment.images import EvaluationImage
from asymmetry.core.files import digest, write_atomically
from asymmetry.fidelity.registry import code_of
from asymmetry.metrics.contracts import BESIDE, METRICS
from asymmetry.metrics.planes import Planes
from asymmetry.planning.identity import code_digest
from asymmetry.study import CropStrip, Task
from asymmetry.tables.schemas import OK, failed

_COLUMNS = ["set", "image", "metric", "convention", "code", "value", "status"]


class Key(NamedTuple):
    """What a score is of."""

    set: str
    image: str
    metric: str


class Score(NamedTuple):
    """A value, NaN where the status is not "ok"."""

    value: float
    status: str


class Measure(Protocol):
    """What gives numbers of restored images, by features of their common reference."""

    def features(self, reference: Planes) -> Any:
        """What it computes of the reference."""

    def values(self, restored: Planes, features: Any) -> Tensor:
        """The values [B]."""


class Reference:
    """A reference [1, 3, H, W] in 0..1; each metric computes its features of it only once."""

    def __init__(self, reference: Tensor, scale: int, metrics: Mapping[str, Measure]) -> None:
        self._reference = Planes(reference, scale)
        self._metrics = metrics
        self._features: dict[str, Any] = {}

    def scores(self, name: str, restored: Planes) -> list[Score]:
        """The scores of restored images by the metric `name`.

        Where the metric fails on an image, the status of that score gives the reason. The other
        images are still scored.
        """
        try:
            values = self._metrics[name].values(restored, self._features_of(name)).tolist()
        except Exception as error:
            if len(restored) > 1:
                return [score for one in restored.each() for score in self.scores(name, one)]
            reason = " ".join(str(error).split()) or type(error).__name__
            return [Score(math.nan, failed(reason))]
        return [
            Score(value, OK) if math.isfinite(value) else Score(math.nan, failed("not finite"))
            for value in values
        ]

    def _features_of(self, name: str) -> Any:
        if name not in self._features:
            self._features[name] = self._metrics[name].features(self._reference)
        return self._features[name]


@dataclass(frozen=True)
class Cache:
    """The scores of one run under one key; writing them removes the files of other keys.

    So crops and scores in a folder always belong to the same images and code. `conventions` are
    those of the study's metrics; for any other metric, the convention of its contract counts.
    `control` is the run beside which it is scored, if any.
    """

    folder: Path
    key: str
    conventions: Mapping[str, str] = field(default_factory=dict)
    control: str = ""

    @property
    def path(self) -> Path:
        """The file of the scores."""
        return self.folder / f"scores-{self.key}.parquet"

    def read(self, metrics: Sequence[str]) -> dict[Key, Score]:
        """The scores of those metrics whose convention and code are still the same.

        Empty where there is no file.
        """
        if not self.path.is_file():
            return {}
        table = pd.read_parquet(self.path)
        rows = zip(*(table[column].tolist() for column in _COLUMNS), strict=True)
        return {
            Key(set_, image, metric): Score(value, status)
            for set_, image, metric, convention, code, value, status in rows
            if metric in metrics and (convention, code) == self._today(metric)
        }

    def write(self, scores: dict[Key, Score]) -> None:
        """Write the scores beside those of other metrics, and remove the files of other keys."""
        rows = [
            [*key, *self._today(key.metric), *score]
            for key, score in (self.read([*METRICS, *BESIDE]) | scores).items()
        ]
        content = pd.DataFrame(rows, columns=_COLUMNS).to_parquet(index=False)
        write_atomically(self.path, content)
        for former in self.folder.glob("scores-*.parquet"):
            if former != self.path:
                former.unlink()

    def _today(self, metric: str) -> tuple[str, str]:
        """The convention of a metric, and the digest of the code that computes it."""
        if metric in BESIDE:
            return METRICS[PLANES].convention, f"{code_digest([CODE])} {self.control}"
        convention = self.conventions.get(metric, METRICS[metric].convention)
        return convention, code_digest(code_of(metric))


def cache_key(task: Task, images: Sequence[EvaluationImage], crops: Sequence[CropStrip]) -> str:
    """What identifies scores beside the run and the metric: task, pixels, crops and code."""
    return digest(
        {
            "task": task.model_dump(mode="json"),
            "images": [[i.set, i.photo.name, i.photo.sha256, i.reduce] for i in images],
            "crops": [crop.model_dump(mode="json") for crop in crops],
            "code": code_digest(
                ["asymmetry.assessment.scores:Reference", "asymmetry.assessment.work:Work"]
            ),
        }
    )[:12]

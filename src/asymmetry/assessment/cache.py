"""Scores that were computed before, kept beside each run."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from asymmetry.assessment.images import EvaluationImage
from asymmetry.assessment.score import OK, Key, Score
from asymmetry.fidelity.registry import code_of, fidelity_names
from asymmetry.files import digest, write_atomically
from asymmetry.identity import code_digest
from asymmetry.metrics.contracts import METRICS
from asymmetry.study import CropStrip, Task

_COLUMNS = ["set", "image", "metric", "convention", "value", "status"]


@dataclass(frozen=True)
class Cache:
    """The scores of one run under one key; a file for another key gives way to it.

    So crops and scores in a folder always belong to the same images and code.
    """

    folder: Path
    key: str

    @property
    def path(self) -> Path:
        """The file of the scores."""
        return self.folder / f"scores-{self.key}.parquet"

    def read(self, metrics: Sequence[str]) -> dict[Key, Score]:
        """The scores of those metrics whose convention is today's; empty where there are none."""
        if not self.path.is_file():
            return {}
        table = pd.read_parquet(self.path)
        rows = zip(*(table[column].tolist() for column in _COLUMNS), strict=True)
        return {
            Key(set_, image, metric): Score(value, status)
            for set_, image, metric, convention, value, status in rows
            if metric in metrics and convention == METRICS[metric].convention
        }

    def write(self, scores: dict[Key, Score]) -> None:
        """Keep the scores, beside those of other metrics, and drop what other keys left."""
        rows = [
            [*key, METRICS[key.metric].convention, *score]
            for key, score in (self.read(list(METRICS)) | scores).items()
        ]
        content = pd.DataFrame(rows, columns=_COLUMNS).to_parquet(index=False)
        write_atomically(self.path, content)
        for former in self.folder.glob("scores-*.parquet"):
            if former != self.path:
                former.unlink()


def complete(scores: dict[Key, Score], images: Sequence[EvaluationImage], metric: str) -> bool:
    """Whether the metric's value is there for every image."""
    keys = (Key(image.set, image.photo.name, metric) for image in images)
    return all(key in scores and scores[key].status == OK for key in keys)


def cache_key(
    task: Task,
    images: Sequence[EvaluationImage],
    crops: Sequence[CropStrip],
    metrics: Sequence[str],
) -> str:
    """What identifies scores beside run, metric and convention: task, pixels, crops and code."""
    losses = [name for name in metrics if name in fidelity_names()]
    roots = ["asymmetry.assessment.score", *(part for loss in losses for part in code_of(loss))]
    return digest(
        {
            "task": task.model_dump(mode="json"),
            "images": [[i.set, i.photo.name, i.photo.sha256, i.reduce] for i in images],
            "crops": [crop.model_dump(mode="json") for crop in crops],
            "code": code_digest(roots),
        }
    )[:12]

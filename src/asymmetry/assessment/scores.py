"""Scores that were computed before, kept beside each run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from asymmetry.assessment.images import EvaluationImage
from asymmetry.assessment.score import Key, Score
from asymmetry.core.files import digest, write_atomically
from asymmetry.fidelity.registry import code_of
from asymmetry.metrics.contracts import METRICS
from asymmetry.planning.identity import code_digest
from asymmetry.study import CropStrip, Task

_COLUMNS = ["set", "image", "metric", "convention", "code", "value", "status"]


@dataclass(frozen=True)
class Cache:
    """The scores of one run under one key; a file for another key gives way to it.

    So crops and scores in a folder always belong to the same images and code. `conventions` are
    those of the study's metrics; of others, the contract's.
    """

    folder: Path
    key: str
    conventions: Mapping[str, str] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        """The file of the scores."""
        return self.folder / f"scores-{self.key}.parquet"

    def read(self, metrics: Sequence[str]) -> dict[Key, Score]:
        """The scores of those metrics whose convention and code are today's; empty without any."""
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
        """Keep the scores, beside those of other metrics, and drop what other keys left."""
        rows = [
            [*key, *self._today(key.metric), *score]
            for key, score in (self.read(list(METRICS)) | scores).items()
        ]
        content = pd.DataFrame(rows, columns=_COLUMNS).to_parquet(index=False)
        write_atomically(self.path, content)
        for former in self.folder.glob("scores-*.parquet"):
            if former != self.path:
                former.unlink()

    def _today(self, metric: str) -> tuple[str, str]:
        """The convention of a metric and the digest of the code that computes it."""
        convention = self.conventions.get(metric, METRICS[metric].convention)
        return convention, code_digest(code_of(metric))


def cache_key(task: Task, images: Sequence[EvaluationImage], crops: Sequence[CropStrip]) -> str:
    """What identifies scores beside run and metric: task, pixels, crops and code."""
    return digest(
        {
            "task": task.model_dump(mode="json"),
            "images": [[i.set, i.photo.name, i.photo.sha256, i.reduce] for i in images],
            "crops": [crop.model_dump(mode="json") for crop in crops],
            "code": code_digest(
                ["asymmetry.assessment.comparison:Comparison", "asymmetry.assessment.work:Work"]
            ),
        }
    )[:12]

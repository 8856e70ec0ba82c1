"""Transfer: what a discriminator's trunk brings to a no-reference IQA model."""

import logging
import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from asymmetry.backbones.catalog import BACKBONES
from asymmetry.devices import choose_device, repeatable
from asymmetry.files import digest, write_atomically
from asymmetry.identity import code_digest
from asymmetry.iqa.correlation import Estimate, correlate
from asymmetry.iqa.digests import iqa_set_digest
from asymmetry.iqa.finetune import DivergedError, Examples, fine_tune, predict
from asymmetry.iqa.model import QualityModel
from asymmetry.iqa.sets import load_set
from asymmetry.iqa.splits import Split, split_by_content
from asymmetry.iqa.starts import DIVERGED, OK, Start, find_start
from asymmetry.plan import Plan
from asymmetry.study import Study

if TYPE_CHECKING:
    from asymmetry.stages import Stages

STATISTICS = ("srcc", "plcc", "krcc")
MODE = "fine-tune"
_log = logging.getLogger(__name__)


def transfer_part(stages: "Stages", output: Path) -> None:
    """Fine-tune the starts that belong to one of the study's tables of transfer, and write it."""
    transfer_runs(stages.study, stages.plan, stages.part(output).runs, output)


def transfer_runs(study: Study, plan: Plan, names: Sequence[str], output: Path) -> None:
    """Fine-tune an IQA model from each start, on each set and split: a parquet table.

    `names` are ids of runs with a discriminator, `random/<discriminator>/seed<n>` and
    `pretrained/<discriminator>/seed<n>`. All starts of a split have one budget and see the same
    crops; the step is chosen on the validation contents, and the test contents are predicted once,
    after that. A start that diverged or has no weights gives rows with that status.

    Results are kept beside each run, named by all that can change them, so an interrupted call
    continues. Raises UserError where a name is unknown, a discriminator is missing or corrupt, or
    a set cannot be read or split.
    """
    repeatable(study.transfer.threads)
    starts = [find_start(study, plan, name) for name in names]
    tests = [IqaTest(study, plan, name) for name in study.transfer.sets]
    tables = []
    for index, start in enumerate(starts, start=1):
        started = time.monotonic()
        tables += [_kept(start, test, study) for test in tests]
        seconds = time.monotonic() - started
        _log.info("%d of %d: %s (%.1f s)", index, len(starts), start.labels["run"], seconds)
    table = pd.concat(tables, ignore_index=True)
    write_atomically(output, table.to_parquet(index=False))


class IqaTest:
    """A set with its splits; the images are decoded when the first model needs them."""

    def __init__(self, study: Study, plan: Plan, name: str) -> None:
        self.name = name
        self.digest = iqa_set_digest(study, name, plan.photos)
        self._set = load_set(study, name, plan.photos)
        self.groups = [image.group for image in self._set.images]
        held_out = {image.group for image in self._set.images if image.held_out}
        self.splits = [
            split_by_content(self.groups, index, held_out) for index in range(study.transfer.splits)
        ]

    @cached_property
    def _pixels(self) -> list[np.ndarray]:
        return [image.pixels() for image in self._set.images]

    def examples(self, part: Sequence[int]) -> Examples:
        """The images of a part and their scores."""
        scores = np.array([self._set.images[place].score for place in part])
        return Examples([self._pixels[place] for place in part], scores)


def _kept(start: Start, test: IqaTest, study: Study) -> pd.DataFrame:
    """The rows of a start on a set: those kept from before, or computed and kept now."""
    path = start.folder / f"transfer-{_key(start, test, study)}.parquet"
    if not path.is_file():
        rows = pd.DataFrame(list(_rows(start, test, study)))
        if start.status != OK:
            return rows
        write_atomically(path, rows.to_parquet(index=False))
    return pd.read_parquet(path)


def _key(start: Start, test: IqaTest, study: Study) -> str:
    """What identifies the rows of a start on a set."""
    builder = BACKBONES[start.spec.backbone].builder.partition(":")[0]
    return digest(
        {
            "start": start.content,
            "name": start.labels["run"],
            "set": [test.name, test.digest],
            "transfer": study.transfer.model_dump(mode="json", exclude={"sets", "initialisations"}),
            "bootstrap": study.execution.bootstrap,
            "code": code_digest([__name__, "asymmetry.discriminators.build", builder]),
        }
    )[:12]


def _rows(start: Start, test: IqaTest, study: Study) -> Iterator[dict[str, Any]]:
    for index, split in enumerate(test.splits):
        status, estimates = start.status, {}
        if status == OK:
            try:
                estimates = _evaluate(start, test, study, split, index)
            except DivergedError as error:
                _log.warning("%s: %s, split %d: %s", start.labels["run"], test.name, index, error)
                status = DIVERGED
        for part in ("validation", "test"):
            n = len(getattr(split, part))
            for estimate in estimates.get(part, [_nothing(name, n, status) for name in STATISTICS]):
                yield {
                    **start.labels,
                    "mode": MODE,
                    "set": test.name,
                    "split": index,
                    "part": part,
                    **asdict(estimate),
                }


def _evaluate(
    start: Start, test: IqaTest, study: Study, split: Split, index: int
) -> dict[str, list[Estimate]]:
    """The correlations on both parts of the one model that validation chose."""
    settings = study.transfer
    train, validation = test.examples(split.train), test.examples(split.validation)
    model = QualityModel(start.trunk(Path(study.execution.weights)))
    model.to(choose_device(study.execution.device))
    fine_tune(model, train, validation, settings, index)
    estimates = {}
    for part in ("validation", "test"):
        places = getattr(split, part)
        examples = test.examples(places)
        estimates[part] = correlate(
            predict(model, examples.images, settings.crop),
            examples.scores,
            [test.groups[place] for place in places],
            study.execution.bootstrap,
            STATISTICS,
        )
    return estimates


def _nothing(statistic: str, n: int, status: str) -> Estimate:
    return Estimate(statistic, math.nan, math.nan, math.nan, n, status)

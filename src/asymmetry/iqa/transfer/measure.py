"""Transfer: what a discriminator brings to an IQA model, in each mode and beside its controls."""

import json
import logging
import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from itertools import product
from pathlib import Path
from typing import Any

from safetensors.torch import save

from asymmetry.backbones.catalog import BACKBONES, builder_of
from asymmetry.core.devices import repeatable
from asymmetry.core.files import digest, write_atomically
from asymmetry.data.iqa_sets.splits import Split
from asymmetry.discriminators.build import Discriminator
from asymmetry.discriminators.registry import BUILDER
from asymmetry.iqa.transfer.finetune import DivergedError
from asymmetry.iqa.transfer.initialisations import Initialisation, find_initialisation
from asymmetry.iqa.transfer.modes import MODES, RAW, TESTED
from asymmetry.iqa.transfer.split_set import FR, SplitSet
from asymmetry.iqa.transfer.stage import TransferStage
from asymmetry.planning.identity import code_digest, without_places
from asymmetry.planning.plan import Plan
from asymmetry.stats.arrays import Array
from asymmetry.stats.correlation import Correlation, correlate
from asymmetry.study import Study
from asymmetry.tables.schemas import DIVERGED, NO_REFERENCES, OK, table_of, write_table

STATISTICS = ("srcc", "plcc", "krcc")
_log = logging.getLogger(__name__)


def measure_part(plan: Plan, output: Path) -> None:
    """Write one of the study's tables of transfer, of the initialisations that belong to it."""
    transfer_runs(plan.study, plan, TransferStage(plan).part(output).runs, output)


def transfer_runs(study: Study, plan: Plan, names: Sequence[str], output: Path) -> None:
    """Make IQA models of each initialisation, mode, set and split: a parquet table.

    `names` are ids of runs with a discriminator, and `<control>/<discriminator>/seed<n>` of the
    controls `random`, `before` and `pretrained`; the last has no head, hence no raw score. All
    models of a split see the same crops. Every choice is made on the validation contents; the test
    contents are predicted after that. An initialisation that diverged or has no weights, and a
    full-reference model on a set without references, give rows with that status.

    Results are kept beside each run, in files named by all that can change them. So an interrupted
    call continues, and what two controls have in common is computed once. Raises UserError where a
    name is unknown, a discriminator is missing or corrupt, or a set cannot be read or split.
    """
    repeatable(study.transfer.threads)
    initialisations = [find_initialisation(study, plan, name) for name in names]
    sets = [SplitSet(study, plan, name) for name in study.transfer.sets]
    rows: list[dict[str, Any]] = []
    for index, initialisation in enumerate(initialisations, start=1):
        began = time.monotonic()
        rows += _rows_of(initialisation, sets, study)
        seconds, name = time.monotonic() - began, initialisation.labels["run"]
        _log.info("%d of %d: %s (%.1f s)", index, len(initialisations), name, seconds)
    write_table(table_of(rows, "transfer"), "transfer", output)


@dataclass(frozen=True)
class _Work:
    """The models of one kind from one initialisation on one set: a model for each split."""

    initialisation: Initialisation
    discriminator: Discriminator
    images: SplitSet
    mode: str
    reference: str
    study: Study

    def rows(self) -> list[dict[str, Any]]:
        """The rows: read where an earlier call kept them, otherwise computed and kept."""
        path = self.initialisation.folder / f"transfer-{self._key()}.json"
        if not path.is_file():
            computed = [row for split in self._computed() for row in split]
            write_atomically(path, json.dumps(computed).encode())
        return json.loads(path.read_bytes())

    def _key(self) -> str:
        """What identifies the rows; tensors count by their values, so equal ones share rows."""
        network = self.discriminator if self.mode == RAW else self.discriminator.trunk
        backbone = self.initialisation.spec.backbone
        settings = {"sets", "initialisations", "modes", "references"}
        return digest(
            {
                "tensors": sha256(save(network.state_dict())).hexdigest(),
                "backbone": without_places(asdict(BACKBONES[backbone])),
                "head": self.initialisation.spec.head if self.mode == RAW else None,
                "set": [self.images.digest, [asdict(split) for split in self.images.splits]],
                "mode": [self.mode, self.reference],
                "transfer": self.study.transfer.model_dump(mode="json", exclude=settings),
                "bootstrap": self.study.execution.bootstrap,
                "code": code_digest([f"{__name__}:transfer_runs", BUILDER, builder_of(backbone)]),
            }
        )[:12]

    def _computed(self) -> Iterator[list[dict[str, Any]]]:
        """The rows of each split."""
        examples = self.images.examples(self.reference)
        predict = MODES[self.mode](self.discriminator, examples, self.study.transfer)
        for index, split in enumerate(self.images.splits):
            try:
                predicted = predict(split, index)
            except DivergedError as error:
                name = f"{self.initialisation.labels['run']}: {self.mode} on {self.images.name}"
                _log.warning("%s, split %d: %s", name, index, error)
                yield _without_values(split, index, DIVERGED)
            else:
                yield [
                    {"split": index, "part": part, **asdict(correlation)}
                    for part in TESTED
                    for correlation in self._correlated(predicted[part], getattr(split, part))
                ]

    def _correlated(self, predicted: Array, indices: Sequence[int]) -> list[Correlation]:
        contents = [self.images.groups[index] for index in indices]
        scores = self.images.scores[list(indices)]
        return correlate(predicted, scores, contents, self.study.execution.bootstrap, STATISTICS)


def _rows_of(
    initialisation: Initialisation, sets: Sequence[SplitSet], study: Study
) -> Iterator[dict[str, Any]]:
    """All rows of an initialisation, labelled."""
    known = initialisation.status == OK
    discriminator = initialisation.discriminator(study) if known else None
    modes = [mode for mode in study.transfer.modes if mode != RAW or initialisation.has_head]
    for images, mode, reference in product(sets, modes, study.transfer.references):
        kind = {"mode": mode, "reference": reference, "set": images.name}
        if discriminator is None:
            rows = _absent(images, initialisation.status)
        elif reference == FR and not images.has_references:
            rows = _absent(images, NO_REFERENCES)
        else:
            work = _Work(initialisation, discriminator, images, mode, reference, study)
            rows = work.rows()
        for row in rows:
            yield {**initialisation.labels, **kind, **row}


def _absent(images: SplitSet, status: str) -> list[dict[str, Any]]:
    """The rows of models that cannot be made."""
    splits = enumerate(images.splits)
    return [row for index, split in splits for row in _without_values(split, index, status)]


def _without_values(split: Split, index: int, status: str) -> list[dict[str, Any]]:
    nothing = {"value": math.nan, "low": math.nan, "high": math.nan, "status": status}
    return [
        {"split": index, "part": part, "statistic": name, "n": len(getattr(split, part))} | nothing
        for part, name in product(TESTED, STATISTICS)
    ]

"""The settings of runs: all that can change the bytes of a training. Imports no torch."""

from collections.abc import Iterable
from dataclasses import asdict
from functools import cache, cached_property
from typing import Any

from asymmetry.backbones.catalog import BACKBONES, RANDOM, builder_of
from asymmetry.core.errors import UserError
from asymmetry.data.photos import PhotoManifest
from asymmetry.discriminators.registry import BUILDER, LOSSES
from asymmetry.fidelity.registry import backbone_of, code_of, is_toolbox, weights_of
from asymmetry.generators.catalog import GENERATOR_FILES, GENERATORS
from asymmetry.generators.registry import BUILDER as FILE_BUILDER
from asymmetry.generators.registry import file_digest
from asymmetry.metrics.contracts import METRICS
from asymmetry.planning.identity import code_digest, without_places
from asymmetry.study import Study
from asymmetry.study.grid import Cell, cells
from asymmetry.weights.store import weight_digests

_LOOP = "asymmetry.training.job:train"
# Options that came later: at these values they change no byte, and are no part of an id.
_NEUTRAL = {"balance": "none", "head_learning_rate": None}


class RunSettings:
    """Makes the settings of a study's runs; what they have in common is made once."""

    def __init__(self, study: Study, photos: PhotoManifest) -> None:
        self.study, self.photos = study, photos

    def roots(self, cell: Cell, losses: list[str]) -> tuple[str, ...]:
        """What a run's code begins from: all that it reaches by a name."""
        roots = [_LOOP, *(root for loss in losses for root in code_of(loss))]
        if spec := self.study.discriminators.get(cell.discriminator):
            roots += [builder_of(spec.backbone), BUILDER, LOSSES]
        if cell.generator in GENERATOR_FILES:
            roots.append(FILE_BUILDER)
        return tuple(roots)

    def of(
        self, cell: Cell, section: str, losses: list[str], roots: Iterable[str]
    ) -> dict[str, Any]:
        """All that can change the bytes of a run trained as `section` of the study says."""
        spec = self.study.discriminators.get(cell.discriminator)
        backbones = {name for loss in losses if (name := backbone_of(loss))}
        pretrained: set[str | None] = {entry for loss in losses for entry in weights_of(loss)}
        if spec:
            backbones.add(spec.backbone)
            if spec.initialisation == "pretrained":
                pretrained.add(BACKBONES[spec.backbone].weights)
        return {
            "cell": dict(vars(cell)),
            "task": self._plain["tasks"][cell.task],
            "generator": self._generators[cell.generator],
            "discriminator": spec and self._plain["discriminators"][cell.discriminator],
            "metrics": {loss: _plain_metric(loss) for loss in losses if is_toolbox(loss)},
            "backbones": {name: _plain_backbone(name) for name in sorted(backbones)},
            "training": {
                name: value
                for name, value in self._plain[section].items()
                if name not in _NEUTRAL or value != _NEUTRAL[name]
            },
            "numerics": self._plain["numerics"],
            "photos": self._photos_settings,
            "weights": weight_digests(pretrained),
            "code": code_digest(roots),
        }

    @cached_property
    def _photos_settings(self) -> dict[str, Any]:
        """What the settings of every run say of the photos."""
        return {"digest": self.photos.digest("train"), "reduce": self.study.photos.reduce}

    @cached_property
    def _generators(self) -> dict[str, dict[str, Any]]:
        """What the settings of runs say of each generator; of one from a file, that file's sha256.

        Raises UserError with a line for each file that is missing or not the one the study says.
        """
        found, problems = {}, []
        for name in dict.fromkeys(cell.generator for cell in cells(self.study)):
            try:
                found[name] = (
                    {"sha256": file_digest(name)}
                    if name in GENERATOR_FILES
                    else asdict(GENERATORS[name])
                )
            except UserError as error:
                problems.append(str(error))
        if problems:
            raise UserError("\n".join(problems))
        return found

    @cached_property
    def _plain(self) -> dict[str, Any]:
        """The study as plain data, made once for all runs: none of them changes it."""
        return self.study.model_dump(mode="json")


# As plain data, once for all the runs that name them.


@cache
def _plain_metric(name: str) -> dict[str, Any]:
    return without_places(asdict(METRICS[name]))


@cache
def _plain_backbone(name: str) -> dict[str, Any]:
    return without_places(asdict(BACKBONES[name.removesuffix(RANDOM)]))

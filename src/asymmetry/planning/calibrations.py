"""The calibrations of a study: which channel weights are fitted to what. Imports no torch.

A calibrated loss waits for a fit as a cell waits for its warm start: the fit lies at a path that
says what it was made of, and its settings are a part of the settings of the runs that use it.
"""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from asymmetry.backbones.catalog import BACKBONES, RANDOM
from asymmetry.core.files import digest
from asymmetry.data.iqa_sets.digests import iqa_set_digest
from asymmetry.data.photos import PhotoManifest
from asymmetry.fidelity.registry import backbone_of, code_of, is_calibrated, weights_of
from asymmetry.planning.identity import code_digest, without_places
from asymmetry.study import Calibration, Study
from asymmetry.weights.store import weight_digests

FOLDER = Path("runs/calibration")
FEWEST = 2  # contents: one that fits and one that checks; an interval needs two as well
_FIT = "asymmetry.iqa.calibration.calibrate:calibrate"


@dataclass(frozen=True)
class PlannedFit:
    """A fit of the channel weights of the loss `loss`; `settings` is all that can change them."""

    loss: str
    settings: dict[str, Any]

    @property
    def digits(self) -> str:
        """The digest of the settings, shortened."""
        return digest(self.settings)[:8]

    @property
    def path(self) -> Path:
        """The file of the fitted weights."""
        return FOLDER / f"{self.loss}-{self.digits}.safetensors"


def planned_fits(
    study: Study, photos: PhotoManifest, names: Iterable[str]
) -> dict[str, PlannedFit]:
    """The fit of each calibrated one among the losses and metrics `names`, by name.

    Raises UserError as `read_scores`, where the set cannot be read.
    """
    section = study.calibration
    calibrated = sorted(filter(is_calibrated, set(names)))
    if section is None or not calibrated:
        return {}
    scores = {
        "set": iqa_set_digest(study, section.set, photos),
        "train": section.train,
        "seed": section.seed,
    }
    return {name: PlannedFit(name, scores | _own(name)) for name in calibrated}


def calibration_problem(
    section: Calibration, contents: Collection[str], test: Collection[str]
) -> str | None:
    """Why weights cannot be fitted to a share of these contents; None where they can.

    None of `test` fits. Two contents or more must fit, and as many be left to measure on.
    """
    free = len(set(contents) - set(test))
    size = round(section.train * free)
    left = len(set(contents)) - size
    if min(size, left) >= FEWEST:
        return None
    return (
        f"calibration.train: {section.train:g} of {free} contents of '{section.set}' fits "
        f"on {size} and measures on {left}; both need {FEWEST} or more"
    )


def _own(name: str) -> dict[str, Any]:
    """The settings that belong to one loss."""
    backbone = str(backbone_of(name))
    return {
        "backbone": backbone,
        "architecture": without_places(asdict(BACKBONES[backbone.removesuffix(RANDOM)])),
        "weights": weight_digests(weights_of(name)),
        "code": code_digest([_FIT, *code_of(name)]),
    }

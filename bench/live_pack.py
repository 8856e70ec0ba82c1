"""A pack of trainings inside this process, so that its steps can be looked into."""

import io
from collections.abc import Mapping
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asymmetry.training.job import train
from asymmetry.training.logs import TextLog
from asymmetry.training.shared_inputs import SharedInputs
from asymmetry.training.trainer import Trainer
from bench.sides import ROOT
from bench.studies import default_study, write_study

WEIGHTS = ROOT.parent / "shared/weights"
SPAN = WEIGHTS / "span_x4_ch48.safetensors"


@dataclass(frozen=True)
class Cells:
    """Cells of the default study's VGG patch discriminator with another generator and loss."""

    generator: str
    fidelity: str
    crop: int = 64
    batch: int = 4
    device: str = "cpu"

    def study(self, size: int, numerics: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """A study of `size` cells that differ in the adversarial weight; they never end."""
        values = default_study()
        values["grid"] |= {
            "generators": [self.generator],
            "fidelity": [self.fidelity],
            "adversarial_weights": [0.01 * (index + 1) for index in range(size)],
        }
        if self.generator == "span":
            values["generators"] = {"span": {"file": str(SPAN)}}
        sides = {"crop": self.crop, "batch": self.batch}
        values["warm_start"] |= sides | {"steps": 2}
        values["training"] |= sides | {"steps": 10**6}
        values["numerics"] |= numerics or {}
        values["execution"] |= {"device": self.device, "checkpoint_seconds": 10**6}
        if WEIGHTS.is_dir():
            values["execution"]["weights"] = str(WEIGHTS)
        return values


class LivePack:
    """The first cells of a study, set up as `asymmetry train` packs them."""

    def __init__(self, folder: Path, values: dict[str, Any], size: int) -> None:
        """`size` cells of the study `values`, in a new folder; warm starts are trained for them."""
        self._folder = folder
        plan = write_study(folder, values)
        self.trainers: list[Trainer] = []
        with chdir(folder):
            train(plan, *(run.id for run in plan.warm_starts))
            runs = plan.runs[:size]
            self.shared = SharedInputs(plan, runs)
            for run in runs:
                run.folder.mkdir(parents=True)
                log = TextLog(run.folder, stream=io.StringIO())
                self.trainers.append(Trainer(plan, run, self.shared, log))
                self.trainers[-1].begin()

    def __call__(self) -> None:
        """A step of each."""
        with chdir(self._folder):
            for trainer in self.trainers:
                trainer.beat()
                trainer.advance(False)

"""What is assessed: trained generators, what was made elsewhere, and bicubic interpolation.

At scale 1 that baseline is the input itself, noisy or blurred.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from asymmetry.assessment.images import EvaluationImage
from asymmetry.core.errors import UserError
from asymmetry.core.names import nearest
from asymmetry.core.records import read_record, verified_output
from asymmetry.generators.build import build_generator
from asymmetry.generators.from_file import load_generator
from asymmetry.imaging.resize import imresize
from asymmetry.planning.outside import GeneratorFile, Images
from asymmetry.planning.plan import PILOT, RUNS, Plan
from asymmetry.tables.schemas import DIVERGED, DONE

GENERATOR_FILE, PILOT_FILE = "generator.safetensors", "pilot.safetensors"
BICUBIC = "bicubic"

# From an input [1, 3, h, w] to a restored image [1, 3, scale h, scale w], both in 0..1.
Restorer = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Model:
    """A trained generator: its name in the study, and the file of its weights."""

    generator: str
    file: Path


@dataclass(frozen=True)
class Target:
    """What is assessed: a run, a pilot, or what was made elsewhere; otherwise bicubic.

    `folder` is where its scores are kept, `status` that of the run. `images` are those of a folder,
    by set and image: they come without a `model`.
    """

    run: str
    folder: Path
    task: str
    model: Model | GeneratorFile | None = None
    status: str = DONE
    images: Images | None = field(default=None, compare=False)  # the run's id says their bytes

    def has(self, image: EvaluationImage) -> bool:
        """Whether it can show this image: all can, but folders that lack it."""
        return self.images is None or (image.set, image.photo.name) in self.images

    @property
    def view_names(self) -> list[str]:
        """Whose views are saved: the restored image's and, with the baseline, the reference's.

        A pilot has none: no figure shows one.
        """
        if self.run.endswith(PILOT):
            return []
        baseline = self.model is None and self.images is None
        return [self.run, f"{self.task}/reference"] if baseline else [self.run]


def find_target(plan: Plan, run_id: str) -> Target:
    """The run, the pilot, the baseline or the method of others of this id.

    A run is verified against its `run.json`. Raises UserError where the study has none of this id,
    and where its file is missing or not the one that `run.json` records.
    """
    task, _, rest = run_id.partition("/")
    if rest == BICUBIC:
        if task not in plan.study.tasks:
            raise UserError(f"{run_id}: '{task}' is not a task; {nearest(task, plan.study.tasks)}")
        return Target(run_id, RUNS / run_id, task)
    if method := plan.outside.get(run_id):
        if isinstance(method.made, GeneratorFile):
            return Target(run_id, RUNS / run_id, method.task, method.made)
        return Target(run_id, RUNS / run_id, method.task, images=method.made)
    run = plan.find(run_id.removesuffix(PILOT))
    pilot = run_id.endswith(PILOT)
    folder, name = (run.folder / "pilot", PILOT_FILE) if pilot else (run.folder, GENERATOR_FILE)
    record = read_record(run.record)
    trained, status = Model(run.cell.generator, run.folder / name), record["status"]
    if pilot and name in record["outputs"]:
        status = DONE  # the pilot was kept before the run diverged, if it did
    if status != DIVERGED:
        verified_output(run.folder, record, name)
    return Target(run_id, folder, run.cell.task, trained, status)


def restorer(target: Target, scale: int, device: torch.device) -> Restorer:
    """The target, not of a folder, as a function of images; the whole at once, clamped to 0..1."""
    assert target.images is None, "images of a folder are looked up: `work.restoring`"
    if target.model is None:
        return lambda low: imresize(low.to(device), scale).clamp(0, 1)
    network = _network(target.model, scale).eval().to(device)
    return lambda low: network(low.to(device)).clamp(0, 1)


def _network(model: Model | GeneratorFile, scale: int) -> nn.Module:
    if isinstance(model, GeneratorFile):
        return load_generator(model.path, scale=scale, sha256=model.sha256)
    network = build_generator(model.generator, scale, seed=0)
    network.load_state_dict(load_file(model.file))
    return network

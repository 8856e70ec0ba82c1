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
from asymmetry.generators.from_file import load_generator
from asymmetry.generators.registry import build_generator
from asymmetry.imaging.resize import imresize
from asymmetry.planning.outside import GeneratorFile, Images
from asymmetry.planning.plan import Plan
from asymmetry.planning.run import RUNS, SNAPSHOT, Run
from asymmetry.tables.schemas import DONE, ENDED_BADLY

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
    """What is assessed: a run, its snapshot after `step` steps, or what was made elsewhere.

    Without a `model` and `images` it is bicubic interpolation. `folder` is where its scores are
    kept, `status` that of the run. `images` are those of a folder, by set and image. `control` is
    the same without an adversary, where the study asks what is beside it.
    """

    run: str
    folder: Path
    task: str
    model: Model | GeneratorFile | None = None
    status: str = DONE
    step: int | None = None
    images: Images | None = field(default=None, compare=False)  # the run's id says their bytes
    control: "Target | None" = None

    def has(self, image: EvaluationImage) -> bool:
        """Whether it can show this image: all can, but folders that lack it."""
        return self.images is None or (image.set, image.photo.name) in self.images

    @property
    def view_names(self) -> list[str]:
        """Whose views are saved: the restored image's and, with the baseline, the reference's.

        A snapshot has none: no figure shows one.
        """
        if self.step is not None:
            return []
        baseline = self.model is None and self.images is None
        return [self.run, f"{self.task}/reference"] if baseline else [self.run]


def find_target(plan: Plan, name: str) -> Target:
    """The baseline, the run, the snapshot (`<run>@<step>`) or the method of others of this name.

    A run is verified against its `run.json`. Raises UserError where the study has none of this id,
    and where its file is missing or not the one that `run.json` records.
    """
    task, _, rest = name.partition("/")
    if rest == BICUBIC:
        if task not in plan.study.tasks:
            raise UserError(f"{name}: '{task}' is not a task; {nearest(task, plan.study.tasks)}")
        return Target(name, RUNS / name, task)
    if method := plan.outside.get(name):
        if isinstance(method.made, GeneratorFile):
            return Target(name, RUNS / name, method.task, method.made)
        return Target(name, RUNS / name, method.task, images=method.made)
    run_id, _, at = name.partition(SNAPSHOT)
    run, step = plan.find(run_id), int(at) if at.isdecimal() else None
    if at and step not in run.snapshots:
        raise UserError(f"{name}: the study keeps no such snapshot; see training.snapshots")
    model_name = "generator" if step is None else run.snapshots[step]
    file = run.folder / f"{model_name}.safetensors"
    folder = run.folder if step is None else run.folder / model_name
    record = read_record(run.record)
    status = record["status"]
    if step is not None and file.name in record["outputs"]:
        status = DONE  # it was kept before the run ended badly, if it did
    if status not in ENDED_BADLY:
        verified_output(run.folder, record, file.name)
    model = Model(run.cell.generator, file)
    control = _control(plan, run, at)
    return Target(run.id, folder, run.cell.task, model, status, step, control=control)


def _control(plan: Plan, run: Run, at: str) -> Target | None:
    """The same cell without an adversary, after as many steps; None where it ended badly."""
    if not plan.study.evaluation.artifacts_beside or run.id not in plan.controls:
        return None
    name = plan.controls[run.id].id
    found = find_target(plan, f"{name}{SNAPSHOT}{at}" if at else name)
    return None if found.status in ENDED_BADLY else found


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

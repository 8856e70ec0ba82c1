"""What is assessed: trained generators, and bicubic interpolation as the baseline.

At scale 1 that baseline is the input itself, noisy or blurred.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor

from asymmetry.core.errors import UserError
from asymmetry.core.names import nearest
from asymmetry.core.records import read_record, verified_output
from asymmetry.generators.registry import build_generator
from asymmetry.imaging.resize import imresize
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
    """One assessed run or pilot; without a `model`, bicubic interpolation.

    `folder` is where its scores are kept, `status` that of the run.
    """

    run: str
    folder: Path
    task: str
    model: Model | None = None
    status: str = DONE

    @property
    def view_names(self) -> list[str]:
        """Whose views are saved: the restored image's and, with the baseline, the reference's.

        A pilot has none: no figure shows one.
        """
        if self.run.endswith(PILOT):
            return []
        return [self.run] if self.model else [self.run, f"{self.task}/reference"]


def find_target(plan: Plan, run_id: str) -> Target:
    """The run, the pilot or the baseline of this id, verified against its `run.json`.

    Raises UserError where the study has none of this id, and where its file is missing or not the
    one that `run.json` records.
    """
    task, _, rest = run_id.partition("/")
    if rest == BICUBIC:
        if task not in plan.study.tasks:
            raise UserError(f"{run_id}: '{task}' is not a task; {nearest(task, plan.study.tasks)}")
        return Target(run_id, RUNS / run_id, task)
    run = plan.find(run_id.removesuffix(PILOT))
    pilot = run_id.endswith(PILOT)
    folder, name = (run.folder / "pilot", PILOT_FILE) if pilot else (run.folder, GENERATOR_FILE)
    record = read_record(run.record)
    model, status = Model(run.cell.generator, run.folder / name), record["status"]
    if pilot and name in record["outputs"]:
        status = DONE  # the pilot was kept before the run diverged, if it did
    if status != DIVERGED:
        verified_output(run.folder, record, name)
    return Target(run_id, folder, run.cell.task, model, status)


def restorer(target: Target, scale: int, device: torch.device) -> Restorer:
    """The target as a function of images; the whole image at once, clamped to 0..1."""
    if target.model is None:
        return lambda low: imresize(low.to(device), scale).clamp(0, 1)
    network = build_generator(target.model.generator, scale, seed=0)
    network.load_state_dict(load_file(target.model.file))
    network.eval().to(device)
    return lambda low: network(low.to(device)).clamp(0, 1)

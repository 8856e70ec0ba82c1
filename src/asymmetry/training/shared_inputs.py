"""What all trainings of a process share: its device and clock, the photos, batches and losses."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from asymmetry.core.devices import choose_device, repeatable
from asymmetry.data.crops import TrainingCrops
from asymmetry.fidelity.registry import build_fidelity
from asymmetry.imaging.resize import imresize
from asymmetry.metrics.separable import Separable
from asymmetry.planning.plan import Plan
from asymmetry.planning.run import DISCRIMINATOR_WARM_START, Run
from asymmetry.training.assemble import first_generator, layout_of, section_of
from asymmetry.training.loop import Batch, Distance, autocast
from asymmetry.training.usage import SharedClock, meter_of

# Where the batches of discriminators' warm starts are counted from: what a discriminator has seen
# there would tell nothing of how it fares in the cell.
_APART = 2**32


class SharedInputs:
    """Of runs that see the same batches: each is cut, degraded and sent to the device once."""

    def __init__(self, plan: Plan, runs: Sequence[Run]) -> None:
        """Decode the photos; UserError where one, or the device, is not as the study says."""
        study, cell = plan.study, runs[0].cell
        self._plan = plan
        self.clock = SharedClock(len(runs))
        self.section = section_of(study, runs[0])
        self.numerics = study.numerics
        self.device = choose_device(study.execution.device)
        self.meter = meter_of(self.device, study.numerics.threads)
        repeatable(study.numerics.threads)
        self._crops = TrainingCrops(
            plan.photos.split("train"),
            study.tasks[cell.task],
            self.section.crop,
            self.section.batch,
            cell.seed,
            study.photos.reduce,
        )
        self._first = _APART if runs[0].kind == DISCRIMINATOR_WARM_START else 0
        self._scale = study.tasks[cell.task].scale
        self._batch: tuple[int, Batch] | None = None
        self._bicubic: tuple[int, Tensor] | None = None
        self._generators: dict[str, nn.Module] = {}
        self._restored: tuple[int, str, Tensor] | None = None
        self._weights = Path(study.execution.weights)
        self._distances: dict[tuple[str, Path | None], Distance] = {}

    def batch(self, step: int) -> Batch:
        """The batch after `step` steps: one pair of tensors for all that ask before the next."""
        if self._batch is None or self._batch[0] != step:
            low, reference = self._crops.batch(self._first + step)
            self._batch = step, (self._placed(low), self._placed(reference))
        return self._batch[1]

    def bicubic_error(self, step: int) -> Tensor:
        """The mean squared error of bicubic interpolation on the batch after `step` steps."""
        if self._bicubic is None or self._bicubic[0] != step:
            low, reference = self.batch(step)
            error = imresize(low, self._scale).clamp(0, 1) - reference
            self._bicubic = step, error.square().mean()
        return self._bicubic[1]

    def restored(self, step: int, run: Run) -> Tensor:
        """What the generator that a discriminator is warmed up on makes of the batch after `step`.

        [B, 3, H, W], without a gradient; once for all that begin from the same warm start or file.
        """
        name = run.warm_start or run.cell.generator
        if self._restored is None or self._restored[:2] != (step, name):
            if name not in self._generators:
                self._generators[name] = first_generator(self._plan, run, self.device)
            with torch.no_grad(), autocast(self.device, self.numerics):
                restored = self._generators[name](self.batch(step)[0]).float()
            self._restored = step, name, restored
        return self._restored[2]

    def distance(self, name: str, fitted: Path | None) -> Distance:
        """The loss of this name, with this file of fitted weights: one object for all."""
        if (name, fitted) not in self._distances:
            distance = build_fidelity(name, self._weights, fitted)
            if isinstance(distance, nn.Module):
                distance.to(self.device)
            self._distances[name, fitted] = (
                once_a_reference(distance) if isinstance(distance, Separable) else distance
            )
        return self._distances[name, fitted]

    def _placed(self, images: Tensor) -> Tensor:
        if self.device.type == "cuda":
            # From pinned memory the host goes on while the device copies.
            images = images.pin_memory().to(self.device, non_blocking=True)
        return images.to(memory_format=layout_of(self.numerics))


def once_a_reference(loss: Separable) -> Callable[[Tensor, Tensor], Tensor]:
    """`loss`, but what it needs of a reference is computed once while that is asked for again.

    The tensor itself is compared, not its values, and must not be written to meanwhile.
    """
    known: list[tuple[Tensor, Any]] = []

    def distance(restored: Tensor, reference: Tensor) -> Tensor:
        if not known or known[0][0] is not reference:
            known.clear()  # before the next are made: there is no memory for both
            with torch.no_grad():
                known.append((reference, loss.features(reference)))
        return loss.distance(restored, known[0][1])

    return distance

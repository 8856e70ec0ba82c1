"""One training from its plan to its `run.json`: put together, continued, stopped, finished."""

import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import safetensors.torch
from torch import Tensor, nn

from asymmetry.cluster import put_back
from asymmetry.data.crops import TrainingCrops
from asymmetry.devices import choose_device, repeatable
from asymmetry.errors import UserError
from asymmetry.files import write_atomically
from asymmetry.plan import WARM_START, Plan, Run
from asymmetry.study import Optimisation
from asymmetry.training.assemble import fresh_state, layout_of, objective_of
from asymmetry.training.checkpoint import Header, load_checkpoint, save_checkpoint
from asymmetry.training.deadline import EXIT_CONTINUE, Deadline
from asymmetry.training.heartbeat import Beat, Heartbeat, failure_noted, last_ledger
from asymmetry.training.ledger import Ledger
from asymmetry.training.lock import alone
from asymmetry.training.loop import Batch, train_step
from asymmetry.training.progress import Log, Progress
from asymmetry.training.record import (
    discriminator_facts,
    restore_record,
    spectral_norms,
    summary,
    write_record,
)
from asymmetry.training.trail import leave_trail
from asymmetry.training.watch import Divergence, Watch


class Job:
    """A training of one run of a plan, ready to go on from where it was left."""

    def __init__(self, plan: Plan, run: Run) -> None:
        study = plan.study
        self.run, self.numerics, self.execution = run, study.numerics, study.execution
        self.section: Optimisation = (
            study.warm_start if run.cell.discriminator == WARM_START else study.training
        )
        self.device = choose_device(study.execution.device)
        self.ledger = Ledger(self.device, study.numerics.threads)
        repeatable(study.numerics.threads)
        weights = Path(study.execution.weights)
        self.objective = objective_of(run, study.training, weights, self.device)
        self.state = fresh_state(plan, run, self.section, self.device)
        self.crops = TrainingCrops(
            plan.photos.split("train"),
            study.tasks[run.cell.task],
            self.section.crop,
            self.section.batch,
            run.cell.seed,
            study.photos.reduce,
        )
        self.checkpoint = run.folder / "checkpoint.bin"
        self.header = self._continue()
        self.ledger.carry(self.header.ledger, last_ledger(run.folder))
        self.heartbeat = Heartbeat(
            run.folder,
            Beat(
                "running",
                step=self.state.step,
                steps=self.section.steps,
                seconds=self.header.seconds,
                continued=self.header.continued,
            ),
            self.ledger.total,
        )
        self.log = Log(run.folder / "log.csv", self.state.step)

    def _continue(self) -> Header:
        """Resume from the checkpoint where there is one; else the state is warm or fresh."""
        if not self.checkpoint.exists():
            return Header(self.run.id, 0, 0.0, 0)
        header, tensors = load_checkpoint(self.checkpoint, self.run.id)
        self.state.load(tensors, header.step)
        return header

    def train(self, deadline: Deadline) -> int:
        """Train to the end, a divergence or the deadline; the exit code of the process."""
        with self.ledger:
            return self._train(deadline)

    def _train(self, deadline: Deadline) -> int:
        watch = Watch()
        progress = Progress(self.run.id, self.state.step, self.section.steps)
        began = saved = time.monotonic()
        step_seconds = save_seconds = 0.0
        while self.state.step < self.section.steps:
            self.heartbeat.beat(self.state.step)
            if deadline.reached(step_seconds + save_seconds):
                progress.close()
                return self._stop(watch, began, deadline.signalled)
            before = time.monotonic()
            logs = self.step()
            watch.look(self.state.step, logs)
            if self.state.step == self.run.pilot_step:
                self._keep("pilot", self.state.average)
            if self.state.step == min(self.execution.log_every, self.section.steps):
                leave_trail(self.run.folder, self.state)
            if self.state.step % self.execution.log_every == 0 or self.state.step == 1:
                progress.show(self.log.add(self.state.step, logs))
                if watch.found():
                    break
            now = time.monotonic()
            step_seconds = max(step_seconds, now - before)
            # A time limit leaves room for a checkpoint as long as the first one took.
            unmeasured = deadline.known and not save_seconds
            if unmeasured or now - saved > self.execution.checkpoint_seconds:
                if watch.found():
                    break
                self._save(began)
                saved = time.monotonic()
                save_seconds = max(save_seconds, saved - now)
        progress.close()
        self._finish(watch.found(), began)
        return 0

    def step(self) -> dict[str, Tensor]:
        """One step on its batch; the values and gradient norms of its terms."""
        return train_step(self.state, self._batch(), self.objective, self.section, self.numerics)

    def _batch(self) -> Batch:
        layout = layout_of(self.numerics)
        low, reference = self.crops.batch(self.state.step)
        return (
            low.to(self.device, memory_format=layout),
            reference.to(self.device, memory_format=layout),
        )

    def _save(self, began: float) -> None:
        seconds = self.header.seconds + time.monotonic() - began
        continued, ledger = self.header.continued + 1, self.ledger.total()
        header = Header(self.run.id, self.state.step, seconds, continued, ledger)
        self.log.save()
        save_checkpoint(self.checkpoint, header, self.state.tensors())

    def _stop(self, watch: Watch, began: float, signalled: bool) -> int:
        """Save and ask to be continued; a whole time limit without a step gained is a failure."""
        if divergence := watch.found():
            self._finish(divergence, began)
            return 0
        gained = self.state.step > self.header.step
        if not gained and not signalled:
            raise UserError(
                f"{self.run.id}: stopped at step {self.state.step} without gaining a step; "
                "give the job more time (execution.minutes, or the rule's runtime)"
            )
        if gained:
            self._save(began)
        self.heartbeat.stop(self.state.step, "a signal" if signalled else "its time limit")
        return EXIT_CONTINUE

    def _finish(self, divergence: Divergence | None, began: float) -> None:
        """Write the models that the run should have, then `run.json`, then drop the checkpoint."""
        models = self.run.models(divergence.step if divergence else None)
        for path in self.run.folder.glob("*.safetensors"):
            if path.name not in models:
                path.unlink()
        if not divergence:
            self._keep("generator", self.state.average)
            if self.state.discriminator:
                self._keep("discriminator", self.state.discriminator)
        self.log.save()
        write_record(self.run, divergence, self._facts(time.monotonic() - began))
        self.checkpoint.unlink(missing_ok=True)
        self.heartbeat.end()

    def _keep(self, name: str, module: nn.Module) -> None:
        """Write a model as it is now."""
        write_atomically(self.run.folder / f"{name}.safetensors", _model_bytes(module))

    def _facts(self, seconds: float) -> dict[str, Any]:
        weights = {name: weight for name, (weight, _) in self.objective.distances.items()}
        return {
            "steps": self.state.step,
            "seconds": round(self.header.seconds + seconds, 3),
            "threads": self.numerics.threads,
            "continued": self.header.continued,
            "ledger": asdict(self.ledger.total()),
            "spectral_norms": spectral_norms(self.state.discriminator),
            "parameters": sum(p.numel() for p in self.state.generator.parameters()),
            **discriminator_facts(self.run.settings),
            **summary(self.log.rows, weights | {"adversarial": self.objective.adversarial_weight}),
        }


def _model_bytes(module: nn.Module) -> bytes:
    tensors = {
        name: t.detach().cpu().contiguous().clone() for name, t in module.state_dict().items()
    }
    return safetensors.torch.save(tensors)


def train(plan: Plan, run_id: str) -> int:
    """Train a run of the plan, or continue it; its exit code (0 finished, 75 start me again)."""
    run = plan.find(run_id)
    deadline = Deadline(plan.study.execution.minutes)
    with alone(run.folder, deadline) as mine:
        if run.record.is_file() or (mine and restore_record(run)):
            return 0
        with failure_noted(run.folder):
            code = Job(plan, run).train(deadline) if mine else EXIT_CONTINUE
    if code == EXIT_CONTINUE and not deadline.signalled:
        put_back()
    return code

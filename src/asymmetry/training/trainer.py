"""One training from its plan to its `run.json`: set up, continued, stopped, finished."""

import time
from dataclasses import asdict
from typing import Any

import safetensors.torch
from torch import Tensor, nn

from asymmetry.core import known_shapes  # noqa: F401
from asymmetry.core.errors import UserError
from asymmetry.core.files import write_atomically
from asymmetry.planning.plan import Plan
from asymmetry.planning.run import DISCRIMINATOR_WARM_START, Run
from asymmetry.study import DiscriminatorWarmStart
from asymmetry.training.assemble import begins_diverged, fresh_state, objective_of
from asymmetry.training.balance import BATCHES, GradientNorms, balanced, without_gradient
from asymmetry.training.checkpoint import Header, load_checkpoint, save_checkpoint
from asymmetry.training.collapse import Collapse, CollapseCheck, Streaks
from asymmetry.training.divergence import Divergence, DivergenceCheck
from asymmetry.training.heartbeat import Beat, Heartbeat, last_usage
from asymmetry.training.logs import CSV_LOG, CsvLog, Progress, TextLog
from asymmetry.training.loop import discriminator_step, train_step
from asymmetry.training.record import discriminator_facts, spectral_norms, summary, write_record
from asymmetry.training.separation import Separation
from asymmetry.training.shared_inputs import SharedInputs
from asymmetry.training.state_digests import write_state_digest
from asymmetry.training.usage import UsageCounter


class Trainer:
    """The training of one run of a plan, ready to go on from its last checkpoint.

    `step_seconds` and `save_seconds` are the longest of its steps and checkpoints so far.
    """

    def __init__(self, plan: Plan, run: Run, shared: SharedInputs, text_log: TextLog) -> None:
        study = plan.study
        self.run, self._shared, self._text_log = run, shared, text_log
        self._execution, self._numerics, self.section = (
            study.execution,
            study.numerics,
            shared.section,
        )
        self.objective = objective_of(run, study.training, shared.distance)
        self.state = fresh_state(plan, run, self.section, shared.device)
        self._checkpoint = run.folder / "checkpoint.bin"
        self._header = self._continue()
        self._usage = UsageCounter(shared.device, shared.meter, shared.clock)
        self._usage.carry(self._header.usage, last_usage(run.folder))
        self._log = CsvLog(run.folder / CSV_LOG, self.state.step)
        self._check = DivergenceCheck()
        self._end: Divergence | Collapse | None = None
        if begins_diverged(plan, run):
            self._end = Divergence(0, DISCRIMINATOR_WARM_START)
        self._separation = Separation(self.section.steps, self._header.auc)
        self._collapse: CollapseCheck | None = None
        if run.kind == "cell":
            terms, streaks = list(self.objective.distances), self._header.streaks
            self._collapse = CollapseCheck(terms, self.section.steps, streaks)
        self._measuring: GradientNorms | None = None
        self._norms = self._header.norms
        if self._norms:
            self.objective = balanced(self.objective, self._norms)
        elif run.kind == "cell" and study.training.balance == "gradient":
            self._measuring = GradientNorms(self.state, self.objective, self._numerics)
        self.step_seconds = self.save_seconds = 0.0

    def _continue(self) -> Header:
        """Resume from the checkpoint where there is one; else the state is warm or fresh."""
        if not self._checkpoint.exists():
            return Header(self.run.id, 0, 0.0, 0)
        header, tensors = load_checkpoint(self._checkpoint, self.run.id)
        self.state.load(tensors, header.step)
        return header

    def begin(self) -> None:
        """Start the clocks, once all trainers of the pack are set up."""
        step, steps = self.state.step, self.section.steps
        self._progress = Progress(self.run.id, step, steps, self._text_log.stream)
        start = Beat("running", step=step, steps=steps, continued=self._header.continued)
        self._heartbeat = Heartbeat(self.run.folder, start, self._seconds, self._usage.total)
        self._began, self._saved = self._shared.clock.now(), time.monotonic()

    @property
    def over(self) -> bool:
        """Whether there is nothing left but to finish."""
        return self._end is not None or self.state.step >= self.section.steps

    @property
    def position(self) -> int:
        """The steps that are done; below 0, what is left to measure before the first one."""
        return self._measuring.batches - BATCHES if self._measuring else self.state.step

    def beat(self) -> None:
        """Show in `progress.json` that the training goes on."""
        self._heartbeat.beat(self.state.step)

    def step(self) -> dict[str, Tensor]:
        """One step on its batch; the values and gradient norms of its terms."""
        state, objective, numerics = self.state, self.objective, self._numerics
        batch = self._shared.batch(state.step)
        if isinstance(self.section, DiscriminatorWarmStart):
            pair = self._shared.restored(state.step, self.run), batch[1]
            return discriminator_step(state, pair, objective, self.section, numerics)
        return train_step(state, batch, objective, self.section, numerics)

    def measure(self) -> None:
        """One batch of what is measured before the first step: the norms of the gradients."""
        if self._measuring is None:
            return
        self._measuring.add(self._shared.batch(self._measuring.batches))
        if self._measuring.batches < BATCHES:
            return
        self._norms, self._measuring = self._measuring.means(), None
        if term := without_gradient(self._norms):
            self._end = Divergence(0, f"|{term}|")
        else:
            self.objective = balanced(self.objective, self._norms)

    def advance(self, limited: bool) -> None:
        """One step, and what is due after it; `limited` where there is a time limit.

        Before the first step, one batch of what is measured there.
        """
        before = time.monotonic()
        if self._measuring:
            self.measure()
            self.step_seconds = max(self.step_seconds, time.monotonic() - before)
            return
        logs = self.step()
        step, every = self.state.step, self._execution.log_every
        self._watch(step, logs)
        if step in self.run.snapshots:
            self._keep(self.run.snapshots[step], self.state.average)
        if step == min(every, self.section.steps):
            write_state_digest(self.run.folder, self.state)
        if step % every == 0 or step == 1:
            self._progress.show(self._log.add(step, logs))
            self._end = self._ended()
        now = time.monotonic()
        self.step_seconds = max(self.step_seconds, now - before)
        # A time limit leaves room for a checkpoint as long as the first one took.
        unmeasured = limited and not self.save_seconds
        if unmeasured or now - self._saved > self._execution.checkpoint_seconds:
            self._save_unless_ended()

    def _watch(self, step: int, logs: dict[str, Tensor]) -> None:
        """Take the logs of a step into account; does not wait for the device."""
        self._check.update(step, logs)
        self._separation.update(step, logs)
        if self._collapse:
            self._collapse.update(step, logs, self._shared.bicubic_error(step - 1))

    def _ended(self) -> Divergence | Collapse | None:
        """The divergence or the collapse that has ended the training, whichever came first."""
        divergence = self._check.found()
        before = divergence.step if divergence else None
        return (self._collapse and self._collapse.found(before)) or divergence

    def _save_unless_ended(self) -> None:
        self._end = self._end or self._ended()
        if self._end:
            return
        before = time.monotonic()
        self._save()
        self._saved = time.monotonic()
        self.save_seconds = max(self.save_seconds, self._saved - before)

    def _save(self) -> None:
        continued, usage = self._header.continued + 1, self._usage.total()
        step, kept = self.state.step, self.run.kept(self.state.step)
        header = Header(
            self.run.id,
            step,
            self._seconds(),
            continued,
            usage,
            kept,
            self._norms,
            self._separation.kept(),
            self._collapse.kept() if self._collapse else Streaks(),
        )
        self._log.save()
        save_checkpoint(self._checkpoint, header, self.state.tensors())

    def _seconds(self) -> float:
        """The time of the training that led to this state; in a pack, an even share of it."""
        return self._header.seconds + self._shared.clock.now() - self._began

    def stop(self, signalled: bool, gained: bool) -> bool:
        """Save; whether the training is to be continued. One that ended is finished instead.

        `gained`: whether the pack took a step since its start; without any that is a failure,
        unless a signal came.
        """
        self._end = self._end or self._ended()
        if self._end:
            self.finish()
            return False
        self._progress.close()
        if not (gained or signalled):
            raise UserError(
                f"{self.run.id}: stopped at step {self.state.step} without gaining a step; "
                "give the job more time (execution.minutes, or the rule's runtime)"
            )
        if self.state.step > self._header.step:
            self._save()
        self._heartbeat.stop(self.state.step, "a signal" if signalled else "its time limit")
        return True

    def finish(self) -> None:
        """Write the models that the run should have, then `run.json`, then drop the checkpoint."""
        self._progress.close()
        end = self._end or self._ended()
        models = self.run.models(end.step if end else None)
        for path in self.run.folder.glob("*.safetensors"):
            if path.name not in models:
                path.unlink()
        parts = {"generator": self.state.average, "discriminator": self.state.discriminator}
        for name, module in parts.items():
            if module and f"{name}.safetensors" in models:
                self._keep(name, module)
        self._log.save()
        write_record(self.run, end, self._facts())
        self._checkpoint.unlink(missing_ok=True)
        self._heartbeat.end()

    def _keep(self, name: str, module: nn.Module) -> None:
        """Write a model as it is now."""
        write_atomically(self.run.folder / f"{name}.safetensors", _model_bytes(module))

    def _facts(self) -> dict[str, Any]:
        weights = {name: weight for name, (weight, _) in self.objective.distances.items()}
        return {
            "steps": self.state.step,
            "seconds": round(self._seconds(), 3),
            "threads": self._numerics.threads,
            "continued": self._header.continued,
            "usage": asdict(self._usage.total()),
            "spectral_norms": spectral_norms(self.state.discriminator),
            "parameters": sum(p.numel() for p in self.state.generator.parameters()),
            **discriminator_facts(self.run.settings),
            "auc": self._separation.means(self.state.step),
            "balance": self._norms,
            **summary(self._log.rows, weights | {"adversarial": self.objective.adversarial_weight}),
        }


def _model_bytes(module: nn.Module) -> bytes:
    tensors = {
        name: t.detach().cpu().contiguous().clone() for name, t in module.state_dict().items()
    }
    return safetensors.torch.save(tensors)

"""Several trainings in one process, step by step together. A pack of one is a training alone.

They see the same batches, which are made once, and so are the features of the references for each
loss. Nothing else is shared: every trainer computes what it would compute alone, in the same order,
so the bytes of a run do not depend on its pack.
"""

import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from asymmetry.planning.plan import Plan
from asymmetry.planning.run import Run
from asymmetry.training.deadline import EXIT_CONTINUE, Deadline
from asymmetry.training.logs import TextLog
from asymmetry.training.shared_inputs import SharedInputs
from asymmetry.training.trainer import Trainer


class Pack:
    """The trainers that are not done yet, and the exceptions that ended others, by run id."""

    def __init__(self, plan: Plan, runs: Sequence[Run], logs: Mapping[str, TextLog]) -> None:
        """Set up a trainer for each run; an exception of one ends that one only."""
        self.failures: dict[str, Exception] = {}
        self._logs = logs
        self._shared = SharedInputs(plan, runs)
        self.trainers: list[Trainer] = []
        for run in runs:
            with self._apart(run):
                self.trainers.append(Trainer(plan, run, self._shared, logs[run.id]))
        self._gained = False

    @contextmanager
    def _apart(self, run: Run) -> Iterator[None]:
        """An exception within ends the training of this run; the others go on."""
        try:
            with self._logs[run.id].failure_noted():
                yield
        except Exception as error:
            traceback.clear_frames(error.__traceback__)  # they hold its tensors
            self.failures[run.id] = error
            self._remove(run)

    def _remove(self, run: Run) -> None:
        self.trainers = [trainer for trainer in self.trainers if trainer.run != run]
        self._shared.clock.leave()

    def train(self, deadline: Deadline) -> int:
        """Train all to their end or the deadline; 75 where some are to be continued."""
        for trainer in self.trainers:
            trainer.begin()
        self._shared.meter.start()
        try:
            while self.trainers:
                if not self._round(deadline):
                    return self._stop(deadline)
            return 0
        finally:
            self._shared.meter.stop()

    def _round(self, deadline: Deadline) -> bool:
        """One step of those that are behind, as these share a batch; False at the deadline."""
        lowest = min(trainer.position for trainer in self.trainers)
        for trainer in self.trainers:
            trainer.beat()
        for trainer in [one for one in self.trainers if one.position == lowest]:
            if not trainer.over and deadline.reached(self._needed()):
                return False
            with self._apart(trainer.run):
                if not trainer.over:
                    trainer.advance(deadline.known)
                    self._gained = self._gained or trainer.position > 0
                if trainer.over:
                    trainer.finish()
                    self._remove(trainer.run)
        return True

    def _needed(self) -> float:
        """The seconds that one more step, and then a checkpoint of every trainer, may take."""
        saves = sum(trainer.save_seconds for trainer in self.trainers)
        return max(trainer.step_seconds for trainer in self.trainers) + saves

    def _stop(self, deadline: Deadline) -> int:
        left = 0
        for trainer in list(self.trainers):
            with self._apart(trainer.run):
                left += trainer.stop(deadline.signalled, self._gained)
        return EXIT_CONTINUE if left else 0

"""Several trainings in one process, step by step together. A company of one is a training alone.

They see the same batches, which are made once, and so are the features of the references for each
loss. Nothing else is shared: every member computes what it would compute alone, in the same order,
so its bytes do not depend on its company.
"""

import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from asymmetry.planning.plan import Plan, Run
from asymmetry.training.deadline import EXIT_CONTINUE, Deadline
from asymmetry.training.journal import Journal
from asymmetry.training.shared_inputs import Common
from asymmetry.training.trainer import Member


class Company:
    """The members that are still training, and what ended those that failed, by run id."""

    def __init__(self, plan: Plan, runs: Sequence[Run], journals: Mapping[str, Journal]) -> None:
        """Put every member together; one that cannot begin is a failure of its own."""
        self.failures: dict[str, Exception] = {}
        self._journals = journals
        self._common = Common(plan, runs)
        self.members: list[Member] = []
        for run in runs:
            with self._apart(run):
                self.members.append(Member(plan, run, self._common, journals[run.id]))
        self._idle = True

    @contextmanager
    def _apart(self, run: Run) -> Iterator[None]:
        """What goes wrong within ends this one training; the others go on."""
        try:
            with self._journals[run.id].failure_noted():
                yield
        except Exception as error:
            traceback.clear_frames(error.__traceback__)  # they hold its tensors
            self.failures[run.id] = error
            self._dismiss(run)

    def _dismiss(self, run: Run) -> None:
        self.members = [member for member in self.members if member.run != run]
        self._common.clock.leave()

    def train(self, deadline: Deadline) -> int:
        """Train all to the end, a divergence or the deadline; 75 where some are to be continued."""
        for member in self.members:
            member.begin()
        self._common.meter.start()
        try:
            while self.members:
                if not self._round(deadline):
                    return self._stop(deadline)
            return 0
        finally:
            self._common.meter.stop()

    def _round(self, deadline: Deadline) -> bool:
        """Take those behind one step further, as they share a batch; False at the deadline."""
        lowest = min(member.state.step for member in self.members)
        for member in self.members:
            member.beat()
        for member in [member for member in self.members if member.state.step == lowest]:
            if not member.over and deadline.reached(self._needed()):
                return False
            with self._apart(member.run):
                if not member.over:
                    member.advance(deadline.known)
                    self._idle = False
                if member.over:
                    member.finish()
                    self._dismiss(member.run)
        return True

    def _needed(self) -> float:
        """The seconds that one more step, and then a checkpoint of every member, may take."""
        saves = sum(member.save_seconds for member in self.members)
        return max(member.step_seconds for member in self.members) + saves

    def _stop(self, deadline: Deadline) -> int:
        left = 0
        for member in list(self.members):
            with self._apart(member.run):
                left += member.stop(deadline.signalled, self._idle)
        return EXIT_CONTINUE if left else 0

"""The table of contents of a study: each stage, what it makes of what, and where. No torch.

Heavy results lie at content-keyed paths (`planning.stage`); cheap stages, from tables to the page,
keep plain paths and depend on a stamp each (`stamps`).
"""

from functools import cached_property
from pathlib import Path

from asymmetry.assessment.stage import AssessmentStage, SnapshotStage
from asymmetry.core.files import STATE, canonical_json, digest, write_if_changed
from asymmetry.iqa.skill.stage import SkillStage
from asymmetry.iqa.transfer.stage import TransferStage
from asymmetry.optimisability.stage import OptimisabilityStage
from asymmetry.pipeline.stamps import Stamps
from asymmetry.planning.plan import Plan
from asymmetry.planning.stage import Part, Stage
from asymmetry.weights.lock import write_lock


class Stages:
    """The stages after training, for one plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.study = plan, plan.study
        self.results = Path(plan.study.results)
        self.assessment = AssessmentStage(plan)
        self.snapshots = SnapshotStage(plan)
        self.skill = SkillStage(plan)
        self.optimisability = OptimisabilityStage(plan)
        self.transfer = TransferStage(plan)
        self.by_table: dict[str, Stage] = {
            stage.table: stage
            for stage in (
                self.assessment,
                self.snapshots,
                self.skill,
                self.optimisability,
                self.transfer,
            )
        }

    @cached_property
    def study_file(self) -> Path:
        """The whole study as the jobs read it; named by content, so two studies never mix.

        Beside it, where it has one, lies its lock of weights.
        """
        values, lock = self.study.model_dump(mode="json"), self.plan.lock
        locked = {name: file.sha256 for name, file in lock.files.items()}
        named = digest([values, locked] if lock.parts else values)[:12]
        path = STATE / "studies" / f"{named}.yaml"
        write_if_changed(path, canonical_json(values))
        if lock.parts:
            write_lock(lock, beside=path)
        return path

    @cached_property
    def trained(self) -> list[Path]:
        """The `run.json` of every warm start and cell."""
        return [run.record for run in self.plan.trainings]

    @cached_property
    def fitted(self) -> list[Path]:
        """The file of every calibration."""
        return [fit.path for fit in self.plan.fits.values()]

    @property
    def parts(self) -> list[Part]:
        """The tables of all stages that one job makes each."""
        return [part for stage in self.by_table.values() for part in stage.parts]

    def reads(self, path: Path) -> list[Path]:
        """What the part at a path waits for: `run.json` files, and fitted channel weights."""
        stage = self.by_table[path.parent.name]
        return stage.reads(stage.part(path))

    @cached_property
    def stamps(self) -> Stamps:
        """The cheap stages, each with what it is made of."""
        files = {name: [part.path for part in s.parts] for name, s in self.by_table.items()}
        return Stamps(self.plan, {"runs": self.trained, **files})

    def stamp(self, stage: str) -> Path:
        """The file that makes a cheap stage run again: see `made`."""
        return self.stamps.path(stage)

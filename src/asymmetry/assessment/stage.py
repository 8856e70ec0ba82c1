"""The stage `assess`: which generators are assessed, on what, in which tables. Imports no torch.

Snapshots have a table of their own, so that nothing takes them for the ends of trainings.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property

from asymmetry.core.files import digest
from asymmetry.data.sets import set_digest, study_views
from asymmetry.data.views import View
from asymmetry.planning.identity import code_digest
from asymmetry.planning.metric_digests import content_of, roots_of
from asymmetry.planning.run import SNAPSHOT
from asymmetry.planning.stage import Part, Stage

CHANGES_NUMBERS = False
# How the scores are judged later; they are the same whatever it says.
_OF_THE_ANALYSIS = {"primary", "distortion", "perception", "practically_equal"}
# At this value it adds no number, and is no part of a key.
_NEUTRAL = {"artifacts_beside": False}
_ROOT = "asymmetry.assessment.engine:assess_part"


class AssessmentStage(Stage):
    """The scores of restored images by every metric."""

    table = "scores"

    @cached_property
    def assessed(self) -> list[str]:
        """The baselines, the runs, and what was made elsewhere: what is assessed."""
        runs = [*self.plan.warm_starts, *self.plan.runs]
        # At the end, so that the parts of the others stay as they are.
        return [*self.plan.baselines, *(run.id for run in runs), *self.plan.outside]

    @cached_property
    def views(self) -> list[View]:
        """The parts of evaluation images that are kept of every generator's output."""
        return study_views(self.study, self.plan.photos)

    @cached_property
    def key(self) -> str:
        """What identifies an assessment beside its run: images, metrics, weights, code."""
        study, metrics = self.study, self.study.evaluation.all_metrics
        section = study.evaluation.model_dump(mode="json", exclude=_OF_THE_ANALYSIS)
        return digest(
            {
                "evaluation": {
                    name: value
                    for name, value in section.items()
                    if name not in _NEUTRAL or value != _NEUTRAL[name]
                },
                "sets": {
                    name: set_digest(study, name, self.plan.photos)
                    for name in study.evaluation.sets
                },
                "reduce": study.photos.reduce,
                "tasks": {name: task.model_dump(mode="json") for name, task in study.tasks.items()},
                **content_of(self.plan, metrics),
                "code": code_digest([_ROOT, *self.plan.generator_roots, *roots_of(metrics)]),
            }
        )[:12]

    def beside(self, runs: Sequence[str]) -> list[str]:
        """The cells without an adversary beside which those with one are assessed."""
        if not self.study.evaluation.artifacts_beside:
            return []
        controls = self.plan.controls
        ids = (name.partition(SNAPSHOT)[0] for name in runs)
        return list(dict.fromkeys(controls[name].id for name in ids if name in controls))

    def declared_parts(self) -> Iterator[Part]:
        """Some runs each."""
        return self.shared_out(self.key, self.assessed, self.study.evaluation.all_metrics)


class SnapshotStage(AssessmentStage):
    """The same scores of the generators that are kept on the way."""

    table = "trajectories"

    @cached_property
    def assessed(self) -> list[str]:
        """The snapshots of every cell, `<run>@<step>`."""
        return [name for run in self.plan.runs for name in run.snapshot_ids]

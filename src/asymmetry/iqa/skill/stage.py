"""The stage `skill`: a table for each IQA set. Imports no torch."""

from collections.abc import Iterator

from asymmetry.core.files import digest
from asymmetry.planning.identity import code_digest
from asymmetry.planning.metric_digests import content_of, roots_of
from asymmetry.planning.stage import Part, Stage

CHANGES_NUMBERS = False
_ROOT = "asymmetry.iqa.skill.measure:measure_part"


class SkillStage(Stage):
    """How well losses and metrics agree with the scores of IQA sets."""

    table = "skill"

    def key(self, iqa_set: str) -> str:
        """What identifies the skill of all losses and metrics on one IQA set."""
        section, measured = self.study.calibration, self.plan.measured
        fitting = section if section and section.set == iqa_set else None
        return digest(
            {
                "losses": self.plan.losses,
                "metrics": self.study.evaluation.all_metrics,
                "set": self.iqa_set(iqa_set),
                "fitting": fitting and [fitting.train, fitting.seed],
                "bootstrap": self.study.execution.bootstrap,
                **content_of(self.plan, measured),
                "code": code_digest([_ROOT, *roots_of(measured)]),
            }
        )[:12]

    def declared_parts(self) -> Iterator[Part]:
        """An IQA set each."""
        measured = tuple(self.plan.measured)
        for name in self.study.iqa_sets:
            yield self.at(f"{name}-{self.key(name)}", iqa_set=name, measured=measured)

"""What the commands of the command line share: the study, and the plan that it makes."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from asymmetry.core.edits import STUDY_VARIABLE

if TYPE_CHECKING:
    from asymmetry.pipeline.stages import Stages
    from asymmetry.planning.plan import Plan

StudyFile = Annotated[
    Path, typer.Option("--study", envvar=STUDY_VARIABLE, help="the study, a YAML file")
]
DEFAULT = Path("params.yaml")


def plan_of(study: Path) -> "Plan":
    """The plan of the study in a file."""
    from asymmetry.planning.plan import Plan
    from asymmetry.study import read_study
    from asymmetry.weights.lock import read_lock

    return Plan(read_study(study), read_lock(study))


def stages_of(study: Path) -> "Stages":
    """The stages of the study in a file."""
    from asymmetry.pipeline.stages import Stages

    return Stages(plan_of(study))

"""Where a user study lies: its plan, pictures and answers. No torch, no pandas."""

from pathlib import Path

from asymmetry.study import Study

PLAN = "plan.json"
PICTURES = "pictures"
ANSWERS = "answers.sqlite"
HUMAN_TABLE = "human.parquet"


def folder_of(study: Study) -> Path:
    """The folder of the study's user study, which may not be there."""
    return Path(study.execution.user_study)


def human_table(study: Study) -> Path:
    """Where `fit` writes what raters say of each cell and photo, as rows of `scores`."""
    return folder_of(study) / HUMAN_TABLE

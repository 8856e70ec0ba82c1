"""The files of a user study: its plan, pictures, answers and tables. Imports no pandas."""

from pathlib import Path

from asymmetry.study import Study

PLAN = "plan.json"
PICTURES = "pictures"
ANSWERS = "answers.sqlite"
# `fit` writes the scores of cells and their differences, the consistency of raters, a summary, and
# rows of `scores`.
CELL_TABLE = "cells.csv"
DIFFERENCE_TABLE = "differences.csv"
RATER_TABLE = "raters.csv"
SUMMARY = "summary.json"
HUMAN_TABLE = "human.parquet"


def folder_of(study: Study) -> Path:
    """The folder of the study's user study, which may not be there."""
    return Path(study.execution.user_study)

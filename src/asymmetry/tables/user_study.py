"""Where a user study lies: its plan, pictures and answers. No torch, no pandas."""

from pathlib import Path

from asymmetry.study import Study

PLAN = "plan.json"
PICTURES = "pictures"
ANSWERS = "answers.sqlite"
# What `fit` writes: scores of cells, consistency of raters, both in short, and rows of `scores`.
CELL_TABLE = "cells.csv"
RATER_TABLE = "raters.csv"
SUMMARY = "summary.json"
HUMAN_TABLE = "human.parquet"


def folder_of(study: Study) -> Path:
    """The folder of the study's user study, which may not be there."""
    return Path(study.execution.user_study)

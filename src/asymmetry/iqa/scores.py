"""The one door to human scores. Imports no torch, and decodes no image."""

from asymmetry.iqa.published.registry import read_published
from asymmetry.iqa.score_table import read_table
from asymmetry.iqa.scored import Scores
from asymmetry.study import PublishedSet, ScoredSet


def read_scores(set_name: str, declared: ScoredSet | PublishedSet) -> Scores:
    """The images of the set that the study declares as `set_name`, with their scores.

    Raises UserError as `read_table` and `read_published`.
    """
    if isinstance(declared, PublishedSet):
        return read_published(set_name, declared)
    return read_table(set_name, declared)

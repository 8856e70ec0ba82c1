"""The one door to human scores, as they are written or with their contents. Imports no torch."""

from dataclasses import replace

from asymmetry.data.iqa_sets.own_split import refuse_shared
from asymmetry.data.iqa_sets.published.registry import read_published
from asymmetry.data.iqa_sets.rows import Scores
from asymmetry.data.iqa_sets.score_table import read_table
from asymmetry.study import PublishedSet, ScoredSet


def written_scores(set_name: str, declared: ScoredSet | PublishedSet) -> Scores:
    """The images of the set that the study declares as `set_name`, with their scores.

    Decodes no image: contents are the names of references or images. Raises UserError as
    `read_table` and `read_published`.
    """
    if isinstance(declared, PublishedSet):
        return read_published(set_name, declared)
    return read_table(set_name, declared)


def read_scores(set_name: str, declared: ScoredSet | PublishedSet) -> Scores:
    """As `written_scores`, where images that show the same have one content: see `with_contents`.

    Raises UserError, too, where a picture of a content cannot be read, or where the split of a
    user's own table has one content on both sides.
    """
    # Only jobs and `asymmetry plan` ask for contents; a parse of the Snakefile imports no numpy.
    from asymmetry.data.iqa_sets.contents import with_contents

    scores = written_scores(set_name, declared)
    rows = with_contents(scores.rows)
    if isinstance(declared, ScoredSet) and not declared.split_as_released:
        refuse_shared(rows, set_name)
    return replace(scores, rows=rows)

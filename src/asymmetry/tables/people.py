"""The scores that people gave, as rows of the table `scores`: the judge `human`."""

import logging
from collections.abc import Collection
from typing import TYPE_CHECKING

from asymmetry.core.files import read_object, sha256_of
from asymmetry.metrics.contracts import PEOPLE
from asymmetry.study import Study
from asymmetry.tables.user_study import HUMAN_TABLE, SUMMARY, folder_of

if TYPE_CHECKING:
    import pandas as pd

_log = logging.getLogger(__name__)


def human_digest(study: Study) -> str:
    """What identifies the judgement of people: the sha256 (hex) of its table; "" without one."""
    path = folder_of(study) / HUMAN_TABLE
    return sha256_of(path) if path.is_file() else ""


def with_people(scores: "pd.DataFrame", study: Study, runs: Collection[str]) -> "pd.DataFrame":
    """The scores, and below them those of people, once `asymmetry userstudy fit` has been run.

    Rows of other runs than `runs` are left out: they are of another study, or of former code or
    settings. Without raters the scores stay as they are.

    Raises UserError where the table of people cannot be read.
    """
    import pandas as pd

    from asymmetry.tables.read import read_table

    path = folder_of(study) / HUMAN_TABLE
    if not path.is_file():
        return scores
    people = read_table(path, "human", "run `asymmetry userstudy fit` again")
    known = people[people["run"].isin(list(runs))]
    if len(known) < len(people):
        left_out = set(people["run"]).difference(known["run"])
        _log.warning("%s: %d rated runs are not of this study: left out", PEOPLE, len(left_out))
    return pd.concat([scores, known], ignore_index=True) if len(known) else scores


def people_in_words(study: Study) -> str:
    """How many raters there are, in words: `3 raters, 210 answers`."""
    summary = read_object(folder_of(study) / SUMMARY) if human_digest(study) else {}
    if not summary:
        return "no raters yet"
    return f"{summary['raters']} raters, {summary['answers']} answers"

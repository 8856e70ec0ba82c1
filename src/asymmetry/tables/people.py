"""What people said, as rows of the assessment table: the judge `human`, where there are raters."""

import logging
from collections.abc import Collection
from typing import TYPE_CHECKING

from asymmetry.core.errors import UserError
from asymmetry.core.files import read_object, sha256_of
from asymmetry.metrics.contracts import PEOPLE
from asymmetry.study import Study
from asymmetry.tables.user_study import HUMAN_TABLE, SUMMARY, folder_of

if TYPE_CHECKING:
    import pandas as pd

_log = logging.getLogger(__name__)


def human_digest(study: Study) -> str:
    """What identifies the judgement of people: the sha256 of its table; empty without one."""
    path = folder_of(study) / HUMAN_TABLE
    return sha256_of(path) if path.is_file() else ""


def with_people(scores: "pd.DataFrame", study: Study, runs: Collection[str]) -> "pd.DataFrame":
    """The scores, and below them those of people, where `asymmetry userstudy fit` has been.

    Rows of other runs than these are of another study, or of code or settings that changed, and are
    left out. Without raters the scores are as they were, and that is said where people should
    judge. Raises UserError where the table cannot be read.
    """
    import pandas as pd

    path = folder_of(study) / HUMAN_TABLE
    if not path.is_file():
        if PEOPLE in study.evaluation.judges:
            _log.warning("%s: no raters yet; the effect is without this judge", PEOPLE)
        return scores
    try:
        people = pd.read_parquet(path)[scores.columns.tolist()]
    except (OSError, ValueError, KeyError) as error:  # pyarrow's own errors are ValueErrors
        reason = " ".join(str(error).split())[:120]
        raise UserError(
            f"{path}: cannot be read ({reason}); run `asymmetry userstudy fit` again"
        ) from None
    own = people[people["run"].isin(list(runs))]
    if len(own) < len(people):
        left_out = set(people["run"]).difference(own["run"])
        _log.warning("%s: %d rated runs are not of this study: left out", PEOPLE, len(left_out))
    return pd.concat([scores, own], ignore_index=True) if len(own) else scores


def people_in_words(study: Study) -> str:
    """How many raters there are, for whoever reads the results: `3 raters, 210 answers`."""
    summary = read_object(folder_of(study) / SUMMARY) if human_digest(study) else {}
    if not summary:
        return "no raters yet"
    return f"{summary['raters']} raters, {summary['answers']} answers"

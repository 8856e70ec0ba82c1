"""`asymmetry userstudy fit`: from answers to scores of cells, and to the judge `human`."""

import json
import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from asymmetry.core.files import write_atomically
from asymmetry.core.randomness import draws
from asymmetry.metrics.contracts import PEOPLE
from asymmetry.stats.arrays import Array
from asymmetry.tables.schemas import COLUMNS, OK, failed, write_table
from asymmetry.tables.user_study import (
    CELL_TABLE,
    DIFFERENCE_TABLE,
    HUMAN_TABLE,
    RATER_TABLE,
    SUMMARY,
)
from asymmetry.userstudy.answers import read_answers
from asymmetry.userstudy.bradley_terry import Votes, by_photo, fit_scores, groups, triads
from asymmetry.userstudy.consistency import chosen, rater_table
from asymmetry.userstudy.design import STREAM
from asymmetry.userstudy.plan import Trial, UserStudy
from asymmetry.userstudy.store import Answer
from asymmetry.userstudy.uncertainty import (
    Uncertainty,
    half_widths,
    simultaneous_half_widths,
    simultaneous_of_pairs,
    uncertainty,
)

APART = failed("not compared with the others")
Scope = tuple[str, str, str]  # task, generator, set
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Fitted:
    """The scores of one scope: a row for each cell, each two cells, and its assessment rows."""

    cells: pd.DataFrame
    differences: pd.DataFrame
    scores: pd.DataFrame
    circles: int
    triads: int


def fit(folder: Path, resamples: int, without: Collection[int] = ()) -> dict[str, Any] | None:
    """Fit the answers in a folder, write the tables beside them, and return a summary.

    `without` are raters, from 1, who are left out. Where no pair has an answer, nothing is written
    and the result is None. Raises UserError where the answers are to another plan.
    """
    study, answers = read_answers(folder, without)
    scopes = _by_scope(study, answers)
    if not scopes:
        return None
    fitted = [_fit(study, scope, given, resamples) for scope, given in scopes.items()]
    raters = rater_table(study, answers)
    summary = _summary(study, raters, fitted, without)
    cells = pd.concat([one.cells for one in fitted], ignore_index=True)
    differences = pd.concat([one.differences for one in fitted], ignore_index=True)
    scores = pd.concat([one.scores for one in fitted], ignore_index=True)
    write_atomically(folder / CELL_TABLE, cells.to_csv(index=False).encode())
    write_atomically(folder / DIFFERENCE_TABLE, differences.to_csv(index=False).encode())
    write_atomically(folder / RATER_TABLE, raters.to_csv(index=False).encode())
    write_atomically(folder / SUMMARY, json.dumps(summary, indent=1).encode() + b"\n")
    write_table(scores, "human", folder / HUMAN_TABLE)
    return summary


def _by_scope(
    study: UserStudy, answers: Sequence[Answer]
) -> dict[Scope, list[tuple[Answer, Trial]]]:
    """The answers to pairs, by scope; repeats and catch trials only show consistency."""
    found: dict[Scope, list[tuple[Answer, Trial]]] = {}
    trials = [study.trials(rater) for rater in range(len(study.sessions))]
    for answer in answers:
        trial = trials[answer.rater][answer.trial]
        if trial.kind == "pair":
            scope = (trial.task, trial.generator, trial.set)
            found.setdefault(scope, []).append((answer, trial))
    return found


def _fit(
    study: UserStudy, scope: Scope, given: list[tuple[Answer, Trial]], resamples: int
) -> Fitted:
    """The scores of the cells of a scope that its pairs show."""
    runs, photos = _shown(study, scope)
    votes = _votes(given, runs, photos)
    wins = votes.wins()
    scores = fit_scores(wins)
    rng = draws(0, f"{STREAM}/fit/{'/'.join(scope)}")
    known = uncertainty(votes, scores, resamples, rng)
    alone = half_widths(known)
    labels = groups(wins)
    together = labels == np.bincount(labels).argmax()
    compared = known.among(together)
    at_once = np.full(len(runs), np.nan)
    at_once[together] = simultaneous_half_widths(compared, rng)
    if not together.all():
        _log.warning(
            "%s: %d of %d cells are not compared with the others yet, and have no score",
            " ".join(scope), (~together).sum(), len(runs),
        )  # fmt: skip
    status = np.where(together, OK, APART)
    cells = pd.DataFrame(
        {
            "task": scope[0],
            "generator": scope[1],
            "set": scope[2],
            "run": runs,
            "score": np.where(together, scores, np.nan),
            "low": np.where(together, scores - alone, np.nan),
            "high": np.where(together, scores + alone, np.nan),
            "all_low": scores - at_once,
            "all_high": scores + at_once,
            "wins": wins.sum(axis=1).astype(int),
            "comparisons": (wins + wins.T).sum(axis=1).astype(int),
            "status": status,
        }
    )
    judged = _judged(study, scope, cells, photos, by_photo(votes, scores, len(photos)))
    differences = _differences(cells[together], compared, rng)
    return Fitted(cells, differences, judged, *triads(wins))


def _shown(study: UserStudy, scope: Scope) -> tuple[list[str], list[str]]:
    """The cells and photos of a scope: those of its pairs, or all that pairs are chosen from."""
    for one in study.arenas:
        if (one.task, one.generator, one.set) == scope:
            return sorted(one.cells), sorted(one.pictures)
    trials = [
        one
        for rater in range(len(study.sessions))
        for one in study.trials(rater)
        if one.kind == "pair" and (one.task, one.generator, one.set) == scope
    ]
    runs = {side.shows for one in trials for side in (one.left, one.right)}
    return sorted(runs), sorted({one.image for one in trials})


def _differences(cells: pd.DataFrame, known: Uncertainty, rng: np.random.Generator) -> pd.DataFrame:
    """A row for each two cells: how much more `run` is preferred than `other`, in log-odds.

    The intervals are simultaneous: in 95 of 100 studies all of a scope hold.
    """
    one, other = np.triu_indices(len(cells), 1)
    score, reach = cells["score"].to_numpy(), simultaneous_of_pairs(known, rng)
    found = cells.iloc[one][["task", "generator", "set", "run"]].reset_index(drop=True)
    difference = score[one] - score[other]
    return found.assign(
        other=cells["run"].to_numpy()[other],
        difference=difference,
        all_low=difference - reach,
        all_high=difference + reach,
    )


def _votes(given: list[tuple[Answer, Trial]], runs: list[str], photos: list[str]) -> Votes:
    item = {run: index for index, run in enumerate(runs)}
    rows: list[tuple[int, ...]] = []
    pairs: dict[Any, int] = {}
    for answer, trial in given:
        winner = chosen(trial, answer.choice)
        loser = chosen(trial, "right" if answer.choice == "left" else "left")
        pair = pairs.setdefault((frozenset([winner, loser]), trial.image), len(pairs))
        rows.append((item[winner], item[loser], answer.rater, pair, photos.index(trial.image)))
    return Votes(len(runs), *np.array(rows, dtype=np.int64).T)


def _judged(
    study: UserStudy, scope: Scope, cells: pd.DataFrame, photos: list[str], values: Array
) -> pd.DataFrame:
    """The scores of people for each cell (row of `values`) and photo: the table `human`."""
    shown = "shown" if study.reference_shown else "hidden"
    convention = (
        f"Bradley-Terry log-odds of people's choices, reference {shown}, "
        f"central {study.crop} pixels, higher is better"
    )
    rows = cells.loc[cells.index.repeat(len(photos)), ["run", "task", "set", "status"]]
    value = np.where(rows["status"] == OK, values.ravel(), np.nan)
    return rows.assign(
        image=photos * len(cells), metric=PEOPLE, convention=convention, value=value
    )[COLUMNS["human"]]


def _summary(
    study: UserStudy, raters: pd.DataFrame, fitted: list[Fitted], without: Collection[int]
) -> dict[str, Any]:
    """The summary of the user study for the page and the command line."""
    counts = ["repeats_same", "repeats", "catches_right", "catches"]
    return {
        "question": study.question,
        "raters": len(raters),
        "left_out": sorted(without),
        "answers": int(raters["answered"].sum()),
        **{name: int(raters[name].sum()) for name in counts},
        "circular_triads": sum(one.circles for one in fitted),
        "triads": sum(one.triads for one in fitted),
        "told_apart": sum(_told_apart(one.differences) for one in fitted),
        "pairs_of_cells": sum(len(one.differences) for one in fitted),
    }


def _told_apart(differences: pd.DataFrame) -> int:
    """How many of the intervals do not hold zero."""
    return int(((differences["all_low"] > 0) | (differences["all_high"] < 0)).sum())

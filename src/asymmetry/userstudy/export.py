"""`asymmetry userstudy export`: the answers as a data set to give away, with a data card."""

import secrets
from collections import Counter
from datetime import date
from pathlib import Path

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined

from asymmetry.core.errors import UserError
from asymmetry.core.files import write_atomically
from asymmetry.userstudy.answers import read_answers
from asymmetry.userstudy.consistency import chosen, rater_table
from asymmetry.userstudy.plan import UserStudy
from asymmetry.userstudy.store import Answer

CARD, TABLE = "README.md", "answers.csv"
_LONGEST = 100  # characters of a licence's name


def export(folder: Path, into: Path, licence: str, day: date) -> int:
    """Write the answers and a data card to a new folder; how many answers there are.

    Raters are named by random numbers, and listed in their order, so neither says whose link they
    had. Raises UserError where the licence is no name on one line, where there is no answer, and
    where `into` is not empty.
    """
    licence = licence.strip()
    if not licence.isprintable() or not 0 < len(licence) <= _LONGEST:
        raise UserError(
            f"--licence: should be a name of at most {_LONGEST} characters, such as CC-BY-4.0"
        )
    if into.is_file() or (into.is_dir() and any(into.iterdir())):
        raise UserError(f"{into}: is there already, and stays as it is; name a new folder")
    study, answers = read_answers(folder)
    if not answers:
        raise UserError(f"{folder}: holds no answers yet; there is nothing to export")
    table = anonymous(study, answers)
    write_atomically(into / TABLE, table.to_csv(index=False).encode())
    write_atomically(into / CARD, _card(study, answers, table, licence, day).encode())
    return len(table)


def anonymous(study: UserStudy, answers: list[Answer]) -> pd.DataFrame:
    """A row for each answer, by rater and place; the columns are those that the data card lists."""
    names: dict[int, str] = {}
    for rater in {answer.rater for answer in answers}:
        while (name := secrets.token_hex(4)) in names.values():
            pass
        names[rater] = name
    trials = {rater: study.trials(rater) for rater in names}
    rows = []
    for answer in answers:
        trial = trials[answer.rater][answer.trial]
        rows.append(
            {
                "rater": names[answer.rater],
                "place": answer.trial + 1,
                "kind": trial.kind,
                "repeats": "" if trial.of is None else str(trial.of + 1),
                "task": trial.task,
                "generator": trial.generator,
                "set": trial.set,
                "image": trial.image,
                "left": trial.left.shows,
                "right": trial.right.shows,
                "chosen": chosen(trial, answer.choice),
            }
        )
    return pd.DataFrame(rows).sort_values(["rater", "place"], ignore_index=True)


def _card(
    study: UserStudy, answers: list[Answer], table: pd.DataFrame, licence: str, day: date
) -> str:
    raters = rater_table(study, answers)
    compared = table[table["kind"] != "catch"]
    pages = Environment(
        loader=PackageLoader("asymmetry.userstudy", "card"),
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    shown = {"study": study, "licence": licence, "day": day.isoformat(), "rows": len(table)}
    counts = ["repeats_same", "repeats", "catches_right", "catches"]
    return pages.get_template(CARD).render(
        **shown,
        **{name: int(raters[name].sum()) for name in counts},
        kinds=Counter(table["kind"]),
        raters=len(raters),
        finished=int((raters["answered"] == raters["asked"]).sum()),
        images=table[["set", "image"]].drop_duplicates().shape[0],
        cells=len({*compared["left"], *compared["right"]}),
    )

"""The page of a study: its question, its coverage, its claims and its figures."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml
from jinja2 import Environment, PackageLoader, StrictUndefined

from asymmetry.analysis.claims import where
from asymmetry.analysis.hypotheses.contract import FEWEST, SOURCES
from asymmetry.analysis.hypotheses.registry import load_hypotheses
from asymmetry.analysis.provenance import Provenance, provenance
from asymmetry.analysis.robustness import agreement_in_words, rows_of_claim
from asymmetry.analysis.skill import scores_in_words, sets_in_words
from asymmetry.analysis.tables import Tables, load_tables, table_path
from asymmetry.figures.parts import p_in_words
from asymmetry.figures.registry import FORMATS, figure_names
from asymmetry.files import write_atomically
from asymmetry.spent import Spent, device_hours, duration
from asymmetry.study import Study

_STUDY_FILES = ("photos.csv", "claims.md", "hypotheses.json", "hypotheses.csv")
_QUESTION = ("H1", "H2")  # the claims that answer the page's question
_WHEELS = "the colour photos inside the scikit-image and scikit-learn wheels"


def write_report(study: Study, results: Path) -> None:
    """Write `index.html` to `results`, from its tables and from the figures that are there.

    The page needs no network: styles are inside, figures are linked relatively. Raises UserError
    where a table is damaged or mixes conventions.
    """
    write_atomically(
        results / "index.html",
        page(study, load_tables(results), results, provenance(results)).encode(),
    )


def page(study: Study, tables: Tables, folder: Path, behind: Provenance) -> str:
    """The page as HTML; `folder` is where it will lie, and its figures below."""
    # Everything in a table may hold any character, so all of it is escaped.
    environment = Environment(
        loader=PackageLoader("asymmetry.report", "."), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters |= {"number": number, "interval": interval, "p": p_in_words}
    environment.filters |= {"duration": duration}
    return environment.get_template("index.html").render(
        coverage=tables.coverage,
        answers=answers(tables.hypotheses[tables.hypotheses["id"].isin(_QUESTION)]),
        fewest=FEWEST,
        sets=sets_in_words(tables.skill, study.calibration),
        summary=summary(study, tables),
        settings=yaml.safe_dump(study.model_dump(mode="json"), sort_keys=False),
        claims=claims(tables),
        losses=_records(tables.asymmetry),
        figures=figures(folder),
        runs=_records(tables.runs),
        files=_files(folder),
        commit=behind.commit,
        tables=behind.tables,
    )


def answers(claims: pd.DataFrame) -> list[dict[str, Any]]:
    """What all tasks, generators and sets together say of each claim in each regime.

    `verdict` is in words: `undecided` where all agree, else `supported in 2 of 3, …`; `losses` is
    the number of losses, the least and the most where they differ; `few` is whether none suffices.
    """
    found = []
    for (name, claim, regime), rows in claims.groupby(["id", "claim", "regime"], sort=False):
        counts = rows["verdict"].value_counts()
        parts = [f"{verdict} in {count} of {len(rows)}" for verdict, count in counts.items()]
        unanimous = len(counts) == 1
        ends = sorted({int(rows["n"].min()), int(rows["n"].max())})
        found.append(
            {
                "id": name,
                "claim": claim,
                "regime": regime,
                "verdict": counts.index[0] if unanimous else ", ".join(parts),
                "state": counts.index[0] if unanimous else "undecided",
                "losses": " to ".join(map(str, ends)),
                "few": ends[-1] < FEWEST,
            }
        )
    return found


def claims(tables: Tables) -> list[dict[str, Any]]:
    """The hypotheses that the table has, in order: what each says of itself, and its `rows`.

    A row of the table has, beside its columns, `where` it holds and the words of its `robustness`.
    """
    listed = []
    for module in load_hypotheses():
        rows = _records(tables.hypotheses[tables.hypotheses["id"] == module.ID])
        for row in rows:
            held = agreement_in_words(rows_of_claim(tables.robustness, row))
            row |= {"where": where(row), "robustness": held}
        about = {"id": module.ID, "claim": module.CLAIM, "unit": module.UNIT}
        about |= {"source": f"{module.SOURCE}, {SOURCES[module.SOURCE]}", "silent": module.SILENT}
        if rows:
            listed.append(about | {"power": module.POWER, "rows": rows})
    return listed


def summary(study: Study, tables: Tables) -> list[tuple[str, str]]:
    """What was studied, on which data, for how long: names and words."""
    grid, runs = study.grid, tables.runs
    judges = sorted({name for names in tables.effect["judges"] for name in str(names).split()})
    images = tables.scores.groupby("set")["image"].nunique()
    sets = [f"{name} ({count} images)" for name, count in images.items()]
    absent = tables.scores[tables.scores["status"] == "missing weights"]["metric"].unique()
    listed = [
        ("tasks", grid.tasks),
        ("generators", grid.generators),
        ("fidelity losses", grid.fidelity),
        ("discriminators", grid.discriminators),
        ("adversarial weights", [f"{weight:g}" for weight in grid.adversarial_weights]),
        ("seeds", [str(seed) for seed in grid.seeds]),
        ("photos", [_WHEELS if study.photos.source == "wheels" else study.photos.source]),
        ("evaluation sets", sets or list(study.evaluation.sets)),
        ("judges of the effect", judges),
        ("metrics without weights", sorted(absent)),
        (
            "IQA sets",
            [f"{name}: {scores_in_words(iqa.kind)}" for name, iqa in study.iqa_sets.items()],
        ),
        ("device hours of training", [device_hours(_spent(runs))]),
    ]
    return [(name, ", ".join(values) or "none") for name, values in listed]


def _spent(runs: pd.DataFrame) -> list[Spent]:
    """What the finished runs took of their devices."""
    columns = ["device", "device_seconds", "mean_utilisation"]
    table = runs.reindex(columns=columns).dropna(subset=columns[:2])
    return [Spent(**row) for row in _records(table)]


def figures(folder: Path) -> list[dict[str, Any]]:
    """The figures that were drawn, in reading order, with what their JSON says of them."""
    found = []
    for name in figure_names():
        record = folder / "figures" / f"{name}.json"
        if record.is_file():
            files = {kind: f"figures/{name}.{kind}" for kind in FORMATS}
            found.append(json.loads(record.read_text(encoding="utf-8")) | {"files": files})
    return found


def number(value: Any, digits: int = 2) -> str:
    """A number as the page shows it: a real minus sign, a dash where there is none."""
    if value is None or not isinstance(value, int | float | np.number) or not np.isfinite(value):
        return "–"
    return f"{value:.{digits}f}".replace("-", "−")


def interval(low: Any, high: Any) -> str:
    """A 95 % interval as the page shows it, or that there is none."""
    ends = number(low), number(high)
    return "no interval" if "–" in ends else f"95 %: {ends[0]} to {ends[1]}"


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as mappings, with None for all that is absent."""
    plain = table.astype(object).where(table.notna(), None)
    return [
        {str(column): value for column, value in row.items()} for row in plain.to_dict("records")
    ]


def _files(folder: Path) -> list[str]:
    """The tables beside the page, for download."""
    names = [table_path(Path(), name).name for name in Tables.__dataclass_fields__]
    return [name for name in [*names, *_STUDY_FILES] if (folder / name).is_file()]

"""What is published in Git: its cells, its pages, and the numbers that its words name."""

import re
import runpy
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from asymmetry.study import read_study
from asymmetry.study.grid import cells
from asymmetry.tables.read import load_tables
from tests.report.test_build import Page

ROOT = Path(__file__).parents[1]
PUBLISHED = ROOT / "published"
LAPTOP = PUBLISHED / "laptop"
_NUMBER = r"-?\d*\.?\d+"
_INTERVAL = re.compile(rf"\[({_NUMBER}),\s({_NUMBER})\]")


@pytest.mark.parametrize(("name", "count"), [("bench-cpu", 78), ("laptop", 354)])
def test_it_has_the_cells_of_its_study(name: str, count: int):
    planned = cells(read_study(PUBLISHED / name / "study.yaml"))
    runs = pd.read_parquet(PUBLISHED / name / "tables/runs.parquet")
    published = runs[runs["kind"] == "cell"]
    assert len(planned) == len(published) == count
    keys = published[["fidelity", "discriminator", "adversarial_weight", "seed"]]
    assert {(c.fidelity, c.discriminator, c.adversarial_weight, c.seed) for c in planned} == set(
        keys.itertuples(index=False, name=None)
    )


@pytest.mark.parametrize("page", sorted(PUBLISHED.glob("*/*.html")), ids=lambda path: path.stem)
def test_what_a_page_shows_and_links_to_is_there(page: Path):
    files = Page(page.read_text(encoding="utf-8")).files
    assert files
    assert [name for name in files if not (page.parent / name).exists()] == []


def rounded(value: float) -> str:
    """As the words write it: `-.08`, `1.2`, `0`."""
    return f"{round(value, 2) + 0.0:g}".replace("0.", ".")


def intervals(rows: pd.DataFrame) -> set[tuple[str, str]]:
    known = rows[np.isfinite(rows["low"]) & np.isfinite(rows["high"])]
    return {(rounded(low), rounded(high)) for low, high in zip(known.low, known.high, strict=True)}


def written(text: str) -> Iterator[tuple[str, str]]:
    for found in _INTERVAL.finditer(text):
        yield rounded(float(found[1])), rounded(float(found[2]))


def test_the_words_of_the_laptop_study_have_the_intervals_of_its_tables():
    first, *_ = (LAPTOP / "README.md").read_text().split("### The second look")
    tables = load_tables(LAPTOP / "tables")
    known = intervals(tables.hypotheses) | intervals(tables.reliability)
    named = set(written(first))
    assert len(named) > 20
    assert named - known == set()


def test_the_readme_has_the_numbers_of_the_laptop_study():
    named = set(written((ROOT / "README.md").read_text()))
    assert len(named) >= 8
    assert named - set(written((LAPTOP / "README.md").read_text())) == set()


@pytest.mark.slow
def test_its_second_look_is_made_again():
    _, second, *_ = re.split("###? The second look|## Were", (LAPTOP / "README.md").read_text())
    again = runpy.run_path(str(LAPTOP / "second_look.py"))["second_look"]()
    changed = again[again["verdict"] != again["verdict_again"]]
    kodak = changed[(changed["set"] == "kodak24") & (changed["id"] != "H12")]
    assert list(kodak["id"]) == ["H1", "H3", "H15"]
    known = intervals(again[["low_again", "high_again"]].set_axis(["low", "high"], axis=1))
    named = set(written(second))
    assert len(named) >= 5
    assert named - known == set()

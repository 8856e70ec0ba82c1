"""Published studies, again from the tables that are in Git."""

import shutil
from collections.abc import Collection
from pathlib import Path

import pandas as pd
import pytest
from threadpoolctl import threadpool_limits

from asymmetry.analysis.provenance import Provenance
from asymmetry.core.errors import UserError
from asymmetry.figures.redraw import redraw
from asymmetry.figures.registry import drawn_figures
from asymmetry.figures.write import write_figure
from asymmetry.stats import variance_shares
from asymmetry.study import read_study
from asymmetry.tables.power import power_path, write_power
from asymmetry.tables.read import load_tables
from asymmetry.tables.schemas import COLUMNS
from tests.synthetic_tables import make_power

PUBLISHED = sorted(
    path.parent for path in (Path(__file__).parents[2] / "published").glob("*/study.yaml")
)
_ANALYSED = ("effect", "asymmetry", "reliability", "hypotheses", "robustness")


def bare_copy(published: Path, folder: Path) -> Path:
    """The tables of a published study without what is made of them; returns their folder."""
    (folder / "tables").mkdir()
    shutil.copy(published / "study.yaml", folder)
    for name in COLUMNS.keys() - _ANALYSED:
        path = published / f"tables/{name}.parquet"
        if path.is_file():
            shutil.copy(path, folder / "tables")
    if power_path(published / "tables").is_file():
        shutil.copy(power_path(published / "tables"), folder / "tables")
    return folder / "tables"


def test_a_table_of_power_is_drawn_with_the_others(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("asymmetry.figures.redraw.analyse", lambda study, tables: None)  # seconds
    tables = bare_copy(PUBLISHED[0], tmp_path)
    assert "power" not in drawn_figures(tables)
    write_power(make_power(), tables)
    assert "power" in drawn_figures(tables)
    (drawn,) = redraw(tables, ["power"])
    assert drawn == tmp_path / "figures/power.svg"
    assert len(pd.read_csv(drawn.with_suffix(".csv"))) == len(make_power())


def test_more_cores_give_the_same_bytes(tmp_path: Path):
    """This figure multiplies large matrices, which threads would add up in another order."""
    published = next(path for path in PUBLISHED if path.name == "laptop")
    tables, study = load_tables(published / "tables"), read_study(published / "study.yaml")
    for threads in (1, 2):
        variance_shares._layout.cache_clear()
        with threadpool_limits(threads):
            folder = tmp_path / str(threads)
            write_figure("variance_shares", tables, study, folder, Provenance("", {}), ("svg",))
    one, two = (tmp_path / f"{threads}/variance_shares.csv" for threads in (1, 2))
    assert one.read_bytes() == two.read_bytes()


def check(published: Path, folder: Path, names: Collection[str] = ()) -> None:
    """Redraw, and compare with what is committed; `make figures` makes that again."""
    drawn = redraw(bare_copy(published, folder), names)
    for path in drawn:
        old = published / "figures" / path.name
        numbers, again = old.with_suffix(".csv"), path.with_suffix(".csv")
        pd.testing.assert_frame_equal(pd.read_csv(again), pd.read_csv(numbers), rtol=1e-6)
        if again.read_bytes() == numbers.read_bytes():  # else a processor of another kind
            assert path.read_bytes() == old.read_bytes(), path.name
    claims = "tables/claims.md"
    assert (folder / claims).read_text() == (published / claims).read_text()
    for name in _ANALYSED:
        table = pd.read_parquet(folder / f"tables/{name}.parquet")
        committed = pd.read_parquet(published / f"tables/{name}.parquet")
        pd.testing.assert_frame_equal(table, committed, rtol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("published", PUBLISHED, ids=lambda path: path.name)
def test_claims_and_figures_are_those_of_the_tables(published: Path, tmp_path: Path):
    check(published, tmp_path, ["asymmetry", "heat_map"])


@pytest.mark.long
@pytest.mark.parametrize("published", PUBLISHED, ids=lambda path: path.name)
def test_every_published_figure_is_that_of_its_tables(published: Path, tmp_path: Path):
    check(published, tmp_path)
    drawn = {path.name for path in (tmp_path / "figures").iterdir()}
    committed = {path.name for path in (published / "figures").iterdir()}
    # `asymmetry publish` adds what is behind each figure, and the crops.
    assert drawn == {name for name in committed if name.endswith((".svg", ".csv"))} - {"crops.csv"}
    assert (
        len(drawn) == 2 * len(drawn_figures(published / "tables")) - 2
    )  # of the crops there are no images


@pytest.mark.parametrize(
    ("tables", "names", "words"),
    [
        ("nowhere", [], "has no runs.parquet"),
        ("tables", ["crops"], "'crops' shows images"),
        ("tables", ["heat_mop"], "'heat_mop' is not a known figure"),
    ],
)
def test_what_cannot_be_drawn_is_one_line(
    tables: str, names: list[str], words: str, tmp_path: Path
):
    bare_copy(PUBLISHED[0], tmp_path)
    with pytest.raises(UserError, match=words) as error:
        redraw(tmp_path / tables, names)
    assert "\n" not in str(error.value)
    assert not (tmp_path / "figures").exists()


def test_without_its_study_it_is_one_line(tmp_path: Path):
    tables = bare_copy(PUBLISHED[0], tmp_path)
    (tmp_path / "study.yaml").unlink()
    with pytest.raises(UserError, match=r"study\.yaml"):
        redraw(tables)

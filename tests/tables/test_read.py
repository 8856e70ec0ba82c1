import pandas as pd
import pytest

from asymmetry.core.errors import UserError
from asymmetry.tables.read import TABLES, coverage, load_tables, of_set
from asymmetry.tables.schemas import COLUMNS
from tests.synthetic_tables import make_runs, make_scores, write_study_tables, write_tables


def test_absent_tables_have_no_rows_but_their_columns(tmp_path):
    tables = load_tables(tmp_path)
    for name in TABLES:
        table = getattr(tables, name)
        assert table.empty
        assert list(table) == COLUMNS[name]
    assert str(tables.coverage) == "no cells yet"


def test_coverage_counts_cells_only(tmp_path):
    write_study_tables(tmp_path)
    counts = load_tables(tmp_path).coverage
    assert (counts.planned, counts.done, counts.diverged, counts.missing) == (21, 19, 1, 1)
    assert str(counts) == "19 of 21 cells done, 1 diverged, 1 missing"


def test_complete_coverage_names_no_absences():
    assert str(coverage(pd.Series(["done", "done"]))) == "2 of 2 cells done"


def test_what_collapsed_is_counted_apart():
    counts = coverage(pd.Series(["done", "collapsed", "diverged", "missing", "collapsed"]))
    assert str(counts) == "1 of 5 cells done, 1 diverged, 2 collapsed, 1 missing"


def test_the_rows_of_a_set_are_all_rows_where_none_is_of_it():
    rows = pd.DataFrame({"set": ["a", "b", "a"], "value": [1, 2, 3]})
    assert list(of_set(rows, "a")["value"]) == [1, 3]
    assert len(of_set(rows, "other")) == len(of_set(rows, None)) == 3
    assert len(of_set(rows[["value"]], "a")) == 3


def test_two_conventions_of_a_metric_are_refused(tmp_path):
    scores = make_scores(make_runs())
    scores.loc[scores.index[scores["metric"] == "psnr_y"][0], "convention"] = "theirs, rgb"
    write_tables(tmp_path, scores=scores)
    with pytest.raises(
        UserError, match=r"scores.parquet: 'psnr_y' is there in two conventions.*again"
    ):
        load_tables(tmp_path)


def test_a_damaged_table_is_one_line(tmp_path):
    (tmp_path / "runs.parquet").write_bytes(b"PAR1 cut off")
    with pytest.raises(UserError, match=r"runs.parquet: cannot be read as parquet") as caught:
        load_tables(tmp_path)
    assert "\n" not in str(caught.value)


def test_a_missing_column_is_named(tmp_path):
    make_runs().drop(columns="status").to_parquet(tmp_path / "runs.parquet")
    with pytest.raises(UserError, match=r"runs.parquet: has no column 'status'; remove the file"):
        load_tables(tmp_path)


def test_a_column_of_another_type_is_named(tmp_path):
    make_runs().astype({"seed": str}).to_parquet(tmp_path / "runs.parquet")
    message = r"runs.parquet: has string values in the column 'seed', not those of a number; "
    with pytest.raises(UserError, match=message):
        load_tables(tmp_path)

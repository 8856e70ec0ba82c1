from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from asymmetry.tables.schemas import (
    COLUMNS,
    SchemaError,
    check_table,
    empty_table,
    failed,
    table_of,
    type_of,
    write_table,
)
from tests.synthetic_tables import make_optimisability, make_runs

ROW = {"fidelity": "l1", "image": "a", "statistic": "recovery", "value": 1.5, "status": "ok"}


@pytest.mark.parametrize("name", COLUMNS)
def test_an_empty_table_is_as_its_schema_says(name: str):
    check_table(empty_table(name), name)
    check_table(table_of([], name), name)


def test_every_type_is_that_of_some_column():
    columns = {column for columns in COLUMNS.values() for column in columns}
    assert {type_of(column) for column in columns} == {"number", "flag", "text"}


def test_tables_are_written_and_read_again(tmp_path: Path):
    tables = {"runs": make_runs(), "optimisability": make_optimisability()}
    for name, table in tables.items():
        write_table(table, name, tmp_path / name)
        check_table(pd.read_parquet(tmp_path / name), name)


def test_columns_are_written_in_the_order_of_the_schema(tmp_path: Path):
    write_table(
        table_of([dict(reversed(ROW.items()))], "optimisability"), "optimisability", tmp_path / "a"
    )
    assert list(pd.read_parquet(tmp_path / "a")) == list(ROW)


def test_a_column_may_lack_all_values():
    rows = [ROW | {"value": np.nan, "status": None}]
    check_table(table_of(rows, "optimisability"), "optimisability")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (ROW | {"value": "much"}, "has string values in the column 'value', not those of a number"),
        (ROW | {"value": True}, "has boolean values in the column 'value', not those of a number"),
        (ROW | {"image": 7}, "has integer values in the column 'image', not those of a text"),
        (ROW | {"unit": "dB"}, "has the column 'unit', which is not in its schema"),
        ({"value": 1.5}, "has no column 'fidelity'"),
    ],
)
def test_a_wrong_column_is_named_with_its_table(
    row: dict[str, object], message: str, tmp_path: Path
):
    with pytest.raises(SchemaError) as error:
        write_table(pd.DataFrame([row]), "optimisability", tmp_path / "table.parquet")
    assert str(error.value).startswith(f"table `optimisability`: {message}")
    assert not list(tmp_path.iterdir())


def test_a_flag_is_true_or_false():
    robustness = empty_table("robustness").reindex(range(2))
    check_table(robustness.assign(agrees=[True, False]), "robustness")
    with pytest.raises(SchemaError, match="string values in the column 'agrees', not those of a f"):
        check_table(robustness.assign(agrees="yes"), "robustness")


def test_a_failure_says_why():
    assert failed("not finite") == "failed: not finite"

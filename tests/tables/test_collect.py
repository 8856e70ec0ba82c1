from pathlib import Path

import pandas as pd
import pytest

from asymmetry.core.errors import UserError
from asymmetry.tables.collect import joined
from asymmetry.tables.schemas import check_table

ROWS = pd.DataFrame({"fidelity": ["l1"], "statistic": ["recovery"], "value": [30.0]})


def test_parts_are_joined_in_their_order_and_absent_ones_left_out(tmp_path: Path):
    parts = [tmp_path / f"{number}.parquet" for number in range(3)]
    for part, value in ((parts[0], 2.0), (parts[2], 1.0)):
        ROWS.assign(value=value).to_parquet(part)
    assert joined(parts, "optimisability")["value"].tolist() == [2.0, 1.0]


def test_without_any_part_there_it_is_not_made_yet(tmp_path: Path):
    with pytest.raises(UserError, match="none of the table's parts is there yet"):
        joined([tmp_path / "0.parquet"], "optimisability")


def test_a_table_without_parts_has_no_rows():
    table = joined([], "transfer")
    assert table.empty
    check_table(table, "transfer")

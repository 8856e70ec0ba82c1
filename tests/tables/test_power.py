from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from asymmetry.core.errors import UserError
from asymmetry.tables.power import load_power, power_path, write_power
from asymmetry.tables.read import load_tables
from tests.synthetic_tables import make_power


def test_it_comes_back_as_it_was(tmp_path: Path):
    table = make_power()
    table.loc[0, "regime"] = "NA"  # as a loss may be called
    write_power(table, tmp_path)
    again = load_power(tmp_path)
    pd.testing.assert_frame_equal(again, table[again.columns], check_dtype=False)
    assert np.isnan(again.loc[0, "number"])
    pd.testing.assert_frame_equal(load_tables(tmp_path).power, again)


def test_without_a_file_it_has_no_rows(tmp_path: Path):
    assert load_power(tmp_path).empty
    write_power(make_power()[:0], tmp_path)
    assert load_power(tmp_path).empty


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: text.replace("regime", "place", 1), "its columns are not id, regime"),
        (lambda text: text.replace("0.25", "a quarter", 1), "power has other words than numbers"),
        (lambda text: "", "cannot be read as CSV"),
    ],
)
def test_what_is_wrong_with_it_is_one_line(tmp_path: Path, change, words: str):
    write_power(make_power(), tmp_path)
    power_path(tmp_path).write_text(change(power_path(tmp_path).read_text()))
    with pytest.raises(UserError, match=words) as error:
        load_power(tmp_path)
    assert "\n" not in str(error.value)
    assert "power.csv" in str(error.value)

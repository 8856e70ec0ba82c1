import numpy as np
import pandas as pd
import pytest

from asymmetry.analysis.camps import camps
from asymmetry.tables.read import load_tables
from tests.synthetic_tables import AXES, JUDGES, analysed_study, make_runs, make_study, write_tables


def scores_of(columns: dict[str, list[float]]) -> pd.DataFrame:
    """Scores in which each judge gives each cell without an adversary a value, on one image."""
    runs = make_runs()
    cells = runs[(runs["kind"] == "cell") & (runs["adversarial_weight"] == 0)]["run"].tolist()
    return pd.DataFrame(
        {"run": run, "task": "bicubic-x4", "set": "held-out", "image": "one", "metric": judge}
        | {"convention": "any", "value": value, "status": "ok"}
        for judge, values in columns.items()
        for run, value in zip(cells, values, strict=True)
    )


def test_correlations_are_of_settings_and_better_is_higher(tmp_path):
    # gmsd and niqe are better where they are low.
    values = {"vsi": [1.0, 2, 4], "gmsd": [3.0, 2, 0], "lpips-alex": [1.0, 2, 9]}
    values |= {"niqe": [1.0, 3, 4]}
    write_tables(tmp_path, runs=make_runs(), scores=scores_of(values))
    table = camps(load_tables(tmp_path), make_study(tmp_path))
    of = table.set_index(["judge", "other"])["value"]
    assert of["vsi", "gmsd"] == pytest.approx(1)
    assert of["vsi", "niqe"] == pytest.approx(np.corrcoef([1, 2, 4], [-1, -3, -4])[0, 1])
    # A judge does not judge the cell whose loss it is: two settings are too few.
    assert np.isnan(of["vsi", "lpips-alex"])
    assert table.set_index(["judge", "other"]).loc[("vsi", "lpips-alex"), "n"] == 2
    camp = table.drop_duplicates("judge").set_index("judge")["camp"]
    assert camp["vsi"] == camp["gmsd"] != camp["niqe"]
    assert camp["lpips-alex"] == 0


def test_places_are_an_order_in_which_camps_are_whole(tmp_path):
    study, tables = analysed_study(tmp_path)
    judges = camps(tables, study).drop_duplicates("judge").sort_values("place")
    assert judges["place"].tolist() == list(range(len(JUDGES)))
    assert (judges["camp"].diff() != 0).sum() == judges["camp"].nunique()
    assert dict(zip(judges["judge"], judges["axis"], strict=True)) == {
        judge: axis for axis, own in AXES.items() for judge in own
    }


def test_without_scores_there_are_no_rows(tmp_path):
    write_tables(tmp_path, runs=make_runs())
    assert camps(load_tables(tmp_path), make_study(tmp_path)).empty

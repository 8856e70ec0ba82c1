import json
from pathlib import Path

import pandas as pd
import pytest

from asymmetry.report.metrics import write_metrics
from tests.synthetic_tables import analysed_study


def test_the_numbers_are_those_of_the_tables(tmp_path: Path):
    analysed_study(tmp_path)
    write_metrics(tmp_path)
    found = json.loads((tmp_path / "metrics.json").read_text())
    runs = pd.read_parquet(tmp_path / "runs.parquet")
    assert sum(found["cells"].values()) == (runs["kind"] == "cell").sum()
    skill = pd.read_parquet(tmp_path / "skill.parquet").query("statistic == 'srcc'")
    for name, value in found["skill"].items():
        rows = skill[(skill["metric"] == name) & (skill["subset"] == "all")]
        assert value == pytest.approx(rows["value"].sum() / len(rows), abs=1e-4)
    assert found["effect"]
    assert sum(found["claims"].values()) == len(pd.read_parquet(tmp_path / "hypotheses.parquet"))


def test_there_is_no_measured_time_in_it(tmp_path: Path):
    analysed_study(tmp_path)
    write_metrics(tmp_path)
    first = (tmp_path / "metrics.json").read_bytes()
    runs = pd.read_parquet(tmp_path / "runs.parquet")
    runs.assign(seconds=1e6).to_parquet(tmp_path / "runs.parquet")
    write_metrics(tmp_path)
    assert (tmp_path / "metrics.json").read_bytes() == first

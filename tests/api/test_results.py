from dataclasses import fields
from pathlib import Path

import pandas as pd
import pytest
import yaml

import asymmetry
from asymmetry.tables.read import Tables
from tests import synthetic_tables
from tests.conftest import ROOT


def test_a_study_file_opens_its_tables(workplace: Path):
    study, tables = synthetic_tables.analysed_study(workplace / "mine")
    values = study.model_dump(mode="json") | {"results": "mine"}
    (workplace / "study.yaml").write_text(yaml.safe_dump(values))
    opened = asymmetry.open_study("study.yaml")
    for field in fields(Tables):
        pd.testing.assert_frame_equal(getattr(opened, field.name), getattr(tables, field.name))
    assert len(opened.hypotheses)
    assert repr(opened) == f"<study in mine: {tables.coverage}>"


def test_a_folder_of_tables_opens_without_its_study():
    opened = asymmetry.open_study(ROOT / "published/bench-cpu/tables")
    assert str(opened.coverage) == "78 of 78 cells done"
    assert {"metric", "set", "value"} <= {*opened.skill}


def test_a_stage_that_has_not_run_has_no_rows(workplace: Path):
    synthetic_tables.write_tables(workplace, runs=synthetic_tables.make_runs())
    opened = asymmetry.open_study(workplace)
    assert len(opened.cells)
    assert opened.effect.empty


@pytest.mark.parametrize("made", ["params.yaml", "results/"])
def test_a_study_without_results_says_what_makes_them(workplace: Path, made: str):
    if made.endswith("/"):
        Path(made).mkdir()
    else:
        Path(made).write_text((ROOT / "params.yaml").read_text())
    with pytest.raises(asymmetry.UserError, match=r"^results: has no results .* `make study`"):
        asymmetry.open_study(made)

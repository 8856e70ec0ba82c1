import json

import pandas as pd

from asymmetry.analysis.analyse import analyse
from asymmetry.analysis.tables import COLUMNS, load_tables
from tests.synthetic_tables import analysed_study, make_study


def test_writes_effects_and_claims(tmp_path):
    _, tables = analysed_study(tmp_path)
    assert list(tables.effect) == COLUMNS["effect"]
    claims = json.loads((tmp_path / "hypotheses.json").read_text())
    assert [claim["id"] for claim in claims] == ["H1", "H1", "H2"]
    assert list(claims[0]) == COLUMNS["hypotheses"]
    assert pd.read_csv(tmp_path / "hypotheses.csv")["verdict"].tolist() == ["undecided"] * 3


def test_equal_tables_give_equal_bytes(tmp_path):
    study, _ = analysed_study(tmp_path)
    names = ["effect.parquet", "asymmetry.parquet", "hypotheses.parquet", "hypotheses.json"]
    before = [(tmp_path / name).read_bytes() for name in names]
    analyse(study, tmp_path)
    assert [(tmp_path / name).read_bytes() for name in names] == before


def test_without_any_table_there_are_no_claims(tmp_path):
    analyse(make_study(tmp_path), tmp_path)
    assert json.loads((tmp_path / "hypotheses.json").read_text()) == []
    assert load_tables(tmp_path).effect.empty

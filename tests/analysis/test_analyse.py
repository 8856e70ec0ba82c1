import json

import pandas as pd
import pytest

from asymmetry.analysis.analyse import analyse
from asymmetry.tables.read import load_tables
from asymmetry.tables.schemas import COLUMNS, DECIDED, VERDICTS
from tests.synthetic_tables import analysed_study, make_study, write_study_tables, write_tables

EVERY = ["H1", "H2", "H3", "H4", "H5", "H5b", "H6", "H6b", *(f"H{n}" for n in range(7, 18))]


def test_writes_effects_and_claims(tmp_path):
    _, tables = analysed_study(tmp_path)
    assert list(tables.effect) == COLUMNS["effect"]
    claims = json.loads((tmp_path / "hypotheses.json").read_text())
    assert list(dict.fromkeys(claim["id"] for claim in claims)) == EVERY
    assert list(claims[0]) == COLUMNS["hypotheses"]
    claims = pd.read_csv(tmp_path / "hypotheses.csv")
    assert set(claims["verdict"]) <= set(VERDICTS)
    decided = claims[claims["verdict"].isin(DECIDED)]
    assert set(decided["id"]) <= {"H9", "H16"}  # three losses and a seed decide little
    assert list(tables.robustness) == COLUMNS["robustness"]


def test_a_conclusion_is_named_by_its_scope_and_regime(tmp_path):
    _, tables = analysed_study(tmp_path)
    keys = tables.hypotheses[["id", "task", "generator", "set", "axis", "regime"]]
    assert not keys.duplicated().any()
    without = tables.robustness[[*keys, "left_out_kind", "left_out"]]
    assert not without.duplicated().any()
    assert without.merge(keys).shape == without.shape


def test_equal_tables_give_equal_bytes(tmp_path):
    study, _ = analysed_study(tmp_path)
    names = ["effect", "asymmetry", "hypotheses", "robustness", "reliability"]
    files = [*(f"{name}.parquet" for name in names), "hypotheses.json", "claims.md"]
    before = [(tmp_path / name).read_bytes() for name in files]
    for name in files:
        (tmp_path / name).unlink()
    analyse(study, tmp_path)
    assert [(tmp_path / name).read_bytes() for name in files] == before


def test_without_any_table_every_claim_is_undecided(tmp_path):
    analyse(make_study(tmp_path), tmp_path)
    claims = json.loads((tmp_path / "hypotheses.json").read_text())
    assert [claim["id"] for claim in claims] == EVERY
    assert {claim["verdict"] for claim in claims} == {"undecided"}
    assert all("There are no rows in" in claim["note"] for claim in claims)
    assert load_tables(tmp_path).effect.empty
    assert load_tables(tmp_path).robustness.empty


@pytest.mark.parametrize(("left_out", "regime"), [("== 0", "without"), ("> 0", "with")])
def test_without_cells_of_a_regime_its_losses_are_not_compared(tmp_path, left_out, regime):
    write_study_tables(tmp_path)
    runs = load_tables(tmp_path).runs
    write_tables(
        tmp_path, runs=runs.query(f"not (kind == 'cell' and adversarial_weight {left_out})")
    )
    analyse(make_study(tmp_path), tmp_path)
    tables = load_tables(tmp_path)
    assert set(tables.hypotheses["id"]) == set(EVERY)
    found = tables.hypotheses.query(f"id == 'H1' and regime.str.startswith('{regime} ')")["n"]
    assert found.tolist() == [0, 0]  # on each axis

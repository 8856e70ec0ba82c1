import importlib
import sys

import numpy as np
import pytest

import asymmetry.analysis.hypotheses as folder
from asymmetry.analysis.hypotheses.contract import SOURCES
from asymmetry.analysis.hypotheses.examine import examine, rows_of
from asymmetry.analysis.hypotheses.registry import hypothesis_modules, load_hypotheses
from asymmetry.planning.identity import closure
from asymmetry.tables.schemas import COLUMNS, DECIDED, UNDECIDED
from tests.analysis.simulated import VGG_PATCH, VGG_VANILLA, VIT_PATCH, evidence_of, grid

HYPOTHESES = load_hypotheses()
every = pytest.mark.parametrize("hypothesis", HYPOTHESES, ids=lambda module: module.ID)


def test_all_are_found_in_order():
    expected = ["H1", "H2", "H3", "H4", "H5", "H5b", "H6", "H6b"]
    assert [module.ID for module in HYPOTHESES] == [*expected, *(f"H{n}" for n in range(7, 18))]


@every
def test_a_hypothesis_says_what_it_claims_and_reads(hypothesis):
    assert hypothesis.SOURCE in SOURCES
    assert set(hypothesis.TABLES) <= set(COLUMNS)
    assert hypothesis.TABLES
    for text in (hypothesis.CLAIM, hypothesis.SILENT, hypothesis.UNIT, hypothesis.POWER):
        assert text.strip() == text != ""
    # Never as if the paper had reported a number.
    assert "reports" not in hypothesis.CLAIM + hypothesis.SILENT


def test_the_tags_are_those_of_the_public_record():
    tags = {module.ID: module.SOURCE for module in HYPOTHESES}
    assert {name for name, tag in tags.items() if tag == "P"} == {
        *("H1", "H2", "H5", "H5b", "H6", "H6b", "H7"),
        *("H14", "H15", "H16", "H17"),
    }
    assert (tags["H3"], tags["H4"], tags["H8"]) == ("R", "A", "A")
    assert {name for name, tag in tags.items() if tag == "ours"} == {f"H{n}" for n in range(9, 14)}


@every
def test_without_tables_it_is_undecided_and_says_which_is_missing(hypothesis):
    cells = grid(seeds=1)
    (row,) = rows_of(hypothesis, examine(hypothesis, evidence_of(cells[:0], np.empty(0))))
    assert (row["id"], row["verdict"]) == (hypothesis.ID, UNDECIDED)
    assert f"`{hypothesis.TABLES[0]}`" in row["note"]
    assert set(COLUMNS["hypotheses"]) <= set(row)


@every
def test_too_few_losses_and_seeds_decide_nothing(hypothesis):
    cells = grid(["ssim", "vif"], [VGG_PATCH, VGG_VANILLA, VIT_PATCH], (0.01, 0.1), seeds=1)
    evidence = evidence_of(cells, cells.index.to_numpy(float), {"ssim": 0.8, "vif": 0.9}, images=4)
    found = examine(hypothesis, evidence)
    assert len({(one.scope, one.regime) for one in found}) == len(found)
    if hypothesis.ID != "H9":  # judges of four images may agree all the same
        assert not {one.verdict for one in found} & set(DECIDED)
        assert all(one.note for one in found)


def test_a_file_dropped_in_is_a_hypothesis(tmp_path, monkeypatch):
    (tmp_path / "h99_more.py").write_text('ID = "H99"\n')
    (tmp_path / "helper.py").write_text("")
    monkeypatch.setattr(folder, "__path__", [*folder.__path__, str(tmp_path)])
    monkeypatch.delitem(sys.modules, f"{folder.__name__}.h99_more", raising=False)
    importlib.invalidate_caches()
    assert load_hypotheses()[-1].ID == "H99"


def test_the_code_of_every_hypothesis_is_in_its_closure():
    modules = hypothesis_modules()
    assert set(modules) <= closure(modules)
    assert "asymmetry.analysis.pairs" in closure(modules)

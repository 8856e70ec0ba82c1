from urllib.parse import parse_qs, unquote

import numpy as np
import pytest

from asymmetry.figures import asymmetry
from asymmetry.report.comparison import comparison, name_of
from asymmetry.report.opening import Opening
from tests.synthetic_tables import TASK, analysed_study, write_crops


@pytest.fixture
def opened(tmp_path):
    study, tables = analysed_study(tmp_path)
    write_crops(tmp_path, tables.runs)
    compared = comparison(study.evaluation, tables, tmp_path)
    return study, tables, Opening(compared, tables.runs["run"])


def cells_of(address):
    page, _, said = address.partition("#")
    assert page == "compare.html"
    return parse_qs(said)["cell"]


def test_a_run_opens_beside_the_reference(opened):
    _, tables, opening = opened
    run = tables.cells["run"].iloc[0]
    assert cells_of(opening.address({"run": run})) == [f"{TASK}/reference", name_of(run)]


def test_of_many_runs_those_open_that_have_images_and_fit(opened):
    _, tables, opening = opened
    address = opening.address({"runs": " ".join(tables.cells["run"])})
    done = tables.cells.loc[tables.cells["status"] == "done", "run"]
    assert cells_of(address) == [f"{TASK}/reference", *map(name_of, done[:5])]


def test_a_run_without_images_opens_what_became_of_it(opened):
    _, tables, opening = opened
    (run,) = tables.cells.loc[tables.cells["status"] == "diverged", "run"]
    assert unquote(opening.address({"run": run, "runs": np.nan})) == f"#run-{run}"


@pytest.mark.parametrize("row", [{}, {"run": np.nan}, {"run": "random/vgg-patch"}, {"value": 1.0}])
def test_what_is_no_run_opens_nothing(opened, row):
    assert opened[2].address(row) is None


def test_a_loss_opens_beside_another_in_the_same_setting(opened):
    study, tables, opening = opened
    points = asymmetry.numbers(tables, study)
    runs = tables.cells.set_index("run")
    for row in points.to_dict("records"):
        own, other = row["opens"].split()
        setting = ["discriminator", "adversarial_weight", "seed"]
        assert runs.loc[own, "fidelity"] == row["fidelity"] != runs.loc[other, "fidelity"]
        assert runs.loc[own, setting].tolist() == runs.loc[other, setting].tolist()
        assert (runs.loc[own, "adversarial_weight"] > 0) == (row["regime"] == "with adversary")
        assert cells_of(opening.address(row)) == [f"{TASK}/reference", name_of(own), name_of(other)]
    panel = points[(points["axis"] == "distortion") & (points["regime"] == "without adversary")]
    best = panel.loc[panel["effect"].idxmax(), "fidelity"]
    others = panel[panel["fidelity"] != best]["opens"].str.split().str[1]
    assert set(runs.loc[others, "fidelity"]) == {best}

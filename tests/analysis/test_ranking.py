import numpy as np
import pytest

from asymmetry.analysis.ranking import ranking
from asymmetry.tables.read import load_tables
from tests.synthetic_tables import (
    FIDELITY,
    analysed_study,
    make_runs,
    make_scores,
    make_study,
    write_tables,
)


def of_axis(table, axis="distortion"):
    return table[table["axis"] == axis].set_index("fidelity")


def test_the_better_loss_ranks_first(tmp_path):
    runs = make_runs()
    good = {"l1": 3.0, "ms_ssim": 0.0, "lpips-alex": 9.0}
    write_tables(tmp_path, runs=runs, scores=make_scores(runs, good, noise=0.01))
    rows = of_axis(ranking(load_tables(tmp_path), make_study(tmp_path)))
    # Of seven settings, one lost its run of l1 and one that of ms_ssim.
    assert set(rows["blocks"]) == {5}
    assert rows["rank"].to_dict() == {"lpips-alex": 1, "l1": 2, "ms_ssim": 3}
    assert rows.index.tolist() == ["lpips-alex", "l1", "ms_ssim"]
    assert rows["difference"].iloc[0] == pytest.approx(2.343 * np.sqrt(12 / 30), rel=1e-3)
    assert rows.loc["lpips-alex", ["first", "last"]].tolist() == [0, 1]
    assert all(len(runs.split()) == 5 for runs in rows["runs"])


def test_a_loss_without_blocks_is_not_ranked_and_stops_nobody(tmp_path):
    runs = make_runs()
    gone = (runs["fidelity"] == FIDELITY[1]) & (runs["kind"] == "cell")
    runs.loc[gone, "status"] = "diverged"
    write_tables(tmp_path, runs=runs, scores=make_scores(runs))
    rows = of_axis(ranking(load_tables(tmp_path), make_study(tmp_path)))
    assert rows["rank"].notna().to_dict() == {"l1": True, "lpips-alex": True, "ms_ssim": False}
    assert np.isnan(rows["p"]).all()  # Friedman's test takes three


def test_an_axis_without_two_blocks_has_losses_without_ranks(tmp_path):
    runs = make_runs()
    kept = (runs["adversarial_weight"] == 0) | (runs["kind"] != "cell")
    runs.loc[~kept, "status"] = "missing"
    write_tables(tmp_path, runs=runs, scores=make_scores(runs))
    rows = ranking(load_tables(tmp_path), make_study(tmp_path))
    assert set(rows["fidelity"]) == set(FIDELITY)
    assert rows["rank"].isna().all()


def test_both_axes_have_their_own(tmp_path):
    study, tables = analysed_study(tmp_path)
    assert ranking(tables, study).groupby("axis")["rank"].count().to_dict() == {
        "distortion": 3,
        "perception": 3,
    }

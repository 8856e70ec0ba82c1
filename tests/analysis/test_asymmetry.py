import pytest

from asymmetry.analysis.asymmetry import points
from asymmetry.analysis.regimes import WITH, regime
from asymmetry.tables.read import load_tables
from tests.analysis.test_regimes import LOSSES, RISING, additive
from tests.synthetic_tables import all_effects, make_runs, make_scores, make_skill, write_tables


def test_points_keep_losses_without_skill(tmp_path):
    runs = make_runs(LOSSES)
    write_tables(tmp_path, runs=runs, scores=make_scores(runs, RISING, metrics=["vsi"]))
    (effects,) = all_effects(load_tables(tmp_path), ["vsi"])
    table = points(effects, make_skill({"l1": 0.8}))
    assert len(table) == 6
    assert table.loc[table["fidelity"] == "ssim", "skill"].isna().all()


def test_intervals_of_effects_are_student_s():
    effects = additive(36, chance=2.0)
    table = points(effects, make_skill({})).set_index("regime").loc[WITH]
    part = regime(effects, WITH)
    width = (table["effect_high"] - table["effect_low"]).to_numpy()
    assert part.degrees_of_freedom == 36 - 12
    assert width == pytest.approx(2 * 2.063899 * part.error)

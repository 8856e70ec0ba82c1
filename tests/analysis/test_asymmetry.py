import numpy as np
import pandas as pd
import pytest

from asymmetry.analysis.asymmetry import ALPHA, FEWEST, WITH, WITHOUT, hypotheses, points, regime
from asymmetry.analysis.correlation import critical_rho
from asymmetry.analysis.effect import all_effects
from asymmetry.analysis.tables import load_tables
from tests.synthetic_tables import make_runs, make_scores, make_skill, make_study, write_tables

LOSSES = ["l1", "ms_ssim", "ssim", "fsim", "vif", "psnr", "nlpd", "cw_ssim"]
RISING = {loss: float(place) for place, loss in enumerate(LOSSES)}
FALLING = {loss: -place for loss, place in RISING.items()}
SKILL = {loss: 0.5 + 0.05 * place for loss, place in RISING.items()}


def claims(folder, losses, quality, with_adversary=None, skill=SKILL):
    """H1 without and with an adversary, and H2, of a simulated study."""
    runs = make_runs(losses)
    scores = make_scores(runs, quality, with_adversary, metrics=["vsi", "gmsd"], noise=0.05)
    table = make_skill({loss: skill[loss] for loss in losses})
    table = table.assign(low=table["value"] - 0.005, high=table["value"] + 0.005)
    write_tables(folder, runs=runs, scores=scores, skill=table)
    tables = load_tables(folder)
    (effects,) = all_effects(tables, ["vsi", "gmsd"], make_study(folder).execution.bootstrap)
    return hypotheses(effects, tables.skill)


def test_planted_agreement_contradicts_h1(tmp_path):
    h1, _, h2 = claims(tmp_path, LOSSES, RISING)
    assert (h1["value"], h1["n"]) == (pytest.approx(1.0), 8)
    assert h1["p"] == pytest.approx(2 / 40320)
    assert h1["verdict"] == "contradicted"
    assert h2["verdict"] == "undecided"


def test_planted_disagreement_supports_h1(tmp_path):
    h1, with_adversary, _ = claims(tmp_path, LOSSES, FALLING)
    assert h1["value"] == with_adversary["value"] == pytest.approx(-1.0)
    assert h1["high"] < 0
    assert h1["verdict"] == "supported"


def test_planted_reversal_supports_h2(tmp_path):
    _, _, h2 = claims(tmp_path, LOSSES, RISING, FALLING)
    assert h2["value"] == pytest.approx(-2.0)
    assert h2["high"] < 0
    assert h2["verdict"] == "supported"
    assert h2["p"] <= 2 / 100


def test_an_intermediate_correlation_is_recovered(tmp_path):
    # The ranks 0 1 2 3 4 5 6 7 against 1 0 3 2 5 4 7 6: rho = 1 - 6 * 8 / (8 * 63).
    swapped = {loss: RISING[LOSSES[place ^ 1]] for place, loss in enumerate(LOSSES)}
    h1, _, _ = claims(tmp_path, LOSSES, swapped)
    assert h1["value"] == pytest.approx(1 - 48 / 504)
    assert h1["low"] < h1["value"] <= h1["high"]


def test_three_losses_are_too_few(tmp_path):
    for row in claims(tmp_path, LOSSES[:3], RISING):
        assert row["verdict"] == "undecided"
        assert np.isnan([row["low"], row["high"]]).all()
        assert (row["id"] == "H2") == np.isnan(row["p"])
        assert "n = 3: no rank correlation can reach p ≤ 0.05" in row["note"]
        assert "severity ranks (not opinion scores)" in row["note"]
        assert row["coverage"] == "19 of 21 settings done, 1 diverged, 1 missing"


def test_the_fewest_losses_are_those_whose_order_can_be_significant():
    assert critical_rho(FEWEST - 1, ALPHA) == np.inf
    assert critical_rho(FEWEST, ALPHA) <= 1


def test_an_interval_without_width_is_no_certainty(tmp_path):
    h1, _, h2 = claims(tmp_path, LOSSES, RISING)
    assert h2["low"] == h2["high"] == 0
    assert "All draws agree" in h2["note"]
    assert "All draws agree" not in claims(tmp_path, LOSSES, RISING, FALLING)[2]["note"]
    assert ("All draws agree" in h1["note"]) == (h1["low"] == h1["high"])


def test_losses_are_compared_on_settings_that_all_have(tmp_path):
    runs = make_runs(LOSSES[:3])
    write_tables(tmp_path, runs=runs, scores=make_scores(runs, RISING, metrics=["vsi"]))
    (effects,) = all_effects(load_tables(tmp_path), ["vsi"], 20)
    part = regime(effects, WITH)
    assert (part.settings, part.possible) == (
        4,
        6,
    )  # one of six diverged for a loss, one is missing
    assert regime(effects, WITHOUT).losses == LOSSES[:3]


def test_points_keep_losses_without_skill(tmp_path):
    runs = make_runs(LOSSES[:3])
    write_tables(tmp_path, runs=runs, scores=make_scores(runs, RISING, metrics=["vsi"]))
    (effects,) = all_effects(load_tables(tmp_path), ["vsi"], 20)
    table = points(effects, make_skill({"l1": 0.8}))
    assert len(table) == 6
    assert table.loc[table["fidelity"] == "ssim", "skill"].isna().all()
    assert isinstance(table, pd.DataFrame)

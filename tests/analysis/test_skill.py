import numpy as np
import pandas as pd
import pytest

from asymmetry.analysis.skill import sets_in_words, skill_of_losses
from asymmetry.study import Calibration
from tests.synthetic_tables import make_skill


def two_sets(first, second):
    opinions = make_skill(second).assign(set="live", kind="scores")
    return pd.concat([make_skill(first), opinions], ignore_index=True)


def test_mean_is_fisher_s():
    skill = skill_of_losses(two_sets({"l1": 0.8}, {"l1": 0.9}))
    assert skill.loc["l1", "skill"] == pytest.approx(
        np.tanh((np.arctanh(0.8) + np.arctanh(0.9)) / 2)
    )
    assert skill.loc["l1", "low"] < 0.85 < skill.loc["l1", "high"]


def test_interval_of_one_set_is_near_its_own():
    skill = skill_of_losses(make_skill({"l1": 0.5}))
    assert skill.loc["l1", ["low", "high"]].tolist() == pytest.approx([0.45, 0.54], abs=0.01)


def test_a_loss_that_a_set_lacks_is_left_out():
    skill = skill_of_losses(two_sets({"l1": 0.8, "gmsd": 0.7}, {"l1": 0.9}))
    assert skill.index.tolist() == ["l1"]


def test_a_negative_skill_stays_negative():
    assert skill_of_losses(make_skill({"l1": -0.6})).loc["l1", "skill"] == pytest.approx(-0.6)


def test_a_perfect_skill_is_finite():
    assert np.isfinite(skill_of_losses(make_skill({"l1": 1.0})).loc["l1", "z"])


def test_other_rows_do_not_count():
    rows = make_skill({"l1": 0.8})
    other = [rows.assign(role="metric", value=0.1), rows.assign(subset="blur", value=0.1)]
    other.append(rows.assign(statistic="plcc", value=0.1))
    assert skill_of_losses(pd.concat([rows, *other])).loc["l1", "skill"] == pytest.approx(0.8)


def test_severities_are_never_called_opinions():
    words = sets_in_words(two_sets({"l1": 0.8}, {"l1": 0.8}), None)
    assert words == "severities: severity ranks (not opinion scores); live: opinion scores"


def test_a_set_that_fitted_weights_is_said_to_be_cut():
    words = sets_in_words(two_sets({"l1": 0.8}, {"l1": 0.8}), Calibration(set="live"))
    severities, live = words.split("; ")
    assert severities == "severities: severity ranks (not opinion scores)"
    assert live == "live: opinion scores, of the contents that fitted no channel weights"


def test_what_all_losses_have_in_common_is_no_error_of_their_order():
    """Two losses that see the same of the images have no error; an independent one has its own."""
    rng = np.random.default_rng(0)
    quality = rng.standard_normal(60)
    seen = quality + rng.standard_normal(60)
    measured = {"l1": -seen, "mse": -2 * seen, "gmsd": quality + rng.standard_normal(60)}
    values = pd.concat(
        pd.DataFrame({"metric": name, "value": own, "score": quality}).assign(
            image=[f"photo{place}" for place in range(60)], set="severities", role="fidelity"
        )
        for name, own in measured.items()
    ).assign(group=lambda table: table["image"])
    skill = make_skill(dict.fromkeys(measured, 0.7))
    alone, paired = skill_of_losses(skill), skill_of_losses(skill, values, 400)
    assert paired["skill"].tolist() == alone["skill"].tolist()
    assert paired.loc["l1", "error"] == pytest.approx(paired.loc["mse", "error"])
    # The difference of two independent ones, a third and two thirds of it, by the two sides.
    assert paired.loc["gmsd", "error"] == pytest.approx(2 * paired.loc["l1", "error"])
    same = {name: values.query("metric == 'l1'").assign(metric=name) for name in measured}
    shared = skill_of_losses(skill, pd.concat(same.values()), 50)
    assert shared["error"].tolist() == pytest.approx([0, 0, 0], abs=1e-12)
    assert skill_of_losses(skill, values[:0])["error"].equals(alone["error"])

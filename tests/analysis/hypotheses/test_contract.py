import numpy as np
import pytest

from asymmetry.analysis.hypotheses.contract import (
    EVERYWHERE,
    Finding,
    by_interval,
    family,
    with_draws,
    with_estimate,
)
from asymmetry.stats.estimate import Estimate


def finding(value: float, p: float, verdict: str) -> Finding:
    return Finding(EVERYWHERE, f"p of {p}", "difference", value=value, p=p, verdict=verdict)


def test_what_p_after_holm_no_longer_decides_is_undecided():
    """Alone each would be significant; of two, the smaller p counts twice, the other no less."""
    both = (finding(1, 0.03, "supported"), finding(-1, 0.04, "contradicted"))
    found = family([*both, finding(1, np.nan, "undecided")])
    assert [one.p for one in found[:2]] == pytest.approx([0.06, 0.06])
    assert [one.verdict for one in found] == ["undecided"] * 3
    strong = family([finding(1, 0.01, "supported"), finding(-1, 0.04, "contradicted")])
    assert [one.p for one in strong] == pytest.approx([0.02, 0.04])
    assert [one.verdict for one in strong] == ["supported", "contradicted"]


def test_what_is_practically_equal_stays_so():
    (found,) = family([finding(0.0, 0.9, "practically equal")])
    assert found.verdict == "practically equal"


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (-0.09, 0.08, "practically equal"),
        (0.01, 0.09, "practically equal"),
        (0.01, 0.2, "supported"),
        (-0.05, 0.2, "undecided"),
    ],
)
def test_within_the_region_of_no_difference_is_practically_equal(low, high, verdict):
    assert by_interval(low, high, margin=0.1) == verdict


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [(0.6, 0.9, "supported"), (0.1, 0.4, "contradicted"), (0.4, 0.6, "undecided")],
)
def test_a_verdict_is_from_the_side_of_the_border(low, high, verdict):
    assert by_interval(low, high, border=0.5) == verdict
    assert by_interval(-high, -low, border=-0.5, sign=-1) == verdict
    assert by_interval(np.nan, np.nan) == "undecided"


def test_draws_give_interval_power_and_verdict():
    base = Finding(EVERYWHERE, "all", "difference", n=7)
    drawn = np.linspace(1, 3, 1001)
    found = with_draws(base, 2.0, drawn, assumed=1.96 * drawn.std(), p=0.01)
    assert (found.value, found.p, found.n, found.verdict) == (2.0, 0.01, 7, "supported")
    assert (found.low, found.high) == (pytest.approx(1.05), pytest.approx(2.95))
    assert found.power == pytest.approx(0.5, abs=0.01)
    assert with_draws(base, 2.0, drawn, sign=-1).verdict == "contradicted"
    assert np.isnan(with_draws(base, 2.0, drawn).power)


def test_without_draws_there_is_a_value_only():
    found = with_draws(Finding(EVERYWHERE, "all", "difference"), 2.0, np.empty(0), assumed=1)
    assert found.value == 2.0
    assert np.isnan([found.low, found.high, found.power]).all()
    assert found.verdict == "undecided"


def test_an_estimate_gives_all():
    estimate = Estimate(2.0, 0.5, np.inf, 7)
    base = Finding(EVERYWHERE, "all", "difference")
    found = with_estimate(base, estimate, assumed=1.4)
    assert (found.low, found.high) == (pytest.approx(1.02, abs=1e-3), pytest.approx(2.98, abs=1e-3))
    assert found.power == pytest.approx(0.8, abs=0.01)
    assert (found.n, found.verdict) == (7, "supported")
    assert with_estimate(base, estimate, assumed=1, sign=-1).verdict == "contradicted"


def test_an_estimate_without_error_is_no_data_s_fault():
    estimate = Estimate(2.0, np.nan, np.nan, 1)
    base = Finding(EVERYWHERE, "all", "difference")
    found = with_estimate(base, estimate, assumed=1, mend="Take a second seed.")
    assert (found.value, found.verdict) == (2.0, "this design cannot decide it")
    assert found.note == "Take a second seed."

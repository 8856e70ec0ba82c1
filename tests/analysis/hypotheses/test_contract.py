import numpy as np
import pytest

from asymmetry.analysis.contrast import Contrast
from asymmetry.analysis.hypotheses.contract import (
    EVERYWHERE,
    Finding,
    by_interval,
    family,
    with_contrast,
    with_draws,
)


def finding(value: float, p: float) -> Finding:
    return Finding(EVERYWHERE, f"p of {p}", "difference", value=value, p=p)


def test_a_verdict_is_from_p_after_holm():
    """Alone each would be significant; of two, the smaller p counts twice, the other no less."""
    found = family([finding(1, 0.03), finding(-1, 0.04), finding(1, np.nan)])
    assert [one.p for one in found[:2]] == pytest.approx([0.06, 0.06])
    assert [one.verdict for one in found] == ["undecided"] * 3
    strong = family([finding(1, 0.01), finding(-1, 0.04)])
    assert [one.p for one in strong] == pytest.approx([0.02, 0.04])
    assert [one.verdict for one in strong] == ["supported", "contradicted"]


def test_a_claim_of_a_negative_value_turns_the_sign():
    (found,) = family([finding(-1, 0.01)], sign=-1)
    assert found.verdict == "supported"


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


def test_a_contrast_gives_all_but_the_verdict():
    contrast = Contrast(2.0, 1.0, 3.0, 0.02, 3, 0.5, np.inf)
    found = with_contrast(Finding(EVERYWHERE, "all", "difference"), contrast, assumed=1.4)
    assert (found.value, found.low, found.high, found.p) == (2.0, 1.0, 3.0, 0.02)
    assert found.power == pytest.approx(0.8, abs=0.01)
    assert found.verdict == "undecided"

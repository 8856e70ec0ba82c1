import numpy as np
import pytest

from asymmetry.analysis.hypotheses.contract import EVERYWHERE, Finding, family


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

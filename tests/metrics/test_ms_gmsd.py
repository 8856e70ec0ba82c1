import pytest

from asymmetry.metrics.ms_gmsd import ms_gmsd
from tests.metrics.pairs import grey_pair


def test_is_what_piq_says():
    """piq 0.8.0's `multi_scale_gmsd`, in double precision; no MATLAB value is published."""
    assert float(ms_gmsd(*grey_pair(96, 80))) == pytest.approx(0.008936538099915379, abs=1e-11)

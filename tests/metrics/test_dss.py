import pytest
import torch
from scipy.fft import dctn

from asymmetry.metrics.dss import _constants, _worst, dss
from tests.metrics.pairs import grey_pair


def test_is_what_piq_says():
    """piq 0.8.0, of double precision but for its last sum."""
    assert float(dss(*grey_pair(96, 80))) == pytest.approx(0.9951511851811694, abs=1e-8)


def test_the_transform_is_scipys():
    block = torch.rand(8, 8, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    transform, chosen, shares = _constants(torch.device("cpu"))
    ours = (transform @ block @ transform.mT).numpy()
    assert ours == pytest.approx(dctn(block.numpy(), norm="ortho"), abs=1e-14)
    # Those of m^2 + n^2 (in half steps) up to 22, where the bell is 1 %.
    assert (
        len(chosen)
        == len(shares)
        == sum((m + 0.5) ** 2 + (n + 0.5) ** 2 < 22.13 for m in range(8) for n in range(8))
    )


def test_the_worst_twentieth_counts():
    maps = torch.arange(60.0).flip(0).view(1, 1, 6, 10)
    assert float(_worst(maps)) == 1  # the mean of 0, 1 and 2


def test_what_is_no_whole_block_does_not_count():
    restored, reference = grey_pair(64, 72)
    whole = float(dss(restored, reference))
    wider = (torch.cat([image, image[..., :5]], dim=3) for image in (restored, reference))
    assert float(dss(*wider)) == whole

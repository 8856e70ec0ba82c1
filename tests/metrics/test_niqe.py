"""NIQE beside its authors' release, run in GNU Octave 7.3, and beside distributions that are known.

The photos have no flat areas but black ones, so that no value hangs on the order of sums.
`test_reference_values.py` has the values that were published.
"""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import skimage.data
import torch
from scipy.stats import gennorm
from torch import Tensor

from asymmetry.fidelity.as_metric import build_metric
from asymmetry.imaging.colour import grey, to_8_bits
from asymmetry.metrics.niqe import _ACROSS, _DOWN, Niqe, _smooth, features, fit_aggd
from asymmetry.weights.store import has_weights

WEIGHTS = Path(__file__).resolve().parents[3] / "shared/weights"


def photo(name: str) -> Tensor:
    """The grey photo [1, 1, H, W]; one has a black rectangle, over two blocks and parts of more."""
    pixels = torch.from_numpy(getattr(skimage.data, name.removesuffix(" in part"))())
    plane = to_8_bits(grey(pixels.permute(2, 0, 1).unsqueeze(0).double() / 255))
    if name.endswith(" in part"):
        plane[..., 100:, 150:400] = 0
    return plane


@pytest.fixture
def plain(tmp_path: Path) -> Niqe:
    """NIQE from means 0, 1/36, 2/36 ... and a covariance of one."""
    path = tmp_path / "plain.npz"
    np.savez(path, mu_pris_param=np.arange(36)[None] / 36, cov_pris_param=np.eye(36))
    return Niqe(path)


@pytest.mark.parametrize(
    ("name", "octave"),
    [
        ("chelsea", 5.125965576227),
        ("chelsea in part", 4.361958997567),
        ("coffee", 5.227314252886),
    ],
)
def test_is_what_the_release_says_of_a_plain_model(plain: Niqe, name: str, octave: float):
    plane = photo(name)
    assert float(plain(plane, plane)) == pytest.approx(octave, abs=1e-10)


@pytest.mark.skipif(not has_weights("niqe_pristine", WEIGHTS), reason="needs niqe_pristine")
@pytest.mark.parametrize(
    ("name", "octave"),
    [
        ("chelsea", 2.572084043015),
        ("chelsea in part", 4.033467543917),
        ("coffee", 4.058462007488),
    ],
)
def test_is_what_the_release_says_of_its_model(name: str, octave: float):
    plane = photo(name)
    model = Niqe(WEIGHTS / "niqe_pristine.npz")
    assert float(model(plane, plane)) == pytest.approx(octave, abs=1e-10)


def test_black_blocks_lack_features_and_a_black_image_has_no_value(plain: Niqe):
    seen = features(photo("chelsea in part")[0] * 255)
    assert seen.shape == (12, 36)
    assert seen.isnan().any(dim=1).sum() == 2
    # The shape is the first of the table where there is nothing to fit.
    assert set(seen[seen.isnan().any(dim=1), 0].tolist()) == {0.2}
    black = torch.zeros(1, 1, 200, 200)
    assert plain(black, black).isnan().all()


def test_one_whole_block_has_no_covariance(plain: Niqe):
    """As MATLAB's nancov of one row, which is zero."""
    plane = torch.zeros(1, 1, 96, 192, dtype=torch.float64)
    plane[..., :96] = photo("chelsea")[..., 96:192, 96:192]
    seen = features(plane[0] * 255)
    assert seen.isnan().any(dim=1).tolist() == [False, True]
    away = (torch.arange(36, dtype=torch.float64) / 36 - seen.nanmean(dim=0)).square().sum()
    # Half a covariance of one is inverted to two.
    assert float(plain(plane, plane)) == pytest.approx(float((2 * away).sqrt()), rel=1e-12)


def test_values_are_of_whole_levels_and_of_each_image(plain: Niqe):
    planes = torch.cat([photo("chelsea"), photo("chelsea in part")])
    together = plain(planes + 0.4 / 255, planes)
    alone = torch.cat([plain(plane[None], plane[None]) for plane in planes])
    assert together.tolist() == alone.tolist()


@pytest.mark.parametrize(("shape", "left", "right"), [(0.6, 1, 1), (1, 2, 1), (2, 0.5, 1.5)])
def test_the_parameters_of_a_sample_are_found(shape: float, left: float, right: float):
    """A side is drawn as often as it is wide; its magnitudes are of a generalised Gaussian."""
    random = np.random.default_rng(0)
    count = 400_000
    signs = np.where(random.random(count) < left / (left + right), -left, right)
    sample = signs * np.abs(gennorm.rvs(shape, size=count, random_state=random))
    found = [float(value) for value in fit_aggd(torch.from_numpy(sample)[None])]
    assert found == pytest.approx([shape, left, right], rel=0.02)


def test_a_constant_magnitude_is_of_the_last_shape_of_the_table():
    alternating = torch.tensor([1.0, -1.0], dtype=torch.float64).repeat(50)[None]
    assert float(fit_aggd(alternating)[0]) == 10


@pytest.mark.parametrize("dim", [2, 3])
def test_flat_areas_are_smoothed_in_the_order_that_is_documented(dim: int):
    """Their rounding errors are what NIQE sees: each product and sum rounded once, exactly here."""

    def smoothed(level: float) -> float:
        for taps in (_DOWN[::-1], _ACROSS):
            total = 0.0
            for tap in taps:
                total = float(Fraction(tap) * Fraction(level) + Fraction(total))
            level = total
        return level

    levels = torch.arange(256, dtype=torch.float64) ** 2
    shape = [1, 1, 9, 9]
    shape[dim] = 256 * 9
    stripes = levels.repeat_interleave(9).unsqueeze(0).T.expand(-1, 9)
    stripes = stripes if dim == 2 else stripes.T
    middle = _smooth(stripes.reshape(shape))[0, 0]
    middle = middle[4::9, 4] if dim == 2 else middle[4, 4::9]
    assert middle.tolist() == [smoothed(float(level)) for level in levels]


def test_the_window_is_the_gaussian_of_the_paper():
    places = np.arange(-3, 4)
    bell = np.exp(-(places**2) / (2 * (7 / 6) ** 2))
    for taps in (_DOWN, _ACROSS):
        assert taps == pytest.approx(bell / bell.sum(), rel=1e-14)


def test_it_is_built_by_its_name():
    if not has_weights("niqe_pristine", WEIGHTS):
        pytest.skip("needs niqe_pristine")
    image = torch.rand(1, 3, 192, 192, generator=torch.Generator().manual_seed(0))
    assert build_metric("niqe", WEIGHTS, torch.device("cpu"))(image, image) > 0

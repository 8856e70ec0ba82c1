"""Transfer on human scores, beside a baseline that others can compute."""

import importlib.util
from functools import partial

import numpy as np
import pytest
from scipy import ndimage, optimize
from scipy.special import gamma
from skimage import data

from tests.conftest import ROOT

BASELINE = 0.624  # the SRCC of BRISQUE's features with an SVR on the same 400 images


@pytest.fixture(scope="module")
def bench():
    spec = importlib.util.spec_from_file_location("biq2021", ROOT / "bench/biq2021.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_features_of_the_baseline_are_those_of_brisque(bench):
    """The first two are shape and variance of the normalised luma, by moments (its eqs. 1 to 6)."""
    rgb = data.astronaut()
    luma = np.round(rgb @ [0.299, 0.587, 0.114])
    blur = partial(ndimage.gaussian_filter, sigma=7 / 6, radius=3, mode="constant")
    mean = blur(luma)
    normalised = (luma - mean) / (np.sqrt(np.abs(blur(luma**2) - mean**2)) + 1)
    variance = np.square(normalised).mean()
    ratio = variance / np.abs(normalised).mean() ** 2

    def surplus(shape):
        return gamma(1 / shape) * gamma(3 / shape) / gamma(2 / shape) ** 2 - ratio

    features = bench.brisque(rgb)
    assert features.shape == (36,)
    assert features[0] == pytest.approx(optimize.brentq(surplus, 0.2, 10), abs=0.01)
    assert features[1] == pytest.approx(variance, rel=0.01)


@pytest.mark.long  # fewer or smaller images do not tell the two apart
def test_an_imagenet_probe_beats_a_random_one(bench, shared, workplace):
    found = bench.probes(shared / "data/biq2021", crop=64)
    assert found["n"].tolist() == [400, 400]
    random, pretrained = found.loc["random"], found.loc["pretrained"]
    assert random["value"] < pretrained["low"]
    assert random["high"] < pretrained["value"]


@pytest.mark.long
def test_an_imagenet_probe_beats_the_baseline(bench, shared, workplace):
    """At crop 128, a third of the area of the benchmark's 224, for the sake of time."""
    found = bench.probes(shared / "data/biq2021", crop=128, controls=["pretrained"])
    assert found["value"].item() > BASELINE

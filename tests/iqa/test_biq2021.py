"""Transfer on human scores, beside a baseline that others can compute."""

import importlib.util

import numpy as np
import pytest
from skimage import data

from tests.conftest import ROOT

BASELINE = 0.61  # the SRCC of BRISQUE's features with an SVR on the same 400 images


@pytest.fixture(scope="module")
def bench():
    spec = importlib.util.spec_from_file_location("biq2021", ROOT / "bench/biq2021.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_features_of_the_baseline_are_those_of_brisque(bench):
    """Its first two are shape and variance of the normalised luma: Gaussian noise has shape 2."""
    rgb = np.repeat(np.random.default_rng(0).normal(128, 20, (256, 256, 1)), 3, axis=2)
    noise = bench.brisque(np.clip(rgb, 0, 255).astype(np.uint8))
    photo = bench.brisque(data.astronaut())
    assert noise.shape == photo.shape == (36,)
    assert noise[0] == pytest.approx(2, abs=0.3)
    assert photo[0] < noise[0]


@pytest.mark.slow
def test_an_imagenet_probe_beats_a_random_one_and_the_baseline(bench, shared, workplace):
    found = bench.probes(shared / "data/biq2021", crop=64)
    assert found["n"].tolist() == [400, 400]
    random, pretrained = found.loc["random"], found.loc["pretrained"]
    assert random["value"] < pretrained["low"]
    assert random["high"] < pretrained["value"]
    assert pretrained["low"] > BASELINE

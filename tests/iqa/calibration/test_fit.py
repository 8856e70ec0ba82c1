import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import nnls

from asymmetry.core.errors import UserError
from asymmetry.iqa.calibration.fit import PENALTIES, chosen_penalty, fit_weights, solve

CONTENTS = [f"c{image // 8}" for image in range(80)]


def features_of(channels: int, seed: int = 0) -> np.ndarray:
    """Dissimilarities of 80 images: a common strength, and what each channel alone sees."""
    rng = np.random.default_rng(seed)
    strength = rng.gamma(2.0, 0.1, (80, 1))
    return strength * rng.uniform(0.5, 1.5, channels) + rng.uniform(0, 0.1, (80, channels))


@pytest.mark.parametrize("scale", [0.01, 40.0])
def test_planted_weights_are_found_whatever_the_scale_of_the_scores(scale: float):
    planted = np.array([0.5, 0.0, 0.3, 0.0, 0.2, 0.0])
    features = features_of(6)
    found = fit_weights(features, 7 + scale * features @ planted, CONTENTS)
    assert found.penalty == PENALTIES[-1]  # no noise: the least shrinking is best
    assert found.weights == pytest.approx(planted, abs=5e-3)
    exact = solve(features, 7 + scale * features @ planted, 1e-9)
    assert exact / exact.sum() == pytest.approx(planted, abs=1e-4)


def test_two_channels_by_hand():
    """Orthogonal features of variance 1 and 4, y is the first: the two equations are solved here.

    Even weights give (f1 + f2) / 2, of variance 5 / 4, so in the fit's units the features are
    g = f / sqrt(5). With d = v1 - v2 the penalty is p d^2 / 4, and
    (1/5 + p/4) v1 - p/4 v2 = 1/sqrt(5) and (4/5 + p/4) v2 - p/4 v1 = 0.
    """
    first, second = np.array([1.0, 1, -1, -1]), np.array([2.0, -2, 2, -2])
    penalty = 0.8
    matrix = [[1 / 5 + penalty / 4, -penalty / 4], [-penalty / 4, 4 / 5 + penalty / 4]]
    expected = np.linalg.solve(matrix, [1 / np.sqrt(5), 0])
    found = solve(np.stack([first, second], axis=1), first, penalty)
    assert found == pytest.approx(expected / np.sqrt(5), rel=1e-6)


@pytest.mark.parametrize("penalty", [1e-4, 1e-2, 1.0, 10.0])
def test_agrees_with_lawson_and_hanson(penalty: float):
    """The same problem, rows of the penalty below those of the images, by another algorithm."""
    rng = np.random.default_rng(1)
    features = rng.uniform(0, 1, (40, 12))
    badness = features @ rng.uniform(-0.2, 1, 12) + rng.normal(0, 0.2, 40)
    centred = features - features.mean(axis=0)
    unit = badness.std() / (12 * centred.mean(axis=1).std())
    rows = [centred * unit / badness.std() / np.sqrt(40)]
    rows.append(np.sqrt(penalty / 12) * (np.eye(12) - 1 / 12))
    wanted = (badness - badness.mean()) / badness.std() / np.sqrt(40)
    expected, _ = nnls(np.vstack(rows), np.concatenate([wanted, np.zeros(12)]))
    assert solve(features, badness, penalty) / unit == pytest.approx(expected, abs=1e-6)


def test_a_large_penalty_gives_even_weights():
    features = features_of(30)
    found = solve(features, features[:, 0], 1e6)
    assert found / found.sum() == pytest.approx(np.full(30, 1 / 30), rel=1e-3)


def test_the_penalty_is_one_that_serves_other_images():
    """More channels than images, and noise: hardly any penalty fits the noise."""
    features, others = features_of(200), features_of(200, seed=9)
    badness = features.mean(axis=1) + np.random.default_rng(2).normal(0, 0.05, 80)
    penalty = chosen_penalty(features, badness, CONTENTS)
    chosen, weakest = (
        np.corrcoef(others @ solve(features, badness, one), others.mean(axis=1))[0, 1]
        for one in (penalty, PENALTIES[-1])
    )
    assert penalty > PENALTIES[-1]
    assert chosen > weakest


@pytest.mark.parametrize("channels", [3, 40, 120])
def test_weights_are_not_negative_and_sum_to_one(channels: int):
    are_weights(0, channels)


@pytest.mark.long
@settings(max_examples=10)
@given(st.integers(0, 10_000), st.sampled_from([3, 40, 120]))
def test_so_they_are_of_any_features(seed: int, channels: int):
    are_weights(seed, channels)


def are_weights(seed: int, channels: int) -> None:
    features = features_of(channels, seed)
    rng = np.random.default_rng(seed)
    badness = features @ rng.uniform(0, 1, channels) + rng.normal(0, 0.1, 80)
    weights = fit_weights(features, badness, CONTENTS).weights
    assert weights.shape == (channels,)
    assert (weights >= 0).all()
    assert weights.sum() == pytest.approx(1)


@settings(max_examples=10)
@given(st.integers(0, 10_000), st.sampled_from(PENALTIES))
def test_it_predicts_what_it_was_fitted_to_no_worse_than_even_weights(seed: int, penalty: float):
    features = features_of(100, seed)
    badness = features.mean(axis=1) + np.random.default_rng(seed).normal(0, 0.1, 80)
    fitted = features @ solve(features, badness, penalty)
    even = np.corrcoef(features.mean(axis=1), badness)[0, 1]
    assert np.corrcoef(fitted, badness)[0, 1] >= even - 1e-6


def test_the_order_of_the_images_does_not_matter():
    features, rng = features_of(20), np.random.default_rng(3)
    badness, order = features[:, 3] + rng.normal(0, 0.05, 80), rng.permutation(80)
    shuffled = [CONTENTS[place] for place in order]
    found = fit_weights(features, badness, CONTENTS)
    again = fit_weights(features[order], badness[order], shuffled)
    assert again.penalty == found.penalty
    assert again.weights == pytest.approx(found.weights, abs=1e-6)


def test_equal_scores_are_one_line():
    with pytest.raises(UserError, match="differ in nothing"):
        fit_weights(features_of(5), np.ones(80), CONTENTS)


def test_scores_the_wrong_way_round_are_one_line():
    """Every channel is the same: none differs more where the scores are worse."""
    features = features_of(1).repeat(5, axis=1)
    with pytest.raises(UserError, match="check the set's higher_is_better"):
        fit_weights(features, -features[:, 0], CONTENTS)

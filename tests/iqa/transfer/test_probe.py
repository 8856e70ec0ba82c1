import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr

from asymmetry.data.iqa_sets.splits import split_by_content
from asymmetry.iqa.transfer.finetune import DivergedError
from asymmetry.iqa.transfer.probe import PENALTIES, ridge_probe

SPLIT = split_by_content([str(image) for image in range(100)], 0)


def planted(features=30, noise=0.5, seed=0):
    """Features [100, d] of very different scales, and scores linear in three of them."""
    rng = np.random.default_rng(seed)
    values = rng.standard_normal((100, features))
    scores = values[:, :3] @ [2.0, -1.0, 0.5] + noise * rng.standard_normal(100)
    return values * np.logspace(-3, 3, features) + 7, scores


def closed_form(features, scores, penalty):
    """(X'X + penalty I)^-1 X'y of standardised X and centred y, as predictions of all images."""
    train = list(SPLIT.train)
    x = (features - features[train].mean(0)) / features[train].std(0)
    y = scores[train] - scores[train].mean()
    weights = np.linalg.solve(x[train].T @ x[train] + penalty * np.eye(x.shape[1]), x[train].T @ y)
    return x @ weights + scores[train].mean()


def test_it_is_the_closed_form_at_the_best_validated_penalty():
    features, scores = planted()
    validation = list(SPLIT.validation)
    candidates = [closed_form(features, scores, penalty) for penalty in PENALTIES]
    values = [spearmanr(c[validation], scores[validation])[0] for c in candidates]
    best = max(range(len(values)), key=lambda place: (values[place], place))
    np.testing.assert_allclose(ridge_probe(features, scores, SPLIT), candidates[best], atol=1e-6)


def test_a_planted_quality_is_recovered_among_more_features_than_images():
    features, scores = planted(features=400)
    test = list(SPLIT.test)
    found = spearmanr(ridge_probe(features, scores, SPLIT)[test], scores[test])[0]
    assert found > 0.5


def test_nothing_is_found_where_nothing_is():
    values = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        features, scores = rng.standard_normal((100, 40)), rng.standard_normal(100)
        test = list(SPLIT.test)
        values.append(spearmanr(ridge_probe(features, scores, SPLIT)[test], scores[test])[0])
    assert abs(np.mean(values)) < 3 / np.sqrt(20 * 19)  # three standard errors at 20 images each


def test_scores_of_the_test_are_never_read():
    features, scores = planted()
    hidden = scores.copy()
    hidden[list(SPLIT.test)] = np.nan
    np.testing.assert_array_equal(
        ridge_probe(features, scores, SPLIT), ridge_probe(features, hidden, SPLIT)
    )


@settings(max_examples=20, deadline=None)
@given(st.floats(0.01, 100), st.floats(-100, 100))
def test_units_of_the_features_do_not_matter(scale, shift):
    features, scores = planted(features=10)
    found = ridge_probe(features * scale + shift, scores, SPLIT)
    np.testing.assert_allclose(found, ridge_probe(features, scores, SPLIT), atol=1e-4)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_features_that_are_not_finite(value):
    features, scores = planted()
    features[3, 4] = value
    with pytest.raises(DivergedError, match="not finite"):
        ridge_probe(features, scores, SPLIT)


def test_constant_features():
    with pytest.raises(DivergedError, match="constant"):
        ridge_probe(np.ones((100, 4)), planted()[1], SPLIT)

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import expit

from asymmetry.userstudy.bradley_terry import RIDGE, Votes, by_photo, fit_scores, groups, triads
from tests.userstudy.planted import simulate

Array = NDArray[np.float64]


def two_items(wins: float, losses: float) -> Array:
    return np.array([[0, wins], [losses, 0]], dtype=float)


def hunters_mm(wins: Array, rounds: int = 4000) -> Array:
    """Hunter (2004), equation 3: s_i = wins_i / sum_j games_ij / (s_i + s_j)."""
    games, strength = wins + wins.T, np.ones(len(wins))
    for _ in range(rounds):
        strength = wins.sum(1) / (games / (strength[:, None] + strength)).sum(1)
        strength /= strength.mean()
    scores = np.log(strength)
    return scores - scores.mean()


@pytest.mark.parametrize(("wins", "losses"), [(7, 3), (5, 5), (1, 9)])
def test_two_items_differ_by_the_logit_of_the_win_share(wins: int, losses: int):
    scores = fit_scores(two_items(wins, losses), ridge=0)
    assert scores[0] - scores[1] == pytest.approx(np.log(wins / losses))
    assert scores.sum() == pytest.approx(0)


@given(st.integers(0, 50), st.integers(0, 50), st.floats(0.01, 10))
def test_the_ridge_pulls_two_items_together_as_its_equation_says(
    wins: int, losses: int, ridge: float
):
    score = fit_scores(two_items(wins, losses), ridge)[0]
    # The slope is zero: wins - games * expit(2 score) = ridge * score.
    assert wins - (wins + losses) * expit(2 * score) == pytest.approx(ridge * score, abs=1e-6)


def test_the_ridge_hardly_moves_what_is_known():
    scores = fit_scores(two_items(60, 40))
    assert scores[0] - scores[1] == pytest.approx(np.log(60 / 40), rel=0.003)


@settings(max_examples=30)
@given(st.integers(2, 7), st.integers(0, 10**6))
def test_without_a_ridge_it_is_hunters_mm(items: int, key: int):
    wins = np.random.default_rng(key).integers(1, 30, (items, items)).astype(float)
    np.fill_diagonal(wins, 0)
    np.testing.assert_allclose(fit_scores(wins, ridge=0), hunters_mm(wins), atol=1e-5)


@settings(max_examples=60)
@given(st.integers(2, 12), st.integers(0, 10**6))
def test_few_and_one_sided_votes_have_finite_scores_in_any_order_of_items(items: int, key: int):
    rng = np.random.default_rng(key)
    wins = rng.integers(0, 2, (items, items)) * rng.integers(0, 500, (items, items))
    wins = np.triu(wins, 1).astype(float)  # the first always wins
    scores, order = fit_scores(wins), rng.permutation(items)
    assert np.isfinite(scores).all()
    np.testing.assert_allclose(fit_scores(wins[np.ix_(order, order)]), scores[order], atol=1e-6)
    slope = (wins - (wins + wins.T) * expit(scores[:, None] - scores)).sum(1) - RIDGE * scores
    np.testing.assert_allclose(slope, 0, atol=1e-6)


def test_a_published_table_is_reproduced():
    """Baseball, American League 1987 (Agresti, Categorical Data Analysis), without home advantage.

    Relative to Baltimore, as BradleyTerry2 has them (Turner and Firth 2012, J. Stat. Softw. 48.9).
    """
    wins = np.array(
        [
            [0, 7, 9, 7, 7, 9, 11],
            [6, 0, 7, 5, 11, 9, 9],
            [4, 6, 0, 7, 7, 8, 12],
            [6, 8, 6, 0, 6, 7, 10],
            [6, 2, 6, 7, 0, 7, 12],
            [4, 4, 5, 6, 6, 0, 6],
            [2, 4, 1, 3, 1, 7, 0],
        ],
        dtype=float,
    )
    scores = fit_scores(wins, ridge=0)
    published = [1.5814, 1.4364, 1.2945, 1.2476, 1.1077, 0.6839, 0]
    np.testing.assert_allclose(scores - scores[-1], published, atol=5e-5)


def test_the_scores_of_photos_have_the_score_as_their_mean_but_for_the_bias():
    votes = simulate(np.array([-0.5, 0.0, 0.5]), 20, 120, 3)
    scores = fit_scores(votes.wins())
    values = by_photo(votes, scores, 8)
    assert values.shape == (3, 8)
    np.testing.assert_allclose(values.mean(1), scores, atol=0.02)


def test_a_photo_that_speaks_for_an_item_has_it_higher():
    """Item 0 wins all of photo 0, and half of the others."""
    rows = [(0, 1, 0)] * 10 + [(0, 1, photo) for photo in (1, 2)] * 5
    rows += [(1, 0, photo) for photo in (1, 2)] * 5
    winner, loser, photo = np.array(rows).T
    votes = Votes(2, winner, loser, np.zeros(30, int), np.zeros(30, int), photo)
    values = by_photo(votes, fit_scores(votes.wins()), 3)
    assert values[0, 0] > values[0, 1] == pytest.approx(values[0, 2])
    one = by_photo(votes, np.array([1.0, -1.0]), 1)
    assert one.tolist() == [[1.0], [-1.0]]


def test_items_that_never_meet_are_of_two_groups():
    wins = np.zeros((5, 5))
    wins[0, 1] = wins[2, 1] = wins[4, 3] = 1
    labels = groups(wins)
    assert labels[0] == labels[1] == labels[2]
    assert labels[3] == labels[4] != labels[0]


def test_a_circle_is_told_from_an_order():
    circle = np.array([[0, 3, 1], [1, 0, 3], [3, 1, 0]], dtype=float)
    order = np.array([[0, 3, 3], [1, 0, 3], [1, 1, 0]], dtype=float)
    tied = np.array([[0, 2, 3], [2, 0, 3], [1, 1, 0]], dtype=float)
    assert triads(circle) == (1, 1)
    assert triads(order) == (0, 1)
    assert triads(tied) == (0, 0)
    # Where each of five beats the two after it, circles are at their most: (5³ - 5) / 24.
    five = np.zeros((5, 5))
    for item in range(5):
        five[item, [(item + 1) % 5, (item + 2) % 5]] = 1
    assert triads(five) == (5, 10)

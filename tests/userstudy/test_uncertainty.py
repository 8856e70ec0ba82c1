"""Intervals of scores and differences: against closed forms, and against planted scores."""

import numpy as np
import pytest
from scipy.special import expit, ndtri
from scipy.stats import studentized_range

from asymmetry.stats.arrays import Array
from asymmetry.stats.intervals import t_quantile
from asymmetry.userstudy.bradley_terry import Votes, fit_scores
from asymmetry.userstudy.uncertainty import (
    Uncertainty,
    half_widths,
    simultaneous_half_widths,
    simultaneous_of_pairs,
    uncertainty,
)
from tests.userstudy.planted import simulate

MANY = 10**6  # degrees of freedom: Student's t is then the normal


def known(covariance: Array, degrees_of_freedom: int) -> Uncertainty:
    """Scores of this covariance, whatever is drawn."""
    return Uncertainty(covariance, covariance, covariance, degrees_of_freedom)


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize("items", [1, 3, 12])
def test_of_independent_scores_it_is_sidaks_value(items: int):
    """Šidák (1967): each of n is to hold with chance 0.95 ** (1 / n)."""
    reach = simultaneous_half_widths(known(4 * np.eye(items), MANY), rng())
    expected = ndtri((1 + 0.95 ** (1 / items)) / 2)
    assert reach == pytest.approx(np.full(items, 2 * expected), rel=0.01)


@pytest.mark.parametrize("degrees_of_freedom", [4, 20, MANY])
@pytest.mark.parametrize("items", [3, 8])
def test_of_differences_of_independent_scores_it_is_tukeys_value(
    items: int, degrees_of_freedom: int
):
    """Tukey (1953): the quantile of the studentized range, over the root of two."""
    reach = simultaneous_of_pairs(known(np.eye(items), degrees_of_freedom), rng())
    expected = studentized_range.ppf(0.95, items, degrees_of_freedom)
    assert reach == pytest.approx(np.full(len(reach), expected), rel=0.025)


def test_where_scores_move_as_one_it_is_the_interval_of_one():
    as_one = known(np.ones((5, 5)), 9)
    np.testing.assert_allclose(simultaneous_half_widths(as_one, rng()), t_quantile(9), rtol=0.015)
    np.testing.assert_allclose(half_widths(as_one), t_quantile(9))
    assert np.isnan(simultaneous_of_pairs(as_one, rng())).all()  # they do not differ at all


def test_differences_are_in_the_order_of_the_table_and_as_wide_as_their_errors():
    covariance = np.array([[4.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 9.0]])
    reach = simultaneous_of_pairs(known(covariance, 20), rng())
    np.testing.assert_allclose(reach / reach[0], np.sqrt([1, 13 / 3, 10 / 3]))
    among = known(covariance, 20).among(np.array([True, False, True]))
    assert among.raters.tolist() == among.votes.tolist() == [[4, 0], [0, 9]]


def test_a_variance_is_over_raters_and_pairs_and_never_less_than_over_one_of_them():
    raters, pairs, votes = np.eye(2), np.diag([4.0, 9.0]), np.diag([2.0, 16.0])
    errors = Uncertainty(raters, pairs, votes, 3).errors(np.diag)
    assert errors.tolist() == [2, 4]  # 1 + 4 - 2 is less than 4, and 1 + 9 - 16 than 16
    np.testing.assert_allclose(Uncertainty(raters, pairs, np.eye(2), 3).errors(np.diag), [2, 3])


def test_the_covariance_over_single_votes_is_the_sandwich():
    """Huber (1967): inverse curvature, the votes' squared slopes, inverse curvature."""
    votes = simulate(np.array([-0.5, 0.0, 0.5]), 300, 2, 0, photos=1)
    apart = np.arange(len(votes.rater))  # each vote of a rater and on a pair of its own
    votes = Votes(3, votes.winner, votes.loser, apart, apart, votes.photo)
    scores = fit_scores(votes.wins())
    found = uncertainty(votes, scores, 1000, rng())
    side = np.eye(3)[votes.winner] - np.eye(3)[votes.loser]
    chance = expit(side @ scores)[:, None]
    curvature = (chance * (1 - chance) * side).T @ side
    slopes = (1 - chance) * side
    inverse = np.linalg.inv(curvature + 1)  # the mean is held at zero
    expected = inverse @ (slopes.T @ slopes) @ inverse
    mean = (found.raters + found.pairs + found.votes) / 3
    np.testing.assert_allclose(mean, expected, atol=0.2 * expected.max())


@pytest.mark.parametrize(
    "studies", [pytest.param(40, id="short"), pytest.param(400, marks=pytest.mark.long)]
)
@pytest.mark.parametrize("of_raters", [0.0, 0.5])
def test_known_scores_are_within_their_intervals(of_raters: float, studies: int):
    true = np.array([-1.0, -0.4, 0.0, 0.5, 0.9])
    # What raters who differ say together is less than each: their mean chance is nearer to a half.
    many = fit_scores(simulate(true, 4000, 50, key=99, of_raters=of_raters).wins())
    one, other = np.triu_indices(5, 1)
    covered, errors, all_scores, all_pairs = [], [], [], []
    for key in range(studies):
        votes = simulate(true, 12, 60, key, of_raters)
        scores = fit_scores(votes.wins())
        found = uncertainty(votes, scores, 100, np.random.default_rng(key))
        off = scores - many
        covered.append(np.abs(off) <= half_widths(found))
        all_scores.append((np.abs(off) <= simultaneous_half_widths(found, rng())).all())
        reach = simultaneous_of_pairs(found, rng())
        all_pairs.append((np.abs(off[one] - off[other]) <= reach).all())
        errors.append(off)
    # Shares of 95 % in so many studies; a study has five scores, which are nearly independent.
    least = 0.95 - 3 * np.sqrt(0.95 * 0.05 / studies)
    assert np.mean(covered) >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / (5 * studies))
    assert np.mean(all_scores) >= least
    assert np.mean(all_pairs) >= least
    assert np.all(covered, axis=1).mean() < np.mean(all_scores)  # alone, some of five miss
    assert np.abs(np.mean(errors, axis=0)).max() < 0.1


def test_intervals_are_wider_where_raters_differ():
    widths = []
    for of_raters in (0.0, 1.5):
        votes = simulate(np.array([-0.5, 0.0, 0.5]), 10, 100, 1, of_raters)
        widths.append(half_widths(uncertainty(votes, fit_scores(votes.wins()), 100, rng())).mean())
    assert widths[1] > 1.5 * widths[0]


def test_of_one_rater_there_is_an_interval_over_pairs_and_of_one_vote_none():
    votes = simulate(np.array([0.0, 0.5]), 1, 60, 0)
    found = uncertainty(votes, fit_scores(votes.wins()), 50, rng())
    assert (half_widths(found) > 0).all()
    one = Votes(2, *(np.array([value]) for value in (0, 1, 0, 0, 0)))
    found = uncertainty(one, fit_scores(one.wins()), 50, rng())
    for reach in (half_widths, simultaneous_half_widths, simultaneous_of_pairs):
        assert np.isnan(reach(found) if reach is half_widths else reach(found, rng())).all()

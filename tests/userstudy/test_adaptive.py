"""The adaptive design: against the balanced one, on planted scores, and with several raters."""

import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import kendalltau

from asymmetry.stats.arrays import Array
from asymmetry.userstudy.adaptive import information, next_pair
from asymmetry.userstudy.bradley_terry import Votes, fit_scores
from asymmetry.userstudy.design import balanced_pairs
from asymmetry.userstudy.store import Asked
from asymmetry.userstudy.uncertainty import half_widths, simultaneous_of_pairs, uncertainty
from tests.userstudy.questions import arena


def test_before_any_answer_all_pairs_tell_the_same():
    told = information(np.zeros((4, 4)), np.zeros((4, 4)))
    off = told[~np.eye(4, dtype=bool)]
    np.testing.assert_allclose(off, off[0])
    np.testing.assert_allclose(np.diag(told), 0, atol=1e-12)
    assert 0 < off[0] < np.log(2)  # an answer has a bit at most


def test_the_information_of_the_first_answer_is_its_integral():
    """Two cells with a standard normal prior each: their difference has a variance of two."""
    rng = np.random.default_rng(0)
    chance = expit(np.sqrt(2) * rng.standard_normal(200_000))
    entropy = -(chance * np.log(chance) + (1 - chance) * np.log1p(-chance))
    told = information(np.zeros((2, 2)), np.zeros((2, 2)))[0, 1]
    assert told == pytest.approx(np.log(2) - entropy.mean(), abs=0.002)


def test_a_pair_without_an_answer_yet_is_expected_to_tell_as_one_with_an_answer():
    wins, pending = np.zeros((2, 4, 4))
    pending[0, 1] = 1
    told = information(wins, pending)
    assert told[0, 1] == told[~np.eye(4, dtype=bool)].min()
    assert told[2, 3] == pytest.approx(told.max())


def test_of_cells_far_apart_and_close_the_close_are_asked():
    wins = np.zeros((3, 3))
    wins[0, 2] = wins[1, 2] = 20  # the last always loses
    wins[2, 0] = wins[2, 1] = 1
    wins[0, 1] = wins[1, 0] = 5
    told = information(wins, np.zeros((3, 3)))
    assert told[0, 1] > 2 * told[0, 2]


def test_the_same_answers_and_seed_ask_the_same_in_any_order_of_the_counts():
    asked = [Asked(one, "left", 1, 0) for one in balanced_pairs([arena(5, 3)], 20, 1)]
    found = next_pair([arena(5, 3)], asked, seed=3)
    assert found == next_pair([arena(5, 3)], asked[::-1], seed=3)
    first = {next_pair([arena(5, 3)], [], seed) for seed in range(20)}
    assert len(first) > 10


def test_raters_at_the_same_time_are_asked_different_pairs():
    asked: list[Asked] = []
    for _ in range(6):  # nobody answers
        asked.append(Asked(next_pair([arena(4, 2)], asked, seed=0), None, 1, 0))
    assert len({frozenset([one.pair.left, one.pair.right]) for one in asked}) == 6


def test_a_rater_sees_a_pair_on_all_photos_before_one_again():
    asked: list[Asked] = []
    for _ in range(5):
        asked.append(Asked(next_pair([arena(2, 5)], asked, seed=0), "left", 1, 1))
    assert len({one.pair.photo for one in asked}) == 5


def test_the_arena_that_is_known_less_comes_next():
    arenas = [arena(3, 2, 0), arena(3, 2, 1)]
    asked = [Asked(one, "left", 10, 0) for one in balanced_pairs(arenas[:1], 12, 0)]
    assert next_pair(arenas, asked, seed=0).arena == 1


TRUE = np.linspace(-3, 3, 12)
RATERS, CELLS = 10, arena(len(TRUE), 4)
PLACE = {cell: index for index, cell in enumerate(CELLS.cells)}


def votes_of(count: int, key: int, adaptive: bool) -> Votes:
    """So many answers by the planted scores `TRUE`; raters answer one after the other."""
    rng = np.random.default_rng(key)
    planned = [] if adaptive else balanced_pairs([CELLS], count, key)
    asked: list[Asked] = []
    rows, numbers = [], dict[frozenset[str], int]()
    for step in range(count):
        pair = next_pair([CELLS], asked, key) if adaptive else planned[step]
        left, right = PLACE[pair.left], PLACE[pair.right]
        won = rng.random() < expit(TRUE[left] - TRUE[right])
        asked.append(Asked(pair, "left" if won else "right", 1, 0))
        number = numbers.setdefault(frozenset([pair.left, pair.right, pair.photo]), len(numbers))
        winner, loser = (left, right) if won else (right, left)
        photo = CELLS.photos.index(pair.photo)
        rows.append((winner, loser, step * RATERS // count, number, photo))
    return Votes(len(TRUE), *np.array(rows).T)


def order_found(count: int, studies: int, adaptive: bool) -> Array:
    """Kendall's rank correlation of found and planted scores in each study."""
    every = [fit_scores(votes_of(count, key, adaptive).wins()) for key in range(studies)]
    return np.array([kendalltau(found, TRUE).statistic for found in every])


@pytest.mark.parametrize(
    "studies", [pytest.param(16, id="short"), pytest.param(200, marks=pytest.mark.long)]
)
def test_it_finds_the_order_with_two_thirds_of_the_answers(studies: int):
    adaptive, balanced = order_found(100, studies, True), order_found(150, studies, False)
    assert adaptive.mean() >= balanced.mean()


@pytest.mark.parametrize(
    "studies", [pytest.param(12, id="short"), pytest.param(200, marks=pytest.mark.long)]
)
def test_its_scores_are_hardly_biased_and_within_their_intervals(studies: int):
    alone, all_pairs, slopes = [], [], []
    one, other = np.triu_indices(len(TRUE), 1)
    for key in range(studies):
        votes = votes_of(200, key, adaptive=True)
        scores, rng = fit_scores(votes.wins()), np.random.default_rng(key)
        known, off = uncertainty(votes, scores, 60, rng), scores - TRUE
        alone.append(np.abs(off) <= half_widths(known))
        reach = simultaneous_of_pairs(known, rng)
        all_pairs.append((np.abs(off[one] - off[other]) <= reach).all())
        slopes.append(scores @ TRUE / (TRUE @ TRUE))
    assert np.mean(alone) >= 0.92
    assert np.mean(all_pairs) >= 0.85
    # What is asked next depends on what was answered, so scores are spread out a little too much.
    assert 0.95 < np.mean(slopes) < 1.2

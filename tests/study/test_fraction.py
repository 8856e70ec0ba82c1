from collections import Counter
from itertools import combinations, product
from random import Random
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asymmetry.study.fraction import balanced

sizes = st.lists(st.integers(1, 5), min_size=2, max_size=4)


def whole(sizes: list[int]) -> list[tuple]:
    """The product of axes of so many values each."""
    return list(
        product(*[[f"{axis}{value}" for value in range(n)] for axis, n in enumerate(sizes)])
    )


def unevenness(drawn: list[tuple]) -> int:
    """The sum of squares of how often each pair of values of two axes occurs: least when even."""
    pairs = Counter(pair for one in drawn for pair in combinations(enumerate(one), 2))
    return sum(times**2 for times in pairs.values())


@given(sizes, st.integers(1, 700), st.integers(0, 9))
def test_so_many_different_ones_of_all(sizes: list[int], count: int, seed: int):
    every = whole(sizes)
    drawn = balanced(every, count, seed)
    assert len(drawn) == len(set(drawn)) == min(count, len(every))
    assert set(drawn) <= set(every)


@given(sizes, st.integers(1, 40), st.randoms(use_true_random=False))
def test_neither_the_order_nor_the_process_matters(sizes: list[int], count: int, random: Random):
    every = whole(sizes)
    first = balanced(every, count, 3)
    random.shuffle(every)
    assert balanced(every, count, 3) == first


@given(sizes, st.integers(1, 60), st.integers(0, 9))
def test_more_of_a_seed_begin_with_fewer(sizes: list[int], count: int, seed: int):
    assert balanced(whole(sizes), count + 1, seed)[:count] == balanced(whole(sizes), count, seed)


@given(sizes, st.integers(2, 60), st.integers(0, 9))
def test_more_even_than_draws_by_chance(sizes: list[int], count: int, seed: int):
    every = whole(sizes)
    count = min(count, len(every))
    chance = [Random(key).sample(every, count) for key in range(15)]
    assert unevenness(balanced(every, count, seed)) <= median(map(unevenness, chance))


@given(sizes, st.integers(1, 60), st.integers(0, 9))
def test_the_values_of_an_axis_occur_equally_often(sizes: list[int], count: int, seed: int):
    every = whole(sizes)
    drawn = balanced(every, count, seed)
    for axis, size in enumerate(sizes):
        times = Counter(one[axis] for one in drawn)
        uses = [times[f"{axis}{value}"] for value in range(size)]
        # One would be the ideal: near the end of a small product it is not always left.
        assert max(uses) - min(uses) <= 2


@pytest.mark.parametrize(("side", "most"), [(3, 1), (4, 2), (5, 2)])
def test_three_equal_axes_give_a_latin_square_or_nearly(side: int, most: int):
    """In n x n combinations of three axes of n values, each pair of values can be there once."""
    for seed in range(5):
        drawn = balanced(whole([side] * 3), side**2, seed)
        pairs = Counter(pair for one in drawn for pair in combinations(enumerate(one), 2))
        assert max(pairs.values()) <= most


def test_another_seed_draws_others():
    every = whole([5, 5, 5])
    assert set(balanced(every, 25, 0)) != set(balanced(every, 25, 1))


@given(st.integers(0, 30), st.integers(0, 12))
def test_wanted_combinations_come_first(seed, count):
    every = list(product("abc", "xyz", (1, 2)))
    wanted = every[:7]
    drawn = balanced(every, count, seed, wanted)
    assert len(set(drawn)) == len(drawn) == count
    assert set(drawn[:7]) <= set(wanted)
    assert set(wanted) <= set(drawn) or count < 7

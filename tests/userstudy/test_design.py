from collections import Counter
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from asymmetry.userstudy.design import Arena, Pair, balanced_pairs
from tests.userstudy.questions import arena

arenas = st.lists(st.tuples(st.integers(2, 9), st.integers(1, 5)), min_size=1, max_size=3).map(
    lambda sizes: [arena(*size, number) for number, size in enumerate(sizes)]
)


def appearances(pairs: list[Pair], index: int) -> Counter[str]:
    return Counter(cell for p in pairs if p.arena == index for cell in (p.left, p.right))


def spread(counts: Counter[str], names: tuple[str, ...]) -> int:
    found = [counts[name] for name in names]
    return max(found) - min(found)


@settings(max_examples=60)
@given(arenas, st.integers(0, 80), st.integers(0, 10**6))
def test_each_cell_photo_and_side_is_shown_equally_often(
    arenas: list[Arena], count: int, seed: int
):
    pairs = balanced_pairs(arenas, count, seed)
    assert len(pairs) == count
    for asked in range(count + 1):
        first = pairs[:asked]
        for index, own in enumerate(arenas):
            assert spread(appearances(first, index), own.cells) <= 1
            photos = Counter(p.photo for p in first if p.arena == index)
            assert spread(photos, own.photos) <= 1
            left = Counter(p.left for p in first if p.arena == index)
            right = Counter(p.right for p in first if p.arena == index)
            assert all(abs(left[cell] - right[cell]) <= 1 for cell in own.cells)


@settings(max_examples=60)
@given(arenas, st.integers(1, 80), st.integers(0, 10**6))
def test_pairs_are_of_two_cells_of_one_arena_and_counted_from_the_seed(
    arenas: list[Arena], count: int, seed: int
):
    pairs = balanced_pairs(arenas, count, seed)
    assert pairs == balanced_pairs(arenas, count, seed)
    for pair in pairs:
        own = arenas[pair.arena]
        assert pair.left != pair.right
        assert {pair.left, pair.right} <= set(own.cells)
        assert pair.photo in own.photos


def test_where_the_pairs_divide_evenly_so_do_the_counts():
    pairs = balanced_pairs([arena(6, 5)], 60, seed=1)
    assert set(appearances(pairs, 0).values()) == {20}
    assert set(Counter(p.left for p in pairs).values()) == {10}
    assert set(Counter(p.photo for p in pairs).values()) == {12}


def test_every_pair_of_cells_meets_before_one_meets_far_more_often():
    pairs = balanced_pairs([arena(6, 5)], 150, seed=2)
    met = Counter(frozenset([p.left, p.right]) for p in pairs)
    counts = [met[frozenset(two)] for two in combinations(arena(6).cells, 2)]
    assert min(counts) >= 8
    assert max(counts) <= 12  # ten on average


def test_cells_of_a_small_arena_are_shown_as_often_as_those_of_a_large_one():
    pairs = balanced_pairs([arena(3, 2, 0), arena(9, 2, 1)], 120, seed=0)
    assert set(appearances(pairs, 0).values()) | set(appearances(pairs, 1).values()) <= {19, 20, 21}


def test_another_seed_asks_other_pairs():
    one, other = (balanced_pairs([arena(6, 5)], 20, seed) for seed in (0, 1))
    assert one != other

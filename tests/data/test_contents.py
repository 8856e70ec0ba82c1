from hypothesis import given
from hypothesis import strategies as st

from asymmetry.data.contents import NEAR, group_contents, held_out, near_pairs

contents = st.sets(st.text(min_size=1, max_size=4), min_size=2, max_size=30)
shares = st.floats(0.01, 0.99)
hashes = st.integers(0, 2**64 - 1)


@given(contents, shares)
def test_the_split_is_a_share_and_never_all_or_none(names, share):
    chosen = held_out(names, share)
    assert chosen < names
    assert 1 <= len(chosen) <= len(names) - 1
    assert abs(len(chosen) - share * len(names)) <= 1


@given(contents, shares, st.randoms())
def test_the_split_knows_no_order(names, share, random):
    shuffled = [*names, *names]
    random.shuffle(shuffled)
    assert held_out(shuffled, share) == held_out(names, share)


@given(contents, shares, st.text(min_size=1, max_size=4))
def test_an_added_content_moves_one_other_at_most(names, share, added):
    before, after = held_out(names, share), held_out(names | {added}, share)
    assert len((before ^ after) - {added}) <= 1


def test_the_split_is_the_same_in_every_process():
    assert held_out([f"photo {i}" for i in range(8)], 0.35) == {
        "photo 0", "photo 1", "photo 3",
    }  # fmt: skip


@given(st.lists(hashes, max_size=8), st.data())
def test_near_pairs_are_those_of_all_comparisons(values, data):
    """Against the plain double loop, on values of which many are near."""
    flips = st.sets(st.integers(0, 63), max_size=2 * NEAR)
    near = [value ^ sum(1 << bit for bit in data.draw(flips)) for value in values]
    every = sorted({*values, *near})
    expected = {
        (one, other)
        for one in every
        for other in every
        if one < other and bin(one ^ other).count("1") <= NEAR
    }
    assert near_pairs(every) == expected


def test_groups_follow_keys_and_near_hashes_transitively():
    far = (2**64 - 1) // 3  # half of the bits differ from 0
    bits = (1 << NEAR) - 1
    keys = [{"a"}, {"b"}, {"c"}, {"c"}, {"d"}]
    chained = bits | bits << 30
    assert group_contents(keys, [0, bits, chained, far, ~0 % 2**64]) == [0, 0, 0, 0, 4]
    assert group_contents(keys, [far, far, 0, 1 << 40, ~0 % 2**64]) == [0, 0, 2, 2, 4]


@given(st.lists(st.tuples(st.integers(0, 5), hashes), max_size=12), st.randoms())
def test_groups_know_no_order(photos, random):
    def partition(members):
        roots = group_contents([{key} for key, _ in members], [value for _, value in members])
        parts = {}
        for root, member in zip(roots, members, strict=True):
            parts.setdefault(root, set()).add(member)
        return {frozenset(part) for part in parts.values()}

    shuffled = photos.copy()
    random.shuffle(shuffled)
    assert partition(shuffled) == partition(photos)

from hypothesis import given
from hypothesis import strategies as st

from asymmetry.data.contents import held_out

contents = st.sets(st.text(min_size=1, max_size=4), min_size=2, max_size=30)
shares = st.floats(0.01, 0.99)


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

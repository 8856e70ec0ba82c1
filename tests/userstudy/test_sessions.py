from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asymmetry.core.errors import UserError
from asymmetry.userstudy.design import balanced_pairs
from asymmetry.userstudy.sessions import REFERENCE, WORSE, Lengths, sessions
from tests.userstudy.questions import arena


@settings(max_examples=60)
@given(st.integers(1, 6), st.integers(1, 30), st.integers(0, 10), st.integers(0, 5))
def test_a_session_holds_its_share_of_the_pairs_in_an_order_of_its_own(
    raters: int, pairs: int, repeats: int, catches: int
):
    lengths = Lengths(raters, pairs, min(repeats, pairs // 3), catches)
    made = sessions([arena()], lengths, seed=3)
    whole = balanced_pairs([arena()], raters * pairs, seed=3)
    assert len(made) == raters
    for rater, session in enumerate(made):
        assert Counter(one.kind for one in session) == Counter(
            pair=pairs, repeat=lengths.repeats, catch=catches
        )
        own = [one.pair for one in session if one.kind == "pair"]
        assert Counter(own) == Counter(whole[rater * pairs : (rater + 1) * pairs])
    assert made == sessions([arena()], lengths, seed=3)


@settings(max_examples=60)
@given(st.integers(3, 40), st.integers(0, 5), st.integers(0, 10**6))
def test_a_repeat_exchanges_the_sides_of_a_pair_a_third_of_the_session_before(
    pairs: int, catches: int, seed: int
):
    (session,) = sessions([arena()], Lengths(1, pairs, pairs // 3, catches), seed)
    for place, one in enumerate(session):
        if one.kind == "repeat":
            assert one.of is not None
            first = session[one.of]
            assert first.kind == "pair"
            assert (first.pair.left, first.pair.right) == (one.pair.right, one.pair.left)
            assert first.pair.photo == one.pair.photo
            assert place - one.of > pairs - 2 * (pairs // 3)
        else:
            assert one.of is None


def test_catch_trials_show_the_reference_on_either_side_equally_often():
    made = sessions([arena()], Lengths(4, 6, 0, 3), seed=0)
    sides = Counter(one.pair.left for session in made for one in session if one.kind == "catch")
    assert sides == {REFERENCE: 6, WORSE: 6}


def test_too_many_repeats_are_refused():
    with pytest.raises(UserError, match=r"--repeats: 4 of 10 pairs .* at most a third, 3"):
        sessions([arena()], Lengths(1, 10, 4, 0), seed=0)

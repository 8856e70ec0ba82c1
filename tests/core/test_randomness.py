import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from asymmetry.core.randomness import draws

counters = st.tuples(
    st.integers(0, 3), st.sampled_from(["crop", "flip"]), st.integers(0, 2**40), st.integers(0, 99)
)


@given(counters, counters)
def test_draws_are_a_function_of_their_counters(one: tuple, other: tuple):
    assert draws(*one).random(4).tobytes() == draws(*one).random(4).tobytes()
    if one != other:
        assert draws(*one).random(4).tobytes() != draws(*other).random(4).tobytes()


def test_seed_zero_is_a_seed():
    assert draws(0, "crop").random() != draws(1, "crop").random()


def test_draws_over_steps_are_uniform():
    values = np.array([draws(0, "crop", step).random() for step in range(4000)])
    assert abs(values.mean() - 0.5) < 4 * np.sqrt(1 / 12 / 4000)
    assert abs(np.corrcoef(values[1:], values[:-1])[0, 1]) < 4 / np.sqrt(4000)

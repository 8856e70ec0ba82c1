import pytest
from hypothesis import given
from hypothesis import strategies as st

from asymmetry.core.usage import Spent, device_hours, duration, mean_utilisation, spent_of

parts = st.lists(
    st.builds(
        Spent,
        device=st.sampled_from(["cpu", "NVIDIA H200"]),
        device_seconds=st.just(0.0) | st.floats(1e-3, 1e6),
        mean_utilisation=st.none() | st.floats(0, 1),
    )
)


def test_hours_are_summed_by_device_and_utilisation_by_time():
    spent = [
        Spent("cpu", 1440.0),
        Spent("NVIDIA H200", 3600.0, 0.5),
        Spent("NVIDIA H200", 7920.0, 0.8),
        Spent(),
    ]
    # 3600 and 7920 s are 3.2 h; (3600 * 0.5 + 7920 * 0.8) / 11520 = 0.70625.
    assert device_hours(spent) == "3.2 on NVIDIA H200 (mean utilisation 71 %), 0.40 on cpu"


def test_nothing_spent_has_words_too():
    assert device_hours([]) == device_hours([Spent("cpu")]) == "none"


@given(parts)
def test_the_mean_lies_among_what_was_measured(spent: list[Spent]):
    mean = mean_utilisation(spent)
    known = [p.mean_utilisation for p in spent if p.mean_utilisation is not None]
    if mean is None:
        assert not sum(p.device_seconds for p in spent if p.mean_utilisation is not None)
    else:
        assert min(known) - 1e-9 <= mean <= max(known) + 1e-9


@given(parts)
def test_the_order_of_runs_does_not_matter(spent: list[Spent]):
    here, there = mean_utilisation(spent), mean_utilisation(spent[::-1])
    assert here == there or here == pytest.approx(there)


@pytest.mark.parametrize(
    "record", [{}, {"ledger": None}, {"ledger": [1]}, {"ledger": {"device_seconds": "many"}}]
)
def test_a_record_without_a_ledger_spent_nothing(record: dict[str, object]):
    assert spent_of(record) == Spent()


@pytest.mark.parametrize(
    ("seconds", "words"), [(None, "–"), (42, "42 s"), (210, "3.5 min"), (43200, "12.0 h")]
)
def test_durations_are_read_at_a_glance(seconds: float | None, words: str):
    assert duration(seconds) == words

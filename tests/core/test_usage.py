import pytest
from hypothesis import given
from hypothesis import strategies as st

from asymmetry.core.usage import Usage, device_hours, duration, mean_utilisation, usage_of

usages = st.lists(
    st.builds(
        Usage,
        device=st.sampled_from(["cpu", "NVIDIA H200"]),
        device_seconds=st.just(0.0) | st.floats(1e-3, 1e6),
        mean_utilisation=st.none() | st.floats(0, 1),
    )
)


def test_hours_are_summed_by_device_and_utilisation_by_time():
    parts = [
        Usage("cpu", 1440.0),
        Usage("NVIDIA H200", 3600.0, 0.5),
        Usage("NVIDIA H200", 7920.0, 0.8),
        Usage(),
    ]
    # 3600 and 7920 s are 3.2 h; (3600 * 0.5 + 7920 * 0.8) / 11520 = 0.70625.
    assert device_hours(parts) == "3.2 on NVIDIA H200 (mean utilisation 71 %), 0.40 on cpu"


def test_no_usage_has_words_too():
    assert device_hours([]) == device_hours([Usage("cpu")]) == "none"


@given(usages)
def test_the_mean_lies_among_what_was_measured(parts: list[Usage]):
    mean = mean_utilisation(parts)
    known = [p.mean_utilisation for p in parts if p.mean_utilisation is not None]
    if mean is None:
        assert not sum(p.device_seconds for p in parts if p.mean_utilisation is not None)
    else:
        assert min(known) - 1e-9 <= mean <= max(known) + 1e-9


@given(usages)
def test_the_order_of_runs_does_not_matter(parts: list[Usage]):
    here, there = mean_utilisation(parts), mean_utilisation(parts[::-1])
    assert here == there or here == pytest.approx(there)


@pytest.mark.parametrize(
    "record", [{}, {"usage": None}, {"usage": [1]}, {"usage": {"device_seconds": "many"}}]
)
def test_a_record_without_usage_used_nothing(record: dict[str, object]):
    assert usage_of(record) == Usage()


@pytest.mark.parametrize(
    ("seconds", "words"), [(None, "–"), (42, "42 s"), (210, "3.5 min"), (43200, "12.0 h")]
)
def test_durations_are_read_at_a_glance(seconds: float | None, words: str):
    assert duration(seconds) == words

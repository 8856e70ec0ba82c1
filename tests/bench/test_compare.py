import pytest

from bench.compare import Aim, Sample, interleave, measurement, summary


def test_sides_take_turns():
    order = []

    def side(name: str):
        def run() -> dict[str, Sample]:
            order.append(name)
            return {name: Sample(len(order))}

        return run

    found = interleave({"a": side("a"), "b": side("b")}, 3)
    assert order == ["a", "b", "a", "b", "a", "b"]
    assert [sample.value for sample in found["b"]] == [2, 4, 6]


def test_a_summary_keeps_all_runs_and_the_largest_peak():
    samples = [Sample(3, 10), Sample(1, 30), Sample(2, None)]
    assert summary(samples) == {"runs": [3, 1, 2], "median": 2, "peak_mb": 30}


@pytest.mark.parametrize(("higher", "ratio", "met"), [(True, 3.0, True), (False, 0.333, False)])
def test_a_ratio_says_how_many_times_better(higher: bool, ratio: float, met: bool):
    # Medians 6 and 2: better where high values are, worse where low ones are.
    ours, theirs = [Sample(6), Sample(1), Sample(9)], [Sample(2), Sample(2), Sample(8)]
    row = measurement("speed", "s", ours, theirs, higher_is_better=higher, aim=Aim("ratio", 1.5))
    assert row["ratio"] == ratio
    assert row["aim"] == {"kind": "ratio", "value": 1.5, "met": met}


@pytest.mark.parametrize(
    ("kind", "ours", "met"),
    [("at most", 15, True), ("at most", 15.1, False), ("at least", 0.5, True), ("ratio", 9, False)],
)
def test_an_aim_without_another_side(kind: str, ours: float, met: bool):
    limit = 0.5 if kind == "at least" else 15
    assert Aim(kind, limit).met(ours, None) is met

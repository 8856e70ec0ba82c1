import numpy as np
import pytest

from asymmetry.stats.mixed_model import MixedModel
from asymmetry.stats.variance_shares import components


def crossed(key, sizes=(12, 10), scale=(2.0, 1.0), repeats=2):
    rng = np.random.default_rng(key)
    first, second, _ = (axis.ravel() for axis in np.indices((*sizes, repeats)))
    effects = [size * rng.standard_normal(count) for size, count in zip(scale, sizes, strict=True)]
    values = effects[0][first] + effects[1][second] + rng.standard_normal(len(first))
    return values, {"first": first, "second": second}


def test_components_are_those_of_the_mixed_model():
    """In a balanced layout the estimates from sums of squares are REML's."""
    values, factors = crossed(0)
    found = components(values, factors)
    pair = factors["first"] * 100 + factors["second"]
    model = MixedModel(values, np.ones((len(values), 1)), factors | {"pair": pair})
    if model.deviations["pair"] > 0:
        expected = [model.deviations[name] ** 2 for name in found.names]
        assert found.values == pytest.approx(expected, rel=0.01)
    assert found.values == pytest.approx([4, 1], rel=0.8)


def test_shares_cover_the_truth():
    inside = 0
    for key in range(60):
        share = components(*crossed(key, scale=(1.5, 1.0))).share("first")
        inside += share.low <= 2.25 / 3.25 <= share.high
    assert inside >= 52  # of 60 at 95 %: fewer has a probability below .005


def test_a_missing_cell_does_not_stop_it():
    values, factors = crossed(1)
    kept = np.arange(len(values)) % 7 > 0
    found = components(values[kept], {name: codes[kept] for name, codes in factors.items()})
    assert found.values == pytest.approx(components(values, factors).values, rel=0.5)


def test_without_repetition_the_interaction_is_the_error():
    assert components(*crossed(2, repeats=1)) is not None


def test_where_nothing_is_told_apart_there_is_none():
    codes = np.arange(6)
    assert components(np.arange(6.0), {"first": codes, "second": codes}) is None
    confounded = np.repeat(np.arange(3), 4)
    assert components(np.arange(12.0), {"first": confounded, "second": confounded}) is None


def test_where_nothing_differs_any_share_is_as_likely():
    share = components(np.zeros(24), {"a": np.repeat([0, 1, 2], 8), "b": np.tile([0, 1], 12)})
    found = share.share("a")
    assert found.low < 0.1
    assert found.high > 0.9


def test_shares_of_all_are_whole_and_find_the_interaction():
    rng = np.random.default_rng(3)
    first, second, _ = (axis.ravel() for axis in np.indices((12, 10, 4)))
    pair = 3 * rng.standard_normal((12, 10))[first, second]
    found = components(pair + rng.standard_normal(len(pair)), {"a": first, "b": second})
    assert found.others == [("a", "b"), ()]
    shares = found.of_all()
    assert sum(one.value for one in shares) == pytest.approx(1)
    assert shares[2].low < 0.9 < shares[2].high  # 9 of 9 + 1
    assert shares[2].value == pytest.approx(0.9, abs=0.1)
    assert shares[3].value == pytest.approx(0.1, abs=0.04)


def test_without_repetition_the_pair_is_not_among_the_shares():
    found = components(*crossed(2, repeats=1))
    assert found.others == [()]
    assert len(found.of_all()) == 3

import numpy as np
import pytest

from asymmetry.core.randomness import draws
from asymmetry.stats.resampling import (
    resampled_cluster_counts,
    resampled_counts,
    resampled_indices,
)


def test_counts_and_indices_are_of_as_many_units_as_there_are():
    counts = resampled_counts(draws(0, "test"), 7, 500)
    assert (counts.sum(axis=1) == 7).all()
    indices = resampled_indices(draws(0, "test"), 7, 500)
    assert set(indices.ravel()) == set(range(7))
    # Each unit is absent from (6/7)^7 of the resamples.
    absent = (6 / 7) ** 7
    assert (counts == 0).mean() == pytest.approx(absent, abs=0.03)
    assert (indices != 3).all(axis=1).mean() == pytest.approx(absent, abs=0.06)


def test_no_units_have_no_counts():
    assert resampled_counts(draws(0, "test"), 0, 5).shape == (5, 0)


def test_contents_are_drawn_whole_in_number():
    groups = ["a"] * 2 + ["b"] * 3 + ["c"] * 5
    counts = resampled_cluster_counts(draws(0, "bootstrap"), groups, 2000)
    sizes = {"a": 2, "b": 3, "c": 5}
    drawn = np.zeros(len(counts))
    for name, size in sizes.items():
        of_content = counts[:, [group == name for group in groups]].sum(axis=1)
        assert (of_content % size == 0).all()  # a content comes k times, with k times its images
        drawn += of_content / size
    assert (drawn == 3).all()
    # Each content is absent from (2/3)^3 of the resamples.
    assert (counts[:, :2].sum(axis=1) == 0).mean() == pytest.approx((2 / 3) ** 3, abs=0.03)


def test_the_same_stream_gives_the_same_resamples():
    first, again, other = (
        resampled_cluster_counts(draws(seed, "test"), list("abcdef"), 9) for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()

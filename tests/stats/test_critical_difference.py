import numpy as np
import pytest
from scipy import stats

from asymmetry.stats.critical_difference import ranks

# Demšar (2006), table 5(a): q at 0.05 of the two-tailed Nemenyi test, by the number of classifiers.
PUBLISHED = {2: 1.960, 3: 2.343, 4: 2.569, 5: 2.728, 6: 2.850, 7: 2.949, 8: 3.031, 10: 3.164}


@pytest.mark.parametrize(("count", "q"), PUBLISHED.items())
def test_the_critical_difference_is_that_of_the_published_table(count, q):
    values = np.random.default_rng(count).standard_normal((count, 14))
    expected = q * np.sqrt(count * (count + 1) / (6 * 14))
    assert ranks(values).difference == pytest.approx(expected, rel=1e-3)


def test_ranks_ties_and_friedman():
    values = np.array([[3.0, 3, 3, 5], [2, 2, 2, 5], [1, 1, 1, 0]])
    found = ranks(values)
    assert found.mean.tolist() == [1.125, 1.875, 3.0]  # equal values share their ranks
    assert found.p == pytest.approx(stats.friedmanchisquare(*values).pvalue)


def test_cliques_are_the_largest_groups_without_a_difference():
    # Demšar's example: four classifiers on 14 data sets, mean ranks 3.143, 2.000, 2.893, 1.964;
    # the critical difference is 1.25, and only the first and the last are nearly apart.
    order = [[4, 1, 3, 2]] * 14
    found = ranks(-np.array(order, dtype=float).T)
    assert found.mean.tolist() == [4, 1, 3, 2]
    assert found.difference == pytest.approx(1.25, abs=0.005)
    assert found.cliques == [(0, 1), (1, 2), (2, 3)]


def test_nothing_to_compare_is_refused():
    with pytest.raises(ValueError, match="two treatments and a block, not 1 and 3"):
        ranks(np.zeros((1, 3)))

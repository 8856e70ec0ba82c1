"""Bootstrap resamples: which units are drawn with replacement, or how often each of them is.

Counts serve where a statistic takes weights: it is then computed for all resamples at once.
"""

from collections.abc import Sequence

import numpy as np

from asymmetry.stats.arrays import Integers


def resampled_indices(rng: np.random.Generator, size: int, resamples: int) -> Integers:
    """The units, from 0 to `size` - 1, that each resample draws: [resamples, size]."""
    return rng.integers(size, size=(resamples, size))


def resampled_counts(rng: np.random.Generator, size: int, resamples: int) -> Integers:
    """How often each resample draws each of `size` units: [resamples, size]."""
    if not size:
        return np.empty((resamples, 0), dtype=np.int64)
    return rng.multinomial(size, np.full(size, 1 / size), size=resamples)


def resampled_cluster_counts(
    rng: np.random.Generator, clusters: Sequence[str], resamples: int
) -> Integers:
    """How often each resample draws each image: [resamples, n]; `clusters` name their contents.

    Contents are drawn with replacement, and then the images of each drawn content. So the content
    is the unit, and the interval is rather too wide than too narrow (Davison and Hinkley 1997,
    section 3.8). A single content gives no rows, hence no interval.
    """
    names, member = np.unique(np.asarray(clusters), return_inverse=True)
    drawn = resampled_counts(rng, len(names), resamples if len(names) > 1 else 0)
    counts = np.zeros((len(drawn), len(clusters)), dtype=np.int64)
    for cluster in range(len(names)):
        images = np.flatnonzero(member == cluster)
        size = len(images)
        counts[:, images] = rng.multinomial(drawn[:, cluster] * size, np.full(size, 1 / size))
    return counts

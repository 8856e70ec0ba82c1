"""Which pictures show the same: by their bytes, or by two hashes of their luminance. No numpy.

The difference hash alone is not enough for thousands of pictures: the hashes of soft pictures, with
few edges, are near each other by chance. So the steps of brightness between neighbouring blocks
must correlate too. The 1,000 images of BIQ2021 and 221 photographs have 39 pairs with near hashes.
By eye, 33 pairs show the same, with correlations of .55 and more; 6 do not, with .36 at most. In
six million comparisons, most of them with turned copies, 53 false pairs had near hashes, and their
highest correlation was .47.
"""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Sequence
from functools import cache
from itertools import combinations, pairwise, product
from math import hypot

from asymmetry.data.fingerprints import SIDE, Fingerprint

NEAR = 6
"""Bits of 64 by which the hashes of two pictures that show the same may differ."""

# The least correlation of the steps of brightness; without any steps it is zero.
_CORRELATED = 0.5
_BANDS = list(pairwise(64 * band // (NEAR + 1) for band in range(NEAR + 2)))


def like_pairs(prints: Sequence[Fingerprint]) -> list[tuple[int, int]]:
    """The indices (i, j), i < j, of the pictures that show the same, in ascending order.

    They have the same bytes, or difference hashes at a distance of 6 or less and steps of mean
    luminance, to the right and down, whose correlation is .5 or more. So scaling, compression and
    brightness do not matter; a crop, a turn and a flip do.
    """
    of_hash: dict[int, list[int]] = defaultdict(list)
    for index, one in enumerate(prints):
        of_hash[one.dhash].append(index)
    near = [pair for indices in of_hash.values() for pair in combinations(indices, 2)]
    near += [
        (min(pair), max(pair))
        for one, other in near_pairs(of_hash)
        for pair in product(of_hash[one], of_hash[other])
    ]
    return sorted(
        (i, j)
        for i, j in near
        if prints[i].sha256 == prints[j].sha256 or _correlated(prints[i], prints[j])
    )


def near_pairs(hashes: Iterable[int]) -> set[tuple[int, int]]:
    """The pairs of distinct 64-bit hashes that differ in `NEAR` bits or fewer.

    In such a pair at least one of NEAR + 1 bands of bits is equal. So only hashes that share a band
    are compared, which takes a moment for thousands of photos.
    """
    buckets: dict[tuple[int, int], list[int]] = defaultdict(list)
    for value, (band, (start, end)) in product(sorted(set(hashes)), enumerate(_BANDS)):
        buckets[band, value >> start & (1 << end - start) - 1].append(value)
    return {
        (one, other)
        for bucket in buckets.values()
        for one, other in combinations(bucket, 2)
        if (one ^ other).bit_count() <= NEAR
    }


def groups_of(
    prints: Sequence[Fingerprint], keys: Sequence[Collection[Hashable]] = ()
) -> list[int]:
    """The group of each picture, as the index of its first member.

    Two pictures are in one group where they show the same, or share one of their `keys` (`keys[i]`
    are those of picture i), and so on transitively.
    """
    parents = list(range(len(prints)))

    def root(index: int) -> int:
        while parents[index] != index:
            parents[index] = index = parents[parents[index]]
        return index

    def join(one: int, other: int) -> None:
        low, high = sorted((root(one), root(other)))
        parents[high] = low

    first: dict[Hashable, int] = {}
    for index, picture_keys in enumerate(keys):
        for key in picture_keys:
            join(index, first.setdefault(key, index))
    for pair in like_pairs(prints):
        join(*pair)
    return [root(index) for index in range(len(prints))]


def _correlated(one: Fingerprint, other: Fingerprint) -> bool:
    pairs = zip(_steps(one.means), _steps(other.means), strict=True)
    return sum(a * b for a, b in pairs) >= _CORRELATED


@cache
def _steps(means: str) -> tuple[float, ...]:
    """The steps of mean luminance to the right and down, scaled to length 1; zeros without any."""
    values = bytes.fromhex(means)
    right = [values[i + 1] - values[i] for i in range(SIDE * SIDE - 1) if (i + 1) % SIDE]
    down = [values[i + SIDE] - values[i] for i in range(SIDE * (SIDE - 1))]
    length = hypot(*right, *down) or 1.0
    return tuple(step / length for step in (*right, *down))

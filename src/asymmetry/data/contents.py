"""Which photos show the same content, and which contents are held out."""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Sequence
from hashlib import sha256
from itertools import combinations, pairwise, product

CHANGES_NUMBERS = False
NEAR = 6
"""Difference hashes at this Hamming distance or nearer are near duplicates. Among the 232 photos
of our test data the one true pair is at 2, the nearest false one at 7."""

_BANDS = list(pairwise(64 * band // (NEAR + 1) for band in range(NEAR + 2)))

# Any salt would do; with this one the default study holds out four natural photographs.
_SALT = "split 2309"


def group_contents(keys: Sequence[Collection[Hashable]], hashes: Sequence[int]) -> list[int]:
    """The group of each photo, as the index of its first member.

    Two photos are in one group where they share a key (same bytes, same known content) or where
    their 64-bit difference hashes are near, and so on transitively.
    """
    parents = list(range(len(hashes)))

    def root(index: int) -> int:
        while parents[index] != index:
            parents[index] = index = parents[parents[index]]
        return index

    def join(one: int, other: int) -> None:
        low, high = sorted((root(one), root(other)))
        parents[high] = low

    first: dict[Hashable, int] = {}
    for index, own in enumerate(keys):
        for key in own:
            join(index, first.setdefault(key, index))
    distinct = {value: index for index, value in enumerate(hashes)}
    for index, value in enumerate(hashes):
        join(index, distinct[value])
    for one, other in near_pairs(distinct):
        join(distinct[one], distinct[other])
    return [root(index) for index in range(len(hashes))]


def near_pairs(hashes: Iterable[int]) -> set[tuple[int, int]]:
    """The pairs of distinct 64-bit hashes that differ in `NEAR` bits or fewer.

    Of NEAR + 1 bands of bits one at least is equal in such a pair, so only hashes that share a
    band are compared: thousands of photos take a moment, not all pairs.
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


def held_out(contents: Collection[str], share: float) -> set[str]:
    """The contents kept for evaluation: `share` of them, rounded, one at least and never all.

    They come first in the order of the sha256 of their names. So the split knows no order, path or
    process, and a content that is added moves one other across at most. Needs two contents or more.
    """
    names = set(contents)
    count = min(max(int(share * len(names) + 0.5), 1), len(names) - 1)
    return set(sorted(names, key=_rank)[:count])


def _rank(content: str) -> str:
    return sha256(f"{_SALT}/{content}".encode()).hexdigest()

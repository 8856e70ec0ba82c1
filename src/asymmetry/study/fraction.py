"""A fractional design: some combinations of the axes, as balanced as their number allows."""

from collections import Counter
from collections.abc import Collection, Iterable
from hashlib import sha256
from itertools import combinations

# A value on each axis.
Combination = tuple[str | float, ...]


def balanced(
    every: Iterable[Combination], count: int, seed: int, wanted: Collection[Combination] = ()
) -> list[Combination]:
    """`count` of all combinations, in the order drawn, those of `wanted` first.

    Each time it is one whose values were used least so far, each on its own axis; of those, one
    whose pairs of values were; of those, the first in an order that `seed` shuffles. So the values
    of an axis, and the pairs of values of two axes, occur nearly equally often; greedy, it does not
    always find the orthogonal array where there is one. `every` may lack some combinations of the
    product, and its order does not matter.

    >>> sorted(balanced([("a", 1), ("a", 2), ("b", 1), ("b", 2)], 2, 0))
    [('a', 1), ('b', 2)]
    """
    left = {
        one: (list(enumerate(one)), list(combinations(enumerate(one), 2)))
        for one in sorted(every, key=lambda one: sha256(f"{seed}/{one}".encode()).digest())
    }
    used: Counter[object] = Counter()
    drawn: list[Combination] = []
    for _ in range(min(count, len(left))):
        uses = {one: sum(used[key] for key in values) for one, (values, _) in left.items()}
        allowed = {one: uses[one] for one in wanted if one in left} or uses
        least = min(allowed.values())
        rarest = (one for one, times in allowed.items() if times == least)
        drawn.append(min(rarest, key=lambda one: sum(used[key] for key in left[one][1])))
        values, pairs = left.pop(drawn[-1])
        used.update(values)
        used.update(pairs)
    return drawn

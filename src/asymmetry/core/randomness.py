"""Randomness that is counted, not saved.

Every draw is a function of (seed, stream name, counters). So all cells of one seed see the same
crops and degradations, different seeds differ, and a resumed run has no generator state to lose.
"""

import hashlib

import numpy as np


def stream_key(seed: int, stream: str) -> int:
    """A 64-bit key of a stream of draws; streams of different names or seeds are independent."""
    return int.from_bytes(hashlib.sha256(f"{seed}/{stream}".encode()).digest()[:8], "little")


def draws(seed: int, stream: str, step: int = 0, sample: int = 0) -> np.random.Generator:
    """A generator for the draws of one sample at one step (Philox, counter-based).

    >>> float(draws(0, "crop", 3, 1).random()) == float(draws(0, "crop", 3, 1).random())
    True
    """
    # The low counter word is the generator's own position: 2**64 draws a sample.
    bits = np.random.Philox(key=stream_key(seed, stream), counter=[0, sample, step, 0])
    return np.random.Generator(bits)

"""The parts of a training whose averages stand for its start, its middle and its end. No torch."""

NAMES = ("start", "middle", "end")


def windows(steps: int) -> dict[str, range]:
    """The steps (counted from 1) at the start, in the middle and at the end of a training.

    Each part is a tenth of the steps, but at least 20, and at most a third: the logits of one step
    are few, and what is averaged over fewer steps tells chance from a game badly.
    """
    length = max(1, min(max(20, steps // 10), steps // 3))
    first = {"start": 1, "middle": (steps - length) // 2 + 1, "end": steps - length + 1}
    return {name: range(first[name], first[name] + length) for name in NAMES}

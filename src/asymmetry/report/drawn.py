"""Values with their intervals, drawn on one line each for a table's cell."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from markupsafe import Markup

from asymmetry.report.words import interval, number

_WIDTH, _LINE, _EDGE = 180, 12, 5  # pixels: width, height of a line, room beside the outermost end


@dataclass(frozen=True)
class Interval:
    """A value with the ends of its 95 % interval, and of its range under the alternatives.

    `where` says of what it is. None stands for what is not known.
    """

    where: str
    verdict: str
    value: float | None
    low: float | None
    high: float | None
    least: float | None
    most: float | None


def drawn(intervals: Sequence[Interval], among: Sequence[Interval] = ()) -> Markup:
    """An SVG with a line for each known value: a dot, its interval, a band for the alternatives.

    They share an axis, also with those `among` which they are; it has zero, which is upright. A
    value without an interval is hollow. Empty where no value is known.
    """
    known = [one for one in intervals if one.value is not None]
    if not known:
        return Markup("")
    every = [
        end
        for one in [*known, *among]
        for end in (one.value, one.low, one.high, one.least, one.most, 0.0)
        if end is not None
    ]
    first, span = min(every), (max(every) - min(every)) or 1.0

    def x(value: float) -> str:
        return f"{_EDGE + (value - first) / span * (_WIDTH - 2 * _EDGE):.1f}"

    height = _LINE * len(known)
    parts = [f'<line class="zero" x1="{x(0)}" x2="{x(0)}" y1="0" y2="{height}"/>']
    for place, one in enumerate(known):
        parts.append(_line(one, _LINE * (place + 0.5), x))
    label = "; ".join(_in_words(one) for one in known)
    return Markup(
        f'<svg class="drawn" role="img" aria-label="{escape(label)}" width="{_WIDTH}" '
        f'height="{height}" viewBox="0 0 {_WIDTH} {height}">{"".join(parts)}</svg>'
    )


def _line(one: Interval, y: float, x: Callable[[float], str]) -> str:
    parts = [f"<title>{escape(_in_words(one))}</title>"]
    if one.least is not None and one.most is not None:
        ends = f'x1="{x(one.least)}" x2="{x(one.most)}"'
        parts.append(f'<line class="band" {ends} y1="{y}" y2="{y}"/>')
    shape = "hollow"
    if one.low is not None and one.high is not None:
        shape = "whole"
        parts.append(f'<line x1="{x(one.low)}" x2="{x(one.high)}" y1="{y}" y2="{y}"/>')
    if one.value is not None:
        parts.append(f'<circle class="{shape}" cx="{x(one.value)}" cy="{y}" r="3.5"/>')
    return f'<g class="{escape(one.verdict)}">{"".join(parts)}</g>'


def _in_words(one: Interval) -> str:
    """`distortion: −0.70 (95 %: −1.00 to 0.33), supported; −0.71 to 0.45 under alternatives`."""
    words = f"{one.where}: {number(one.value)} ({interval(one.low, one.high)}), {one.verdict}"
    if one.least is None:
        return words
    return f"{words}; {number(one.least)} to {number(one.most)} under the alternatives"

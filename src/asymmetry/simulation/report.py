"""Runs the simulated studies and keeps what they say: a JSON file, and a page beside it."""

import json
import logging
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd

from asymmetry.analysis.hypotheses.examine import DESCRIPTIVE_ONLY
from asymmetry.analysis.hypotheses.registry import load_hypotheses
from asymmetry.core.files import read_object, write_atomically
from asymmetry.simulation.error_rates import Rate, key_of, of_world
from asymmetry.simulation.worlds import worlds

_PACKAGE = Path(__file__).parents[1]
OURS = _PACKAGE.parents[1] / "docs/error-rates.json"
SUMMARY = _PACKAGE / "report/assets/error_rates.csv"  # of ours: what the page of a study shows
MOST_WRONG = 0.06  # of verdicts, at a nominal 5 %
COVERED = (0.92, 0.98)  # of intervals

_log = logging.getLogger(__name__)
_INTRODUCTION = """# Error rates

How often a verdict is wrong, and how often a 95 % interval contains the true value, in simulated
studies of known truth that go through the analysis of real ones. `asymmetry simulate` makes this
page; `src/asymmetry/simulation/worlds` has the truths.

A verdict that is nominally wrong in 5 % of studies may be so in 6 % here, and an interval should
contain the truth in 92 to 98 %; that of H4 allows for all settings and rivals at once, so each
alone contains it more often. "Practically equal" is wrong where the true difference is not below
what the study declares to be none; it is tried where the difference is exactly that. Of 500
studies, a share of 5 % has a standard error of 1 %. A claim for which this does not hold, or is not
measured, has no verdict: it is descriptive only. Findings of an axis whose judges do not agree have
none either, so camps of judges decide nothing.
"""


def simulate(output: Path, studies: int, jobs: int = 1, only: str = "") -> None:
    """Write the rates of all worlds (whose key contains `only`) to `output`, and its page.

    Worlds that are in the file already, with as many studies, are not made again unless named.
    """
    kept = read_object(output) if output.is_file() else {}
    keys = [key_of(world) for world in worlds()]
    asked = [key for key in keys if only in key]
    todo = [key for key in asked if only or _studies(kept.get(key)) < studies]
    rates = {key: kept[key] for key in keys if key in kept}
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        running = {pool.submit(_rates, key, studies): key for key in todo}
        for place, done in enumerate(as_completed(running), 1):
            key = running[done]
            rates[key] = [asdict(rate) for rate in done.result()]
            _log.info("%d of %d: %s", place, len(todo), key)
            ordered = {key: rates[key] for key in keys if key in rates}
            write_atomically(output, (json.dumps(ordered, indent=1) + "\n").encode())
    found = rates_in(output)
    write_atomically(output.with_suffix(".md"), page_of(found).encode())
    if output.resolve() == OURS:
        write_atomically(SUMMARY, summary_of(found).to_csv(index=False).encode())


def rates_in(path: Path) -> list[Rate]:
    """The rates in a file that `simulate` wrote."""
    return [Rate(**rate) for of_world in read_object(path).values() for rate in of_world]


def page_of(rates: Iterable[Rate]) -> str:
    """The rates as Markdown: a summary by claim, then a table of all."""
    listed = list(rates)
    parts = [_INTRODUCTION.strip(), _summary(listed)]
    for module in load_hypotheses():
        own = [rate for rate in listed if rate.hypothesis == module.ID]
        if own:
            parts += [f"## {module.ID}: {module.CLAIM}", _table(own)]
    return "\n\n".join(parts) + "\n"


def worst(rates: Iterable[Rate]) -> tuple[float, float, float]:
    """The largest share of wrong verdicts, and the least and the largest share of coverage."""
    listed = list(rates)
    covered = [rate.covered / rate.intervals for rate in listed if rate.intervals]
    wrong = max(rate.wrong / rate.findings for rate in listed)
    return wrong, min(covered, default=float("nan")), max(covered, default=float("nan"))


def equal_wrong(rates: Iterable[Rate]) -> float:
    """The largest share of verdicts that say "practically equal" at the margin; NaN untried."""
    shares = [rate.equal / rate.findings for rate in rates if rate.at_margin]
    return max(shares, default=float("nan"))


def in_words(rates: Sequence[Rate]) -> tuple[str, str, str]:
    """Wrong verdicts, wrong "practically equal" and coverage of a claim; a dash where untried."""
    if not rates:
        return "–", "–", "–"
    wrong, least, most = worst(rates)
    equal = equal_wrong(rates)
    return (
        f"{wrong:.1%}",
        f"{equal:.1%}" if np.isfinite(equal) else "–",
        f"{least:.1%} to {most:.1%}" if np.isfinite(least) else "–",
    )


def summary_of(rates: Sequence[Rate]) -> pd.DataFrame:
    """A row for each claim that was tried: its largest rates, and the design of the first.

    `wrong` and `equal` are shares of verdicts, of which `wrong` has the most in the studies of
    `world`; `least` and `most` are those of the coverage of intervals.
    """
    rows = []
    for module in load_hypotheses():
        own = [rate for rate in rates if rate.hypothesis == module.ID]
        if not own:
            continue
        wrong, least, most = worst(own)
        at = max(own, key=lambda rate: rate.wrong / rate.findings)
        rows.append(
            {"id": module.ID, "truths": len(own), "studies": min(rate.studies for rate in own)}
            | {"wrong": wrong, "world": at.world, "design": at.design}
            | {"equal": equal_wrong(own), "least": least, "most": most}
        )
    return pd.DataFrame(rows)


def _rates(key: str, studies: int) -> list[Rate]:
    world = next(world for world in worlds() if key_of(world) == key)
    return of_world(world, studies, {module.ID: module for module in load_hypotheses()})


def _studies(found: object) -> int:
    return int(found[0]["studies"]) if isinstance(found, list) and found else 0


def _summary(rates: list[Rate]) -> str:
    lines = [
        "| claim | truths | wrong verdicts, at most | practically equal, wrong at most "
        "| coverage of 95 % intervals | verdict |",
        "|---|---:|---:|---:|---|---|",
    ]
    for module in load_hypotheses():
        own = [rate for rate in rates if rate.hypothesis == module.ID]
        reason = DESCRIPTIVE_ONLY.get(module.ID, "")
        verdict = f"descriptive only: {reason}" if reason else "stands"
        wrong, equal, covered = in_words(own)
        lines.append(f"| {module.ID} | {len(own)} | {wrong} | {equal} | {covered} | {verdict} |")
    return "\n".join(lines)


def _table(rates: list[Rate]) -> str:
    lines = [
        "| truth | world | design | regime | studies | findings | wrong | practically equal "
        "| coverage |",
        "|---|---|---|---|---:|---:|---:|---:|---:|",
    ]
    for rate in rates:
        covered = f"{rate.covered / rate.intervals:.1%}" if rate.intervals else "–"
        equal = f"{rate.equal / rate.findings:.1%}" if rate.at_margin else "–"
        regime = rate.regime or "all"
        lines.append(
            f"| {rate.truth} | {rate.world} | {rate.design} | {regime} | {rate.studies} "
            f"| {rate.findings} | {rate.wrong / rate.findings:.1%} | {equal} | {covered} |"
        )
    return "\n".join(lines)

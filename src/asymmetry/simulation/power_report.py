"""Prints the power of a study, and makes the table of its numbers."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console
from rich.progress import Progress

from asymmetry.analysis.hypotheses.registry import load_hypotheses
from asymmetry.simulation.components import Components
from asymmetry.simulation.design import design_of
from asymmetry.simulation.pilot import components_of
from asymmetry.simulation.power import Power, Setup, number_of_studies, powers, simulated
from asymmetry.simulation.search import Needed, Tried, most_studies, needed, search
from asymmetry.simulation.truths import BORDER, CLAIM, OPPOSITE
from asymmetry.stats.intervals import share_interval
from asymmetry.study import Study
from asymmetry.tables.power import AS_PLANNED, COLUMNS

_HEADER = f"{'':5}{'':44}{'claim':>7}{'opposite':>10}{'neither':>9}{'width':>7}"


def report_power(
    study: Study,
    studies: int,
    pilot: Path | None,
    images: int,
    search_more: bool,
    seed: int,
    jobs: int,
) -> pd.DataFrame:
    """Simulate and print; returns the table of power.

    Raises UserError where the pilot has no scores.
    """
    components = components_of(study, pilot) if pilot else Components()
    setup = Setup(design_of(study), components, images, seed)
    claims = simulated([module.ID for module in load_hypotheses()])
    with _progress() as progress:
        task = progress.add_task("studies", total=number_of_studies(claims, studies))
        found = powers(
            setup, claims, studies, jobs=jobs, advance=lambda more: progress.advance(task, more)
        )
    print()
    for line in power_lines(found):
        print(line)
    tried: list[Tried] = []
    if search_more:
        # What no truth of this size decides, another number of these does not either.
        asked = [one for one in found if one.truth != BORDER and np.isfinite(one.width)]
        with _progress() as progress:
            task = progress.add_task("designs", total=most_studies(claims, studies))
            tried = search(setup, asked, studies, jobs, lambda more: progress.advance(task, more))
        print()
        for line in needed_lines(needed(asked, tried)):
            print(line)
    return power_table(found, tried, setup)


def power_table(found: Sequence[Power], tried: Sequence[Tried], setup: Setup) -> pd.DataFrame:
    """The table of power: of the design as it is, then of those that were tried."""
    planned = [(AS_PLANNED, None, setup.images, one) for one in found]
    larger = [
        (one.what, one.number, one.number if one.what == "images" else setup.images, one.power)
        for one in tried
    ]
    assumed = ", ".join(f"{name} {size:.2g}" for name, size in asdict(setup.components).items())
    rows = [
        {"id": one.hypothesis, "regime": one.regime, "truth": one.truth, "varied": varied}
        | {"number": number, "power": one.right, "width": one.width, "studies": one.studies}
        | {"images": images, "seed": setup.seed, "assumed": assumed}
        | share_interval(one.right, one.studies)._asdict()
        for varied, number, images, one in [*planned, *larger]
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _progress() -> Progress:
    console = Console(stderr=True)
    return Progress(console=console, transient=True, disable=not console.is_terminal)


def power_lines(found: Sequence[Power]) -> list[str]:
    """A table: for each claim and regime the chance of the right verdict under each truth."""
    studies = found[0].studies if found else 0
    lines = [
        f"Chance of the verdict, in {studies} simulated studies of each truth: supported where the "
        "claim is true, contradicted where its opposite is, neither at the border; the mean width "
        "of the interval where the claim is true.",
        _HEADER,
    ]
    rows: dict[tuple[str, str], dict[str, Power]] = {}
    for one in found:
        rows.setdefault((one.hypothesis, one.regime), {})[one.truth] = one
    for (name, regime), own in rows.items():
        numbers = "".join(
            f"{f'{own[truth].right:.2f}' if truth in own else '–':>{width}}"
            for truth, width in ((CLAIM, 7), (OPPOSITE, 10), (BORDER, 9))
        )
        lines.append(f"{name:5}{regime[:43]:44}{numbers}{own[CLAIM].width:>7.2f}")
    return lines


def needed_lines(found: Sequence[Needed]) -> list[str]:
    """A table: how many losses, seeds and images each claim and regime needs."""
    kinds = list(dict.fromkeys(one.what for one in found))
    lines = [
        "The least number of each, all else as it is, with which the claim is supported, and its "
        "opposite contradicted, with a power of .8; –: none that was tried.",
        f"{'':49}" + "".join(f"{kind:>8}" for kind in kinds),
    ]
    rows: dict[tuple[str, str], dict[str, int | None]] = {}
    for one in found:
        rows.setdefault((one.hypothesis, one.regime), {})[one.what] = one.number
    for (name, regime), own in rows.items():
        numbers = "".join(f"{own[kind] or '–':>8}" for kind in kinds)
        lines.append(f"{name:5}{regime[:43]:44}{numbers}")
    return lines

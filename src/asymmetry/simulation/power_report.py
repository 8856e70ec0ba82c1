"""Prints the power of a study as a table, and keeps its numbers."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from asymmetry.analysis.hypotheses.registry import load_hypotheses
from asymmetry.core.files import write_atomically
from asymmetry.simulation.components import Components
from asymmetry.simulation.design import design_of
from asymmetry.simulation.pilot import components_of
from asymmetry.simulation.power import Power, Setup, number_of_studies, powers, simulated
from asymmetry.simulation.truths import BORDER, CLAIM, OPPOSITE
from asymmetry.study import Study

_HEADER = f"{'':5}{'':44}{'claim':>7}{'opposite':>10}{'neither':>9}{'width':>7}"


def report_power(
    study: Study,
    studies: int,
    pilot: Path | None,
    images: int,
    seed: int,
    jobs: int,
    output: Path | None,
) -> None:
    """Simulate, print, and write the numbers as JSON to `output`.

    Raises UserError where the pilot has no scores.
    """
    components = components_of(study, pilot) if pilot else Components()
    setup = Setup(design_of(study), components, images, seed)
    claims = simulated([module.ID for module in load_hypotheses()])
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("studies", total=number_of_studies(claims, studies))
        found = powers(
            setup, claims, studies, jobs=jobs, advance=lambda more: progress.advance(task, more)
        )
    print()
    for line in power_lines(found):
        print(line)
    if output:
        numbers = {
            "studies": studies,
            "images": images,
            "seed": seed,
            "components": asdict(components),
            "powers": [asdict(one) for one in found],
        }
        write_atomically(output, (json.dumps(numbers, indent=1) + "\n").encode())


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
        chances = [own[truth].right for truth in (CLAIM, OPPOSITE, BORDER)]
        numbers = "".join(
            f"{chance:>{width}.2f}" for chance, width in zip(chances, (7, 10, 9), strict=True)
        )
        lines.append(f"{name:5}{regime[:43]:44}{numbers}{own[CLAIM].width:>7.2f}")
    return lines

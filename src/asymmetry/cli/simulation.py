"""The commands that simulate: `power` before a study is trained, `simulate` for its error rates."""

from pathlib import Path
from typing import Annotated

import typer

from asymmetry.cli.options import DEFAULT, StudyFile


def power(study: StudyFile = DEFAULT) -> None:
    """List which claims the design of a study can decide, and what would mend the others."""
    from asymmetry.simulation.decidable import decidable
    from asymmetry.study import read_study

    for one in decidable(read_study(study)):
        print(one.line)


def simulate(
    output: Annotated[
        Path, typer.Option("--output", help="a JSON file; the page is written beside it")
    ] = Path("docs/error-rates.json"),
    studies: Annotated[int, typer.Option(min=1, help="of each truth")] = 500,
    jobs: Annotated[int, typer.Option(min=1, help="processes")] = 1,
    only: Annotated[str, typer.Option(help="truths whose name has this, made anew")] = "",
) -> None:
    """Measure how often verdicts are wrong, in simulated studies of known truth."""
    from asymmetry.simulation.report import simulate as simulate_studies

    simulate_studies(output, studies, jobs, only)


COMMANDS = (power, simulate)

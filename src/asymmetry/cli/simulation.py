"""The commands that simulate: `power` before a study is trained, `simulate` for its error rates."""

from pathlib import Path
from typing import Annotated

import typer

from asymmetry.cli.options import DEFAULT, StudyFile


def power(
    study: StudyFile = DEFAULT,
    simulate: Annotated[
        int, typer.Option(min=0, help="also so many simulated studies of each truth; 100: minutes")
    ] = 0,
    pilot: Annotated[
        Path | None, typer.Option(help="folder of tables that tell how large chance is")
    ] = None,
    images: Annotated[int, typer.Option(min=1, help="of an evaluation set")] = 24,
    search: Annotated[
        bool, typer.Option("--search", help="also how many losses, seeds, images would suffice")
    ] = False,
    seed: Annotated[int, typer.Option(min=0, help="of the simulation; another draws others")] = 0,
    jobs: Annotated[int, typer.Option(min=1, help="processes")] = 1,
    output: Annotated[
        Path | None, typer.Option(help="a folder for power.csv and its figure, as `results`")
    ] = None,
) -> None:
    """List which claims the design of a study can decide, and how likely it is to.

    What is simulated is the study's own grid, through its real analysis: under each claim with the
    smallest effect worth having, at the border, and under the opposite.
    """
    from asymmetry.core.errors import UserError
    from asymmetry.simulation.decidable import decidable
    from asymmetry.simulation.power_report import report_power
    from asymmetry.study import read_study

    if not simulate and (search or output):
        raise UserError("power: --search and --output need studies; add --simulate 40")
    read = read_study(study)
    for one in decidable(read):
        print(one.line)
    if simulate:
        table = report_power(read, simulate, pilot, images, search, seed, jobs)
        if output:
            from asymmetry.figures.write import draw
            from asymmetry.tables.power import write_power

            write_power(table, output)
            draw(read, ["power"], output)


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

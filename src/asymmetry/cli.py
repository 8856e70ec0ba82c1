"""The command line: `asymmetry <stage>`. Commands import what they need, when they run."""

import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from asymmetry.errors import UserError

if TYPE_CHECKING:
    from asymmetry.plan import Plan
    from asymmetry.stages import Stages

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    help="A study of fidelity losses and discriminators in image restoration.",
)

StudyFile = Annotated[
    Path, typer.Option("--study", envvar="ASYMMETRY_STUDY", help="the study, a YAML file")
]
Output = Annotated[Path, typer.Option("--output", help="a table of this study")]
DEFAULT = Path("params.yaml")


def _plan(path: Path) -> "Plan":
    from asymmetry.plan import Plan
    from asymmetry.study import read_study

    return Plan(read_study(path))


def _stages(path: Path) -> "Stages":
    from asymmetry.stages import Stages

    return Stages(_plan(path))


@app.command()
def plan(study: StudyFile = DEFAULT) -> None:
    """Print the cells as a table, how many are done, and the hours that the rest will take."""
    from asymmetry.forecast import print_plan

    print_plan(_plan(study))


@app.command()
def train(run: str, study: StudyFile = DEFAULT) -> None:
    """Train one run, or continue it. Exits with 75 where it was stopped and should be continued."""
    from asymmetry.training.job import train as train_run

    raise typer.Exit(train_run(_plan(study), run))


@app.command()
def assess(output: Output, study: StudyFile = DEFAULT) -> None:
    """Score restored images with every metric of the study."""
    from asymmetry.assessment.engine import assess_part

    assess_part(_stages(study), output)


@app.command()
def skill(output: Output, study: StudyFile = DEFAULT) -> None:
    """Measure how well each loss and metric agrees with the scores of an IQA set."""
    from asymmetry.iqa.skill import measure_part

    measure_part(_stages(study), output)


@app.command()
def transfer(output: Output, study: StudyFile = DEFAULT) -> None:
    """Fine-tune IQA models that start from the discriminators."""
    from asymmetry.iqa.transfer import transfer_part

    transfer_part(_stages(study), output)


@app.command()
def collect(table: str, study: StudyFile = DEFAULT) -> None:
    """Join the parts of a table: runs, scores, skill or transfer."""
    from asymmetry.collect import collect_table

    collect_table(_stages(study), table)


@app.command()
def analyse(study: StudyFile = DEFAULT) -> None:
    """Compute effects and hypotheses from the tables."""
    from asymmetry.analysis.analyse import analyse as analyse_tables

    stages = _stages(study)
    analyse_tables(stages.study, stages.results)


@app.command()
def figures(names: list[str], study: StudyFile = DEFAULT) -> None:
    """Draw figures, each as SVG, PNG, a CSV of its numbers and a JSON of what is behind it."""
    from asymmetry.figures.write import draw

    stages = _stages(study)
    draw(stages.study, names, stages.results)


@app.command()
def report(study: StudyFile = DEFAULT) -> None:
    """Write the page, `index.html`, beside the figures."""
    from asymmetry.report.build import write_report

    stages = _stages(study)
    write_report(stages.study, stages.results)
    print(f"the page is at {(stages.results / 'index.html').resolve().as_uri()}")


@app.command()
def data(study: StudyFile = DEFAULT) -> None:
    """Write the manifest of the photos: split, size, sha256 and licence of each."""
    stages = _stages(study)
    path = stages.results / "photos.csv"
    stages.plan.photos.to_csv(path)
    print(path)


@app.command()
def schema() -> None:
    """Print the JSON schema of a study, for editors."""
    from asymmetry.study import schema_text

    print(schema_text(), end="")


weights_app = typer.Typer(no_args_is_help=True, help="Pretrained weights: list, get, add.")
app.add_typer(weights_app, name="weights")


@weights_app.command("list")
def weights_list(study: StudyFile = DEFAULT) -> None:
    """Print the weights manifest: what is present, its licence and source."""
    from rich.table import Table

    from asymmetry.forecast import wide_console
    from asymmetry.weights import listing

    table = Table("name", "present", "licence", "source", box=None, pad_edge=False)
    for entry in listing(_weights_folder(study)):
        table.add_row(entry.name, "yes" if entry.present else "no", entry.licence, entry.source)
    wide_console().print(table)


@weights_app.command("get")
def weights_get(names: list[str], study: StudyFile = DEFAULT) -> None:
    """Fetch weights from their public source and verify them."""
    from asymmetry.weights import fetch

    for name in names:
        print(fetch(name, _weights_folder(study)))


@weights_app.command("add")
def weights_add(source: Path, study: StudyFile = DEFAULT) -> None:
    """Take over a file, or the files of a folder, that the manifest knows by their sha256."""
    from asymmetry.weights import add

    taken, refused = add(source, _weights_folder(study))
    for name in taken:
        print(f"{name}: taken")
    for line in refused:
        print(f"refused: {line}", file=sys.stderr)
    raise typer.Exit(0 if taken else 2)


def _weights_folder(study: Path) -> Path:
    from asymmetry.study import read_study

    return Path(read_study(study).execution.weights)


def main() -> None:
    """Run a command; a user's mistake is a line on standard error and exit code 2."""
    logging.basicConfig(format="%(message)s")
    logging.getLogger("asymmetry").setLevel(logging.INFO)
    try:
        app()
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)

"""The command line: `asymmetry <stage>`. Commands import what they need, when they run."""

import gc
import logging
import sys
from contextlib import nullcontext
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from asymmetry.cli import artifacts, loose
from asymmetry.cli.options import DEFAULT, StudyFile, plan_of, stages_of
from asymmetry.cli.simulation import COMMANDS as SIMULATION
from asymmetry.cli.simulation import power
from asymmetry.cli.userstudy import app as userstudy_app
from asymmetry.core.edits import edited_files
from asymmetry.core.errors import UserError
from asymmetry.core.offline import switch_off_hubs

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


def _print_version(asked: bool) -> None:
    if asked:
        print(f"asymmetry {version('asymmetry')}")
        raise typer.Exit


@app.callback()
def options(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="print the version"),
    ] = False,
) -> None:
    """A study of fidelity losses and discriminators in image restoration."""
    switch_off_hubs()


Output = Annotated[Path, typer.Option("--output", help="a table of this study")]
Fitted = Annotated[Path, typer.Option("--output", help="a file of weights of this study")]


@app.command()
def plan(
    study: StudyFile = DEFAULT,
    claims: Annotated[
        bool, typer.Option("--claims", help="also which claims the design can decide, in seconds")
    ] = False,
) -> None:
    """Print the cells as a table, how many are done, and the hours that the rest will take."""
    from asymmetry.monitor.forecast import print_plan

    print_plan(plan_of(study))
    if claims:
        power(study)


@app.command()
def status(
    study: StudyFile = DEFAULT,
    every_run: Annotated[
        bool, typer.Option("--all", help="a row also for those that wait or are done")
    ] = False,
    serve: Annotated[
        bool, typer.Option("--serve", help="the page of the results so far, in a browser")
    ] = False,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="of --serve, on the loopback; 0: any that is free")
    ] = 8738,
) -> None:
    """Show how the trainings stand; on a terminal, until all ended or Ctrl-C."""
    if serve:
        from asymmetry.monitor.live.serve import serve as serve_page

        serve_page(stages_of(study), port)
        return
    from asymmetry.monitor.status import show_status

    show_status(plan_of(study), every_run)


@app.command()
def train(
    runs: Annotated[list[str], typer.Argument(help="ids, or paths of their run.json")],
    study: StudyFile = DEFAULT,
) -> None:
    """Train a run, or continue it; several of one task and seed share their batches.

    Exits with 75 where one was stopped and should be continued. Alone, a run shows how it goes on
    standard error; of several, each writes that to the train.log in its folder.
    """
    from asymmetry.monitor.tracking import tracked
    from asymmetry.planning.run import id_at
    from asymmetry.training.job import train as train_runs

    planned, ids = plan_of(study), list(map(id_at, runs))
    with tracked(planned, ids):
        code = train_runs(planned, *ids)
    raise typer.Exit(code)


@app.command()
def calibrate(output: Fitted, study: StudyFile = DEFAULT) -> None:
    """Fit the channel weights of a calibrated loss to human scores."""
    from asymmetry.iqa.calibration.calibrate import calibrate as fit_weights

    fit_weights(plan_of(study), output)


@app.command()
def assess(output: Output, study: StudyFile = DEFAULT) -> None:
    """Score restored images with every metric of the study."""
    from asymmetry.assessment.engine import assess_part

    assess_part(plan_of(study), output)


@app.command()
def skill(output: Output, study: StudyFile = DEFAULT) -> None:
    """Measure how well each loss and metric agrees with the scores of an IQA set."""
    from asymmetry.iqa.skill.measure import measure_part

    measure_part(plan_of(study), output)


@app.command()
def optimisability(output: Output, study: StudyFile = DEFAULT) -> None:
    """Measure how good an objective each fidelity loss is: recovery, noise of its gradient."""
    from asymmetry.optimisability.measure import measure_part

    measure_part(plan_of(study), output)


@app.command()
def transfer(output: Output, study: StudyFile = DEFAULT) -> None:
    """Measure what the discriminators bring to IQA: raw, probed, fine-tuned."""
    from asymmetry.iqa.transfer.measure import measure_part

    measure_part(plan_of(study), output)


@app.command()
def collect(table: str, study: StudyFile = DEFAULT) -> None:
    """Join the parts of a table: runs, scores, skill, optimisability or transfer."""
    from asymmetry.pipeline.collect import collect_table

    collect_table(stages_of(study), table)


@app.command()
def analyse(study: StudyFile = DEFAULT) -> None:
    """Compute effects and hypotheses from the tables."""
    from asymmetry.analysis.analyse import analyse as analyse_tables
    from asymmetry.pipeline.made import making

    stages = stages_of(study)
    with making(stages, "analyse"):
        analyse_tables(stages.study, stages.results)


@app.command()
def figures(
    names: Annotated[list[str] | None, typer.Argument(help="figures; without any, all")] = None,
    tables: Annotated[
        Path | None,
        typer.Option(help="redraw a published study: its folder of tables, study.yaml beside it"),
    ] = None,
    study: StudyFile = DEFAULT,
) -> None:
    """Draw figures, each as SVG, PNG, a CSV of its numbers and a JSON of what is behind it."""
    from asymmetry.figures.registry import drawn_figures

    if tables is not None:
        from asymmetry.figures.redraw import redraw

        for path in redraw(tables, names or []):
            print(path)
        return
    from asymmetry.figures.write import draw
    from asymmetry.pipeline.made import making

    stages = stages_of(study)
    every = drawn_figures(stages.results)
    names = names or every
    # Some of them alone are not the stage: all are drawn again by the next start.
    whole = set(every) <= set(names)
    with making(stages, "figures") if whole else nullcontext():
        draw(stages.study, names, stages.results)


@app.command()
def report(study: StudyFile = DEFAULT) -> None:
    """Write the page, `index.html`, `metrics.json` and the manifest of all results."""
    from asymmetry.artifacts.results import write_manifest
    from asymmetry.pipeline.made import making
    from asymmetry.report.build import write_report
    from asymmetry.report.metrics import write_metrics

    stages = stages_of(study)
    with making(stages, "report"):
        write_report(stages.study, stages.results)
        write_metrics(stages.results)
    write_manifest(stages)
    print(f"the page is at {(stages.results / 'index.html').resolve().as_uri()}")


@app.command()
def schema() -> None:
    """Print the JSON schema of a study, for editors."""
    from asymmetry.study import schema_text

    print(schema_text(), end="")


for command in (*artifacts.COMMANDS, *loose.COMMANDS, *SIMULATION):
    app.command()(command)


app.add_typer(userstudy_app, name="userstudy")

data_app = typer.Typer(no_args_is_help=True, help="Images: list, get, check, photos.")
app.add_typer(data_app, name="data")


@data_app.command("list")
def data_list() -> None:
    """Print the public data sets: present or not, size, licence, how it comes, when checked."""
    from asymmetry.datasets.table import listing
    from asymmetry.monitor.forecast import wide_console

    wide_console().print(listing())


@data_app.command("get")
def data_get(
    names: list[str],
    source: Annotated[
        list[Path] | None,
        typer.Option("--from", help="an archive or folder that you have; may be repeated"),
    ] = None,
) -> None:
    """Put public data sets into `data/`, verified; fetched, or from a copy that you have."""
    from asymmetry.datasets.get import get

    get(names, source or [])


@data_app.command("check")
def data_check(name: str) -> None:
    """Compare a data set with its record: a line for each file that differs."""
    from asymmetry.datasets.get import check

    changed = check(name)
    for line in changed:
        print(line, file=sys.stderr)
    if changed:
        raise typer.Exit(2)
    print(f"data/{name}: as recorded in data/{name}.json")


@data_app.command("photos")
def data_photos(study: StudyFile = DEFAULT) -> None:
    """Write the manifest of the study's photos: split, size, sha256 and licence of each."""
    from asymmetry.data.folders import in_words
    from asymmetry.pipeline.made import making

    stages = stages_of(study)
    path, photos = stages.results / "photos.csv", stages.plan.photos
    with making(stages, "photos"):
        photos.to_csv(path)
    print(path)
    if photos.left_out:
        print(in_words(photos.left_out, stages.study.photos.source), file=sys.stderr)


weights_app = typer.Typer(no_args_is_help=True, help="Pretrained weights: list, get, add.")
app.add_typer(weights_app, name="weights")


@weights_app.command("list")
def weights_list(study: StudyFile = DEFAULT) -> None:
    """Print the weights manifest: what is present, its size, licence, last check and source."""
    from rich.table import Table

    from asymmetry.monitor.forecast import wide_console
    from asymmetry.weights.store import listing

    columns = ("name", "present", "size", "licence", "checked", "source")
    table = Table(*columns, box=None, pad_edge=False)
    for entry in listing(_weights_folder(study)):
        present = "yes" if entry.present else "no"
        size = f"{entry.size / 1e6:.1f} MB" if entry.size else ""
        table.add_row(entry.name, present, size, entry.licence, entry.checked, entry.source)
    wide_console().print(table)


@weights_app.command("get")
def weights_get(
    names: Annotated[
        list[str] | None, typer.Argument(help="of the manifest; without, all of the study")
    ] = None,
    study: StudyFile = DEFAULT,
) -> None:
    """Fetch weights from their public source and verify them; all that a study names are locked.

    The lock lies beside the study, `params.weights.lock`, and belongs in Git.
    """
    from asymmetry.artifacts.weights import get_weights
    from asymmetry.weights.store import fetch

    if not names:
        for line in get_weights(plan_of(study)):
            print(line, flush=True)
    for name in names or ():
        print(fetch(name, _weights_folder(study)))


@weights_app.command("add")
def weights_add(source: Path, study: StudyFile = DEFAULT) -> None:
    """Take over a file, or the files of a folder, that the manifest knows by their sha256."""
    from asymmetry.weights.store import add

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
        if edited := edited_files():
            print(
                f"error: edited since the study was started: {', '.join(edited)}; start it again, "
                "what was finished or begun under the former code stays as it is",
                file=sys.stderr,
            )
        sys.exit(2)
    finally:
        # Python would look for garbage in all that torch is made of, before it ends.
        gc.freeze()

"""The command line: `asymmetry <stage>`. Commands import what they need, when they run."""

import gc
import logging
import sys
from importlib.metadata import version
from typing import Annotated

import typer

from asymmetry.cli import artifacts, data, loose, simulation, stages, userstudy, weights
from asymmetry.cli.options import DEFAULT, StudyFile, plan_of, stages_of
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
        simulation.power(study)


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


def schema() -> None:
    """Print the JSON schema of a study, for editors."""
    from asymmetry.study import schema_text

    print(schema_text(), end="")


for command in (
    plan,
    status,
    *stages.COMMANDS,
    schema,
    *artifacts.COMMANDS,
    *loose.COMMANDS,
    *simulation.COMMANDS,
):
    app.command()(command)


for name, group in {"userstudy": userstudy, "data": data, "weights": weights}.items():
    app.add_typer(group.app, name=name)


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

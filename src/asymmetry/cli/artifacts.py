"""The commands that look after what is finished: adopt, why, prune, release, publish, keys."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from asymmetry.cli.options import DEFAULT, StudyFile, plan_of, stages_of
from asymmetry.core.edits import STUDY_VARIABLE


def adopt(
    study: StudyFile = DEFAULT,
    source: Annotated[
        Path | None, typer.Option("--from", help="another checkout's folder of runs")
    ] = None,
    replay: Annotated[
        int | None,
        typer.Option(min=1, help="steps after which finished runs of other code are believed"),
    ] = None,
    runs: Annotated[bool, typer.Option("--runs", help="the runs alone, not the results")] = False,
) -> None:
    """After a pull, a copy or a checkout: verify every byte, take over what matches."""
    from asymmetry.artifacts.adopt import adopt as adopt_all

    found = adopt_all(stages_of(study), source, replay, results=not runs)
    for line in found.lines:
        print(line)
    for line in found.refused:
        print(f"refused: {line}", file=sys.stderr)
    raise typer.Exit(2 if found.refused else 0)


def why(run: str, study: StudyFile = DEFAULT) -> None:
    """Show what would make a run, or the runs of a cell, train again, and its cost."""
    from asymmetry.artifacts.why import why as explain

    for line in explain(stages_of(study), run):
        print(line)


def prune(
    studies: Annotated[
        list[Path],
        typer.Option("--study", envvar=STUDY_VARIABLE, help="a study; may be repeated"),
    ] = [DEFAULT],  # noqa: B006 - typer copies it
    yes: Annotated[bool, typer.Option("--yes", help="remove them")] = False,
) -> None:
    """List the runs, and the calibrations, that no study names; with --yes, remove them."""
    from asymmetry.artifacts.prune import remove, unnamed_fits, unnamed_runs

    plans = [plan_of(study) for study in studies]
    runs, fits = unnamed_runs(plans), unnamed_fits(plans)
    found = [*runs, *fits]
    kept = [one for one in found if one.in_use or not yes or not remove(one)]
    for one in found:
        what = "in use, kept" if one.in_use else "kept" if one in kept else "removed"
        print(f"{one.path}: {one.size / 1e6:.1f} MB, {what}")
    total = sum(one.size for one in found) / 1e6
    hint = "; --yes removes them" if found and not yes else ""
    named = ", ".join(map(str, studies))
    calibrations = f" and {len(fits)} calibrations" if fits else ""
    print(f"{len(runs)} runs{calibrations}, {total:.1f} MB, that {named} does not name{hint}")


def release(
    run: str,
    output: Annotated[Path, typer.Option(help="the folder of released models")] = Path("models"),
    study: StudyFile = DEFAULT,
) -> None:
    """Copy a finished run's models, with a model card, to a folder under DVC."""
    from asymmetry.artifacts.release import release as release_run
    from asymmetry.artifacts.release import track

    folder = release_run(stages_of(study), run, output)
    print(f"{folder}: complete and verified")
    print(track(folder))


def publish(
    folder: Annotated[Path, typer.Argument(help="a folder to commit, such as published/NAME")],
    study: StudyFile = DEFAULT,
) -> None:
    """Write a finished study's tables, claims, figures, crops and pages to a folder for Git."""
    from asymmetry.artifacts.publish import publish as publish_study

    page = publish_study(stages_of(study), study, folder)
    print(f"the page is at {page.resolve().as_uri()}")


def keys(study: StudyFile = DEFAULT) -> None:
    """Write what the stages of `dvc.yaml` depend on."""
    from asymmetry.artifacts.keys import write_keys

    write_keys(stages_of(study))


COMMANDS = (adopt, why, prune, release, publish, keys)

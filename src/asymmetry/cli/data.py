"""The commands about images: `data list`, `get`, `check`, `photos`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from asymmetry.cli.options import DEFAULT, StudyFile, stages_of

app = typer.Typer(no_args_is_help=True, help="Images: list, get, check, photos.")


@app.command("list")
def data_list() -> None:
    """Print the public data sets: present or not, size, licence, how it comes, when checked."""
    from asymmetry.datasets.table import listing
    from asymmetry.monitor.forecast import wide_console

    wide_console().print(listing())


@app.command("get")
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


@app.command("check")
def data_check(name: str) -> None:
    """Compare a data set with its record: a line for each file that differs."""
    from asymmetry.datasets.get import check

    changed = check(name)
    for line in changed:
        print(line, file=sys.stderr)
    if changed:
        raise typer.Exit(2)
    print(f"data/{name}: as recorded in data/{name}.json")


@app.command("photos")
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

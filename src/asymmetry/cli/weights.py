"""The commands about pretrained weights: `weights list`, `get`, `add`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from asymmetry.cli.options import DEFAULT, StudyFile, plan_of

app = typer.Typer(no_args_is_help=True, help="Pretrained weights: list, get, add.")


@app.command("list")
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


@app.command("get")
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


@app.command("add")
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

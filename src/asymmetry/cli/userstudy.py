"""The commands `asymmetry userstudy make|serve|fit|export`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from asymmetry.cli.options import DEFAULT, StudyFile, plan_of

app = typer.Typer(no_args_is_help=True, help="What people say: make, serve, fit, export.")


@app.command()
def make(
    study: StudyFile = DEFAULT,
    raters: Annotated[int, typer.Option(min=1, help="links; fewer may be used")] = 20,
    pairs: Annotated[int, typer.Option(min=1, help="pairs that each rater sees")] = 60,
    repeats: Annotated[int, typer.Option(min=0, help="of these again, sides exchanged")] = 6,
    catches: Annotated[
        int, typer.Option(min=0, help="pairs of a reference and a much worse picture")
    ] = 4,
    reference: Annotated[
        bool, typer.Option("--reference/--no-reference", help="show the original beside a pair")
    ] = True,
    design: Annotated[
        Literal["balanced", "adaptive"],
        typer.Option(help="adaptive: the most informative pair next, by the answers so far"),
    ] = "balanced",
    crop: Annotated[int, typer.Option(min=32, help="side of the central square shown")] = 256,
    seed: Annotated[int, typer.Option(min=0, help="of which pairs, sides and order")] = 0,
) -> None:
    """Write the questions about the trained cells' pictures to a folder, and the pictures."""
    from asymmetry.tables.user_study import folder_of
    from asymmetry.userstudy.make import Form
    from asymmetry.userstudy.make import make as make_study
    from asymmetry.userstudy.sessions import Lengths

    plan = plan_of(study)
    lengths, form = Lengths(raters, pairs, repeats, catches), Form(reference, crop, design)
    made = make_study(plan, lengths, form, seed)
    print(
        f"{folder_of(plan.study)}: {raters} sessions of {pairs + repeats + catches} pairs, "
        f"{len(made.files)} pictures; next: asymmetry userstudy serve"
    )


@app.command()
def serve(
    study: StudyFile = DEFAULT,
    host: Annotated[
        str, typer.Option(help="address to listen at; 0.0.0.0 is the whole network")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any that is free")] = 8737,
    free: Annotated[
        int | None, typer.Option(help="let another browser go on with this rater's link")
    ] = None,
) -> None:
    """Show the pairs to raters, and keep each answer as it comes; until Ctrl-C."""
    from asymmetry.userstudy import serve as server

    folder = _folder(study)
    if free is not None:
        server.free(folder, free)
    server.serve(folder, host, port)


@app.command()
def fit(
    study: StudyFile = DEFAULT,
    without: Annotated[
        list[int] | None, typer.Option(help="a rater to leave out; may be repeated")
    ] = None,
) -> None:
    """Turn the answers into scores of cells, with intervals, and into the judge `human`."""
    from asymmetry.study import read_study
    from asymmetry.tables.user_study import folder_of
    from asymmetry.userstudy.fit import fit as fit_answers

    read = read_study(study)
    folder = folder_of(read)
    found = fit_answers(folder, read.execution.bootstrap, without or ())
    if found is None:
        print(f"{folder}: no answers yet; nothing is written, the study is complete without them")
        return
    print(f"{found['raters']} raters, {found['answers']} answers")
    print(f"repeats answered alike: {found['repeats_same']} of {found['repeats']}")
    print(f"catch trials answered right: {found['catches_right']} of {found['catches']}")
    print(f"triads that go in a circle: {found['circular_triads']} of {found['triads']}")
    print(f"pairs of cells told apart: {found['told_apart']} of {found['pairs_of_cells']}")
    print(f"written to {folder}; the next `snakemake` joins them to the scores of the metrics")


@app.command()
def export(
    into: Annotated[Path, typer.Argument(help="a new folder")],
    licence: Annotated[str, typer.Option(help="of the data, such as CC-BY-4.0")],
    study: StudyFile = DEFAULT,
) -> None:
    """Write the answers for others to use, without anything about raters, and a data card."""
    from datetime import UTC, datetime

    from asymmetry.userstudy import export as exported

    count = exported.export(_folder(study), into, licence, datetime.now(UTC).date())
    print(f"{into}: {count} answers in {exported.TABLE}, and what they are in {exported.CARD}")


def _folder(study: Path) -> Path:
    from asymmetry.study import read_study
    from asymmetry.tables.user_study import folder_of

    return folder_of(read_study(study))

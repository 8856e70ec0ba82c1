"""The commands for images that no study made: `score`, `compare`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from asymmetry.core.errors import UserError

if TYPE_CHECKING:
    import pandas as pd

Metrics = Annotated[str, typer.Option("--metrics", help="names of metrics, with commas between")]
Scale = Annotated[
    int,
    typer.Option(min=1, help="factor of the task: psnr_y and others leave out so wide a border"),
]
Weights = Annotated[Path, typer.Option(help="the folder of pretrained weights")]
_WEIGHTS = Path("data/weights")


def score(
    images: Annotated[Path, typer.Argument(metavar="IMAGE|FOLDER")],
    reference: Annotated[
        Path | None, typer.Argument(metavar="[REFERENCE]", help="an image, or a folder of them")
    ] = None,
    metrics: Metrics = "psnr_y,ssim_y",
    scale: Scale = 1,
    weights: Weights = _WEIGHTS,
    output: Annotated[Path | None, typer.Option(help="a CSV in place of a table")] = None,
) -> None:
    """Score images by metrics of the assessment, and its conventions; two folders by names."""
    from asymmetry.assessment.loose import score as score_images
    from asymmetry.core.files import write_atomically

    table = score_images(images, reference, names_in(metrics), scale, weights)
    if output is not None:
        write_atomically(output, table.to_csv(index=False).encode())
        print(output)
    else:
        _print(table, scale)
    for image, metric, status in table.loc[
        table["value"].isna(), ["image", "metric", "status"]
    ].itertuples(index=False):
        print(f"{image}: {metric}: {status}", file=sys.stderr)


def compare(
    folders: Annotated[
        list[Path], typer.Argument(metavar="FOLDER...", help="of restored images, one a method")
    ],
    reference: Annotated[Path, typer.Option(help="the folder of the references")],
    metrics: Metrics = "psnr_y,ssim_y,fsim,gmsd",
    scale: Annotated[
        int, typer.Option(help="1, 2, 3, 4 or 8: psnr_y and others leave out so wide a border")
    ] = 1,
    weights: Weights = _WEIGHTS,
    output: Annotated[Path, typer.Option(help="the folder of tables, figures and pages")] = Path(
        "comparison"
    ),
) -> None:
    """Compare folders of restored images: a table with intervals, figures, synchronised images."""
    from asymmetry.compare.compare import compare as compare_folders

    page = compare_folders(folders, reference, names_in(metrics), scale, weights, output)
    print(f"the page is at {page.resolve().as_uri()}")


def names_in(text: str) -> list[str]:
    """The names of a list with commas; UserError where there is none."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names:
        raise UserError("--metrics: names no metric; give some, such as psnr_y,gmsd")
    return names


def _print(table: "pd.DataFrame", scale: int) -> None:
    """A row for each image and the mean, a column for each metric; then the conventions."""
    from rich.table import Table
    from rich.text import Text

    from asymmetry.monitor.forecast import wide_console

    metrics = table["metric"].unique().tolist()
    wide = table.pivot(index="image", columns="metric", values="value")
    wide = wide.reindex(index=table["image"].unique(), columns=metrics)
    shown = Table("image", *metrics, box=None, pad_edge=False)
    means = [("mean", wide.mean())] if len(wide) > 1 else []
    for name, values in [*wide.iterrows(), *means]:
        numbers = ("–" if value != value else f"{value:.4f}" for value in values)
        shown.add_row(Text(str(name)), *numbers)  # a name may hold brackets
    console = wide_console()
    console.print(shown)
    for metric, convention in table.groupby("metric", sort=False)["convention"].first().items():
        console.print(f"{metric}: {convention}; scale {scale}", style="dim", highlight=False)


COMMANDS = (score, compare)

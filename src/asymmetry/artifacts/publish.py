"""`asymmetry publish`: a finished study as a folder for Git: study, tables, figures and pages.

It is small: of the pictures, it has only those that the figure of crops shows. `figures.redraw`
makes claims and figures again from its tables.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from asymmetry.analysis.provenance import provenance
from asymmetry.core.errors import UserError
from asymmetry.core.files import write_atomically
from asymmetry.figures.registry import FORMATS, drawn_figures, shows_images
from asymmetry.pipeline.made import is_made
from asymmetry.pipeline.stages import Stages
from asymmetry.report.build import files_of_tables, pages
from asymmetry.report.comparison import comparison
from asymmetry.tables.read import load_tables

_TABLES, _FIGURES, _CROPS = "tables", "figures", "crops"


def publish(stages: Stages, study_file: Path, folder: Path) -> Path:
    """Write the study and its finished results to `folder`: the path of its page.

    What else lies in the folder, such as a README, stays as it is. The page is written last.

    Raises:
        UserError: The results are not finished, or not those of today's study and code; the folder
            has tables, figures or crops already; or it cannot be written.
    """
    results, study = stages.results, stages.study
    if unmade := [name for name in stages.stamps.by_name if not is_made(stages, name)]:
        raise UserError(
            f"{results}: these stages are not made: {', '.join(unmade)}; run snakemake, then "
            "publish"
        )
    for name in (_TABLES, _FIGURES, _CROPS):
        if (folder / name).exists():
            raise UserError(f"{folder / name}: there is one already; remove it, then publish")
    try:
        _copy(study_file, folder / "study.yaml")
        for name in files_of_tables(results):
            _copy(results / name, folder / _TABLES / name)
        for path in _drawings(results):
            _copy(path, folder / _FIGURES / path.name)
        for path in _crops(results):
            _copy(path, folder / path.relative_to(results))
        tables = load_tables(results)
        compared = comparison(study.evaluation, tables, folder)
        texts = pages(study, tables, folder, provenance(results), compared, _TABLES)
        for name, text in reversed(texts.items()):
            write_atomically(folder / name, text.encode())
    except BaseException:
        # Half of it would be in the way of the next try. None of these was there before.
        for name in (_TABLES, _FIGURES, _CROPS):
            shutil.rmtree(folder / name, ignore_errors=True)
        raise
    return folder / "index.html"


def _drawings(results: Path) -> Iterator[Path]:
    """The files of the figures; one that shows images is no drawing, so that is a PNG."""
    for name in drawn_figures(results):
        left_out = "svg" if shows_images(name) else "png"
        yield from (results / f"figures/{name}.{kind}" for kind in FORMATS if kind != left_out)


def _crops(results: Path) -> Iterator[Path]:
    """The pictures that the figure of crops names, of those that are there."""
    named = pd.read_csv(results / "figures/crops.csv", usecols=["file"])["file"]
    yield from (path for path in map(Path, named) if path.is_file())


def _copy(source: Path, target: Path) -> None:
    write_atomically(target, source.read_bytes())

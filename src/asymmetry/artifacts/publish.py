"""`asymmetry publish`: a finished study as a folder for Git: study, tables, figures and pages.

It is small: of the pictures, only the crops of the first seed are in it. `figures.redraw` makes
claims and figures again from its tables.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

from asymmetry.analysis.provenance import provenance
from asymmetry.core.errors import UserError
from asymmetry.core.files import write_atomically
from asymmetry.data.views import strips
from asymmetry.figures.registry import FORMATS, drawn_figures, shows_images
from asymmetry.pipeline.made import is_made
from asymmetry.pipeline.stages import Stages
from asymmetry.report.build import files_of_tables, pages
from asymmetry.report.comparison import comparison
from asymmetry.tables.read import Tables, load_tables

_TABLES, _FIGURES, _CROPS = "tables", "figures", "crops"


def publish(stages: Stages, study_file: Path, folder: Path) -> Path:
    """Write the study and its finished results to `folder`: the path of its page.

    What else lies in the folder, such as a README, stays as it is.

    Raises:
        UserError: The results are not finished, or not those of today's study and code; or the
            folder has tables, figures or crops already.
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
    tables = load_tables(results)
    _copy(study_file, folder / "study.yaml")
    for name in files_of_tables(results):
        _copy(results / name, folder / _TABLES / name)
    for path in _drawings(results):
        _copy(path, folder / _FIGURES / path.name)
    for path in _crops(stages, tables):
        _copy(path, folder / path.relative_to(results))
    compared = comparison(study.evaluation, tables, folder)
    texts = pages(study, tables, folder, provenance(results), compared, _TABLES)
    for name, text in texts.items():
        write_atomically(folder / name, text.encode())
    return folder / "index.html"


def _drawings(results: Path) -> Iterator[Path]:
    """The files of the figures; one that shows images is no drawing, so that is a PNG."""
    for name in drawn_figures(results):
        other = "svg" if shows_images(name) else "png"
        yield from (results / f"figures/{name}.{kind}" for kind in FORMATS if kind != other)


def _crops(stages: Stages, tables: Tables) -> Iterator[Path]:
    """The crops that the study names, of all that has no seed and of the cells of the first."""
    images = tables.scores.groupby("set")["image"].unique()
    views = strips(stages.study.evaluation, {str(k): sorted(v) for k, v in images.items()})
    restorers, first = tables.restorers, tables.cells["seed"].min()
    shown = restorers[(restorers["kind"] != "cell") | (restorers["seed"] == first)]
    references = [f"{task}/reference" for task in stages.study.grid.tasks]
    for run in [*references, *shown["run"]]:
        paths = (view.path(stages.results, run) for view in views)
        yield from (path for path in paths if path.is_file())


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)

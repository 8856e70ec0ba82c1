"""A published study again: its claims and figures from its tables, without images or models."""

from collections.abc import Collection
from pathlib import Path

from asymmetry.analysis.analyse import analyse
from asymmetry.analysis.provenance import provenance
from asymmetry.core.errors import UserError
from asymmetry.figures.registry import drawn_figures, shows_images
from asymmetry.figures.write import write_figure
from asymmetry.study import read_study
from asymmetry.tables.read import load_tables, table_path

# What is committed of a figure: a PNG is large, and the JSON names the commit that drew it.
_FORMATS = ("svg", "csv")


def redraw(tables: Path, names: Collection[str] = ()) -> list[Path]:
    """Analyse the tables in a folder again, and draw the named figures, or all, beside it.

    The study is `study.yaml` beside the folder; figures go to `figures` beside it, claims and the
    tables of the analysis into the folder. On one platform equal tables and code give equal bytes.

    Returns:
        The drawings. A figure that shows images is not among them, as images are not in tables.

    Raises:
        UserError: There is no study or no table, a table is damaged, or a figure is not known or
            shows images.
    """
    if not table_path(tables, "runs").is_file():
        raise UserError(f"{tables}: has no runs.parquet; name the folder of a study's tables")
    study = read_study(tables.parent / "study.yaml")
    for name in names:
        if shows_images(name):
            raise UserError(f"figures: '{name}' shows images, which tables do not have")
    drawn = [name for name in names or drawn_figures(tables) if not shows_images(name)]
    analyse(study, tables)
    loaded, behind, folder = load_tables(tables), provenance(tables), tables.parent / "figures"
    for name in drawn:
        write_figure(name, loaded, study, folder, behind, _FORMATS)
    return [folder / f"{name}.svg" for name in drawn]

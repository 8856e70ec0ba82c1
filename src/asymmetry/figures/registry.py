"""The names of the figures. Each file of this folder is a figure of its name, and so are own parts.

It has `TITLE`, `caption(tables, study) -> str`, `numbers(tables, study) -> DataFrame` and
`draw(numbers, study) -> Figure`; one that needs more than tables has `SHOWS_IMAGES = True`, and one
that shows no cell of the grid `SIMULATED = True`. Imports nothing heavy: the files are listed, not
imported.
"""

import importlib
import pkgutil
from pathlib import Path
from types import ModuleType

import asymmetry.figures
from asymmetry.core.errors import UserError
from asymmetry.core.names import nearest
from asymmetry.core.own_parts import own_parts

_NOT_FIGURES = {"labels", "marks", "parts", "redraw", "registry", "style", "write"}
# The order in which one reads them; a new figure comes after these.
_ORDER = (
    *("asymmetry", "critical_difference", "optimisability", "perception_distortion"),
    *("heat_map", "variance_shares", "weight_curves", "games", "trajectories", "judges"),
    *("transfer", "crops", "power"),
)
# Of a table that no stage makes, but a command: drawn where that lies among the results.
_ASKED_FOR = {"power": "power.csv"}
FORMATS = ("svg", "png", "csv", "json")


def figure_names() -> list[str]:
    """Every figure, in reading order."""
    files = pkgutil.iter_modules(asymmetry.figures.__path__)
    names = {file.name for file in files} - _NOT_FIGURES
    names |= own_parts("figures").keys()
    return [name for name in _ORDER if name in names] + sorted(names.difference(_ORDER))


def drawn_figures(results: Path) -> list[str]:
    """The figures of a study whose tables lie in `results`, in reading order."""
    absent = {name for name, table in _ASKED_FOR.items() if not (results / table).is_file()}
    return [name for name in figure_names() if name not in absent]


def figure_modules() -> dict[str, str]:
    """Every figure and the dotted name of its module, in reading order."""
    own = own_parts("figures")
    return {
        name: own[name].module if name in own else f"asymmetry.figures.{name}"
        for name in figure_names()
    }


def shows_images(name: str) -> bool:
    """Whether a figure shows images, which tables do not have."""
    return bool(getattr(load_figure(name), "SHOWS_IMAGES", False))


def load_figure(name: str) -> ModuleType:
    """The module of a figure; UserError with the nearest name where there is none."""
    modules = figure_modules()
    if name not in modules:
        raise UserError(f"figures: '{name}' is not a known figure; {nearest(name, modules)}")
    return importlib.import_module(modules[name])

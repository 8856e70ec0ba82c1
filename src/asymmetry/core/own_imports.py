"""Importing parts of the user's own: the folder `parts` as a package, and what is wrong in a line.

The folder of the project is not on Python's path, where its other names would hide modules.
"""

import importlib
import sys
import traceback
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import ModuleType

from asymmetry.core.errors import UserError

CHANGES_NUMBERS = False
PARTS = "parts"


def importable(folder: Path) -> None:
    """Make the folder the package `parts` of this process.

    Raises UserError where another folder is that.
    """
    for finder in sys.meta_path:
        if isinstance(finder, _Finder):
            if finder.folder != folder:
                raise UserError(
                    f"{folder}: this process has the parts in {finder.folder} already; "
                    "start another one"
                )
            return
    sys.meta_path.insert(0, _Finder(folder))


def imported(module: str, file: Path, place: str) -> ModuleType:
    """A module of a part, imported; UserError with file, line and message where that fails."""
    try:
        return importlib.import_module(module)
    except UserError:
        raise
    except Exception as error:
        raise _in_a_line(error, file, place) from error


class _Finder(MetaPathFinder):
    """Finds `parts` in its folder, and all that lies below."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The place of a module below the folder; None for any other."""
        if fullname.partition(".")[0] != PARTS:
            return None
        if fullname == PARTS:
            spec: ModuleSpec | None = ModuleSpec(PARTS, None, is_package=True)
            assert spec is not None
            spec.submodule_search_locations = [str(self.folder)]
            return spec
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = _Loader(spec.loader.name, spec.loader.path)
        return spec


class _Loader(SourceFileLoader):
    """Loads a file of the folder; whoever imports it gets a mistake in it as a line."""

    def exec_module(self, module: ModuleType) -> None:
        """Run the file; UserError where that fails."""
        try:
            super().exec_module(module)
        except UserError:
            raise  # of another file, which this one imports
        except Exception as error:
            file = Path(self.path)
            folder = file.parents[self.name.count(".")]
            raise _in_a_line(error, file, str(file.relative_to(folder))) from error


def _in_a_line(error: Exception, file: Path, place: str) -> UserError:
    """What went wrong while a file was imported, and in which line of it."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == str(file)]
    if isinstance(error, SyntaxError) and error.filename == str(file):
        lines = [error.lineno]
    where = f"{place}, line {lines[-1]}" if lines else place
    words = " ".join(str(error).split()) or "no message"
    return UserError(f"{where}: cannot be imported: {type(error).__name__}: {words}")

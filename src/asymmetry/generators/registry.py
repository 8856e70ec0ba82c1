"""The way to a generator by its name. Imports no torch, and builds by a dynamic import.

The training loop mentions this module, which counts as the built-in generators alone: so their runs
keep their ids whatever happens to files. Those of a run that begins from a file are its sha256, in
the settings, and `BUILDER`, among the roots.
"""

import importlib
from pathlib import Path
from typing import TYPE_CHECKING

from asymmetry.core.errors import UserError
from asymmetry.core.hash_cache import cached_sha256
from asymmetry.generators.catalog import GENERATOR_FILES, GeneratorFile
from asymmetry.weights.manifest import WEIGHTS

if TYPE_CHECKING:
    from torch import nn

CHANGES_NUMBERS = False
COUNTS_AS = "asymmetry.generators.build"
_FROM_FILE = "asymmetry.generators.from_file"
BUILDER = f"{_FROM_FILE}:load_generator"
# The digest of each file when its runs were planned: what is trained must be what was planned.
_PLANNED: dict[GeneratorFile, str] = {}


def build_generator(name: str, scale: int, seed: int) -> "nn.Module":
    """The generator `name`, see `generators.build`; one from a file has that file's weights.

    Raises UserError for an unknown name or scale, and where a file is missing, has other bytes than
    the planned ones, or is not a generator of this scale.
    """
    declared = GENERATOR_FILES.get(name)
    if declared is None:
        return importlib.import_module(COUNTS_AS).build_generator(name, scale, seed)
    expected = _PLANNED.get(declared) or file_digest(name)
    module = importlib.import_module(_FROM_FILE)
    return module.load_generator(Path(declared.file), scale=scale, sha256=expected)


def file_digest(name: str) -> str:
    """The sha256 (hex) of the file that the generator `name` begins from.

    Raises UserError where it is missing, or not the one that the study says.
    """
    declared = GENERATOR_FILES[name]
    path = Path(declared.file)
    if not path.is_file():
        raise UserError(f"generators.{name}: {path}: there is no such file; {_remedy(path)}")
    found = cached_sha256([path])[path]
    if declared.sha256 not in (None, found):
        raise UserError(
            f"generators.{name}: {path}: has other bytes than the study says "
            f"(sha256 {found[:12]}…, wanted {str(declared.sha256)[:12]}…); get the file again, or "
            "correct `sha256`"
        )
    _PLANNED[declared] = found
    return found


def _remedy(path: Path) -> str:
    for name, entry in WEIGHTS.items():
        if entry.file == path.name and entry.urls:
            return f"run `asymmetry weights get {name}`, or correct the path"
    return "put it there, or correct the path"

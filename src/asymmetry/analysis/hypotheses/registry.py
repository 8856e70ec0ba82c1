"""The hypotheses. A file `h<number>_<name>.py` of this folder is one, found by its name
(`h05b_` is H5', the same claim by another measure).

It has `ID`, `CLAIM` (in words), `SOURCE` (a key of `contract.SOURCES`), `SILENT` (what the paper's
public record does not say, and what was chosen instead), `TABLES` (those that it reads), `UNIT`
(what n counts), `POWER` (the effect at which the power is given, or why there is none) and
`findings(evidence) -> list[Finding]`. Imports nothing heavy: the files are listed, not imported.
"""

import importlib
import pkgutil
import re
from types import ModuleType

import asymmetry.analysis.hypotheses as folder

_FILE = re.compile(r"h\d+b?_\w+")


def hypothesis_modules() -> list[str]:
    """The dotted names of the modules of all hypotheses, in order."""
    names = sorted(file.name for file in pkgutil.iter_modules(folder.__path__))
    return [f"{folder.__name__}.{name}" for name in names if _FILE.fullmatch(name)]


def load_hypotheses() -> list[ModuleType]:
    """The hypotheses, in order."""
    return [importlib.import_module(name) for name in hypothesis_modules()]

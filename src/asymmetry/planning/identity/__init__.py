"""The code behind a number: a digest of the definitions that can change it.

From its roots, code is followed from definition to definition: functions, classes and values at the
top of a module. Each counts by its syntax tree, in which a digest stands for everything of this
package that it mentions. So neither comments, docstrings and layout count nor where a definition
lies: it may move, its module may be renamed, split or joined with another.

Modules that only name, check, schedule, keep or show things say `CHANGES_NUMBERS = False`, or the
package around them does. Of what is mentioned of them, the bare name counts. What they hold reaches
a number through the settings of a run, or not at all; what they import by a name, the roots say.

A door is a module that leads to a definition of this package by default, and to others where a name
says so. It says which by `COUNTS_AS`, and what is mentioned of it counts as the definition of the
same name there; what else it leads to is among the roots of the runs that use it.

A string that is the dotted name of a module, or `module:definition`, counts as an import of it.
The code of the user's own parts (`core.own_parts`) counts in the same way, with what they mention
of this package and of their own. Of other packages a bare name counts.

What cannot be followed is forbidden to modules that change numbers: see `tests/planning/identity`.
"""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import asymmetry
from asymmetry.core.own_parts import own_packages
from asymmetry.planning.identity.code import Code
from asymmetry.planning.identity.kept import KeptModules

_PLACE = re.compile(r"[\w.]+:\w+")


def package_code() -> Code:
    """The code of this package and of the user's own parts, as this process found it."""
    return _code(tuple(own_packages().items()))


@cache
def _code(own: tuple[tuple[str, Path], ...]) -> Code:
    return Code(Path(asymmetry.__path__[0]), dict(own), KeptModules())


def code_digest(roots: Iterable[str]) -> str:
    """The sha256 (hex) of all code that the roots reach: `module:definition`, or whole modules."""
    return package_code().digest(roots)


def module_digests(roots: Iterable[str]) -> dict[str, str]:
    """The sha256 (hex) of what the roots reach in each module, by its dotted name, sorted.

    They tell where code has changed. The identity of a run is `code_digest`, which knows no places.
    """
    return package_code().own_digests(roots)


def closure(roots: Iterable[str]) -> set[str]:
    """The modules in which the roots reach something."""
    return {node.module for node in package_code().reached(roots) if node.module}


def without_places(settings: Any) -> Any:
    """Plain data with the digest of a definition for each `module:definition` that is followed."""
    if isinstance(settings, dict):
        return {key: without_places(value) for key, value in settings.items()}
    if isinstance(settings, list | tuple):
        return [without_places(value) for value in settings]
    if isinstance(settings, str) and _PLACE.fullmatch(settings):
        package = settings.partition(":")[0].partition(".")[0]
        return code_digest([settings]) if package in package_code().roots else settings
    return settings

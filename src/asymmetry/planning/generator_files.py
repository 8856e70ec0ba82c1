"""What the files of generators hold, each looked into once. Imports no torch until one is new."""

from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

from asymmetry.core.cache import Cache
from asymmetry.core.errors import UserError
from asymmetry.core.files import STATE
from asymmetry.generators.catalog import GENERATOR_FILES, FileFacts
from asymmetry.generators.registry import file_digest
from asymmetry.planning.identity import code_digest

CACHE = STATE / "generators.json"
_EXAMINE = "asymmetry.generators.examine:examine"


def facts_of(name: str) -> FileFacts:
    """The facts of the file that the generator `name` begins from.

    Raises UserError where it is missing, not the one that the study says, or not read.
    """
    key = file_digest(name)
    now = [code_digest([_EXAMINE]), version("spandrel")]
    with Cache(CACHE) as cache:
        if known := cache.get(key, now):
            return FileFacts(**known)
        from asymmetry.generators.examine import examine

        try:
            facts = examine(Path(GENERATOR_FILES[name].file))
        except UserError as error:
            raise UserError(f"generators.{name}: {error}") from None
        cache.put(key, now, asdict(facts))
        return facts

"""Where numbers come from: the commit of the code and the digests of the tables."""

from dataclasses import dataclass
from pathlib import Path

from asymmetry.core.commit import code_commit
from asymmetry.core.files import sha256_of
from asymmetry.tables.power import power_path
from asymmetry.tables.read import table_path
from asymmetry.tables.schemas import COLUMNS


@dataclass(frozen=True)
class Provenance:
    """The commit of the code (`-dirty` with changes of its own) and the sha256 of each table."""

    commit: str
    tables: dict[str, str]


def provenance(results: Path) -> Provenance:
    """The provenance of all that is made from the tables in `results` by the code that runs now."""
    paths = {name: table_path(results, name) for name in COLUMNS}
    paths["power"] = power_path(results)
    digests = {name: sha256_of(path) for name, path in paths.items() if path.is_file()}
    return Provenance(code_commit(), digests)

"""Which files of the package, and of the user's own parts, were edited since a study was started.

Its jobs read the code again when they begin, so an edit in between changes the ids of their runs.
"""

import os
from pathlib import Path

from asymmetry.core.files import canonical_json, read_object, sha256_of, write_if_changed
from asymmetry.core.own_parts import own_files

CHANGES_NUMBERS = False

STUDY_VARIABLE = "ASYMMETRY_STUDY"
_HERE = Path(__file__).parents[1]


def record_code(study_file: Path) -> None:
    """Write the digests of the files of code beside the study that the jobs read."""
    write_if_changed(_beside(study_file), canonical_json(_digests()))


def edited_files() -> list[str]:
    """The files that were edited since the start whose job this is; none outside of a job."""
    study_file = os.environ.get(STUDY_VARIABLE)
    before = read_object(_beside(Path(study_file))) if study_file else {}
    now = _digests() if before else {}
    return sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))


def _beside(study_file: Path) -> Path:
    return study_file.with_suffix(".code.json")


def _digests() -> dict[str, str]:
    root = _HERE.parent
    files = {path.relative_to(root).as_posix(): path for path in _HERE.rglob("*.py")} | own_files()
    return {name: sha256_of(path) for name, path in files.items()}

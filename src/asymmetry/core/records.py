"""Reading a `run.json`, and the files that it stands for."""

import json
from pathlib import Path
from typing import Any

from asymmetry.core.errors import UserError
from asymmetry.core.files import sha256_of

CHANGES_NUMBERS = False


def read_record(path: Path) -> dict[str, Any]:
    """A `run.json`; UserError where it cannot be read."""
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise UserError(
            f"{path}: cannot be read ({error}); delete its folder and start again"
        ) from None


def verified_output(folder: Path, record: dict[str, Any], name: str) -> Path:
    """The file `name` of a finished run; UserError where it is not the one that it recorded."""
    path, wrong = folder / name, None
    if not path.is_file():
        wrong = "is missing"
    elif sha256_of(path) != record["outputs"].get(name):
        wrong = "is not the file that run.json records (its sha256 differs)"
    if wrong:
        raise UserError(f"{path}: {wrong}; delete the folder {folder} and start again")
    return path

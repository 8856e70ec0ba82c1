"""Reading a `run.json`."""

import json
from pathlib import Path
from typing import Any

from asymmetry.errors import UserError


def read_record(path: Path) -> dict[str, Any]:
    """A `run.json`; UserError where it cannot be read."""
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise UserError(
            f"{path}: cannot be read ({error}); delete its folder and start again"
        ) from None

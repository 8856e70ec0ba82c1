"""`results.json`: each part with the machine it was measured on, its settings and its rows."""

import json
from pathlib import Path
from typing import Any

from asymmetry.core.files import write_atomically

RESULTS = Path(__file__).with_name("results.json")


def read_results(path: Path = RESULTS) -> dict[str, Any]:
    """The parts that were measured so far, by name; empty without the file."""
    return dict(json.loads(path.read_text("utf-8"))) if path.is_file() else {}


def merge_part(path: Path, name: str, part: dict[str, Any]) -> None:
    """Put a part in, in the place of its former measurement; the others stay."""
    text = json.dumps(read_results(path) | {name: part}, indent=1, sort_keys=True) + "\n"
    write_atomically(path, text.encode())

"""Every notebook of docs/ runs, cell by cell, and gives what it shows."""

import ast
import contextlib
import io
import json
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import pytest

from tests.conftest import ROOT

NOTEBOOKS = sorted((ROOT / "docs").glob("*.ipynb"))


def run_cell(source: str, names: dict[str, Any]) -> str:
    """What a cell prints, and the value of its last expression, as a notebook shows them."""
    *body, last = ast.parse(source).body
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(ast.Module(body, []), "cell", "exec"), names)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), "cell", "eval"), names)
        else:
            value = exec(compile(ast.Module([last], []), "cell", "exec"), names)
    return printed.getvalue() + ("" if value is None else repr(value))


def shown(cell: dict[str, Any]) -> str:
    """The text of a cell's outputs; figures have none."""
    parts = [
        output.get("data", {"text/plain": output.get("text", "")}) for output in cell["outputs"]
    ]
    return "".join("".join(part["text/plain"]) for part in parts if "image/png" not in part)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_notebook_gives_what_it_shows(path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(path.parent)
    monkeypatch.setattr(plt, "show", lambda: None)
    names: dict[str, Any] = {}
    cells = [cell for cell in json.loads(path.read_text())["cells"] if cell["cell_type"] == "code"]
    assert cells
    for cell in cells:
        assert run_cell("".join(cell["source"]), names) == shown(cell), "run the notebook again"
    plt.close("all")

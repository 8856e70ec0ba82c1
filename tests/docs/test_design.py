"""The floors that docs/design.md names are those that import-linter checks."""

import re
import tomllib

from tests.conftest import ROOT


def test_the_table_of_rooms_is_the_contract_of_the_linter():
    page = (ROOT / "docs/design.md").read_text("utf-8")
    rows = re.findall(r"^\| (\d+) \| (.*?) \|", page, re.MULTILINE)
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = [set(layer.split(" | ")) for layer in linter["contracts"][0]["layers"]]
    assert [int(floor) for floor, _ in rows] == [*range(1, len(rows) + 1)]
    assert [set(re.findall(r"`(\w+)`", rooms)) for _, rooms in rows] == [
        layer for layer in reversed(layers) if layer != {"__main__"}
    ]

"""The pages of docs/ are built, without a warning, and hold what they are made of."""

import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import asymmetry
from asymmetry.study import Study
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def hooks() -> ModuleType:
    spec = importlib.util.spec_from_file_location("hooks", ROOT / "docs/hooks.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_section_and_key_of_a_study_is_on_its_page(hooks: ModuleType):
    schema = Study.model_json_schema()
    page = hooks.keys_page(schema)
    for name, section in {"Study": schema, **schema["$defs"]}.items():
        assert f"## {name}\n" in page
        for key in section["properties"]:
            assert f"| `{key}` |" in page
    assert "| `crop` | integer > 0 | `64` | side of the reference crop, pixels |" in page
    assert "| `calibration` | [Calibration](#calibration) | none |" in page
    assert '| `adversarial_loss` | `bce`, `lsgan`, `hinge`, `relativistic` | `"bce"` |' in page


def test_a_notebook_becomes_a_page(hooks: ModuleType):
    table = '<div><style scoped>\nx</style>\n<table border="1" class="dataframe"></table></div>'
    outputs = [
        {"output_type": "stream", "text": ["printed\n"]},
        {"data": {"text/plain": ["it"], "text/html": [table]}},
        {"data": {"text/plain": ["figure"], "image/png": "AAAA\n"}},
    ]
    cells = [
        {"cell_type": "markdown", "source": ["# Title\n", "text"]},
        {"cell_type": "code", "source": ["x = 1"], "outputs": outputs},
    ]
    assert hooks.notebook_page({"cells": cells}) == (
        "# Title\ntext\n\n```python\nx = 1\n```\n\n```text\nprinted\n```\n\n"
        "<div>\n<table></table></div>\n\n![](data:image/png;base64,AAAA)\n"
    )


@pytest.mark.slow
def test_the_pages_are_built_without_a_warning(tmp_path: Path):
    for name in ("mkdocs.yml", "CONTRIBUTING.md", "CHANGELOG.md"):
        shutil.copy(ROOT / name, tmp_path)
    for name in ("docs", "published", "src", "data/README.md", "workflow/study.schema.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).symlink_to(ROOT / name)
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr  # a warning is an error: `strict` in mkdocs.yml
    page = (tmp_path / "site/api.html").read_text()
    functions = [name for name in asymmetry.__all__ if name != "__version__"]
    assert [name for name in functions if f'.{name}"' not in page] == []
    search = json.loads((tmp_path / "site/search/search_index.json").read_text())
    assert any("VIF has the highest skill" in entry["text"] for entry in search["docs"])

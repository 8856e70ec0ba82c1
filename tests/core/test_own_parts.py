"""Parts of the user's own are found by the names of files and of entry points."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from asymmetry.core.edits import edited_files, record_code
from asymmetry.core.errors import UserError
from asymmetry.core.own_imports import imported
from asymmetry.core.own_parts import find_own_parts, own_parts
from tests.conftest import ROOT
from tests.own_project import EVERY, LOSS, process_of_its_own, write_parts


@pytest.fixture(autouse=True)
def _own_process(workplace: Path) -> Iterator[None]:
    with process_of_its_own():
        yield


def refusal() -> str:
    with pytest.raises(UserError) as caught:
        find_own_parts()
    assert "\n" not in str(caught.value)
    return str(caught.value)


def enter(folder: Path, values: dict[str, str], name: str = "my-losses") -> None:
    """Install a package that enters these modules as losses, as pip would leave it there."""
    info = folder / f"{name.replace('-', '_')}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    lines = [f"{entry} = {value}" for entry, value in values.items()]
    (info / "entry_points.txt").write_text("\n".join(["[asymmetry.fidelity]", *lines]))


def test_without_parts_there_are_none():
    assert find_own_parts() == []


def test_the_names_are_those_of_the_files():
    write_parts(EVERY | {"fidelity/_common": "x = 1", "tools": "y = 2", "_own/kept": "z = 3"})
    assert {(part.kind, part.name): part.place for part in find_own_parts()} == {
        ("backbones", "halving"): "parts/backbones/halving.py",
        ("fidelity", "edges"): "parts/fidelity/edges.py",
        ("figures", "nothing"): "parts/figures/nothing.py",
        ("metrics", "worst"): "parts/metrics/worst.py",
    }
    assert find_own_parts() == []  # none is new
    assert own_parts("fidelity")["edges"].module == "parts.fidelity.edges"
    assert not [name for name in sys.modules if name.startswith("parts.")]


@pytest.mark.parametrize(
    ("files", "parts"),
    [
        (
            {"fidelity/edges": "def build(:\n    pass"},
            ["parts/fidelity/edges.py, line 1: is no Python"],
        ),
        (
            {"fidelity/edges": "def built(variant, weights):\n    pass"},
            ["parts/fidelity/edges.py: has no `build`"],
        ),
        ({"metrics/worst": "def worst(x, y):\n    pass"}, ["worst.py: has no `CONTRACT`"]),
        ({"backbones/b": "def b(spec, state):\n    pass"}, ["parts/backbones/b.py: has no `SPEC`"]),
        ({"figures/f": "TITLE = 'F'"}, ["parts/figures/f.py: has no `caption`"]),
        ({"fidelity/ssim2-x": LOSS}, ["parts/fidelity/ssim2-x.py: ", "rename the file"]),
        ({"fidelity/charbonnier": LOSS}, ["has a module 'charbonnier'", "another name"]),
        ({"figures/labels": "x = 1"}, ["asymmetry.figures has a module 'labels'"]),
        (
            {"metric/worst": "x = 1"},
            ["parts/metric: 'metric' is not a known kind", "'metrics'?"],
        ),
    ],
)
def test_a_mistake_is_a_line(files: dict[str, str], parts: list[str]):
    write_parts(files)
    message = refusal()
    for part in parts:
        assert part in message


def test_a_mistake_that_was_corrected_is_forgotten():
    write_parts({"fidelity/edges": "x = 1"})
    refusal()
    write_parts({"fidelity/edges": LOSS})
    assert [part.name for part in find_own_parts()] == ["edges"]


def test_a_process_has_the_parts_of_one_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    write_parts(EVERY)
    find_own_parts()
    (tmp_path / "other").mkdir()
    monkeypatch.chdir("other")
    assert find_own_parts() == []  # none there: nothing changes
    assert "edges" in own_parts("fidelity")
    write_parts(EVERY)
    assert "this process has the parts in" in refusal()


def test_parts_import_each_other_and_keep_the_path_free():
    text = "from ._common import two\nfrom parts.tools import one\n\n\ndef build(v, w):\n    pass\n"
    write_parts({"fidelity/edges": text, "fidelity/_common": "two = 2", "tools": "one = 1"})
    (part,) = find_own_parts()
    module = imported(part.module, part.file, part.place)
    assert (module.one, module.two) == (1, 2)
    assert str(Path.cwd()) not in sys.path


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\n\nimport nowhere_at_all", "line 3: cannot be imported: ModuleNotFoundError: No module"),
        ("x = 1\ny = x / 0", "line 2: cannot be imported: ZeroDivisionError: division by zero"),
        ("raise ValueError('a\\nb')", "line 1: cannot be imported: ValueError: a b"),
    ],
)
def test_a_failed_import_is_a_line_with_file_line_and_message(text: str, said: str):
    write_parts({"fidelity/edges": LOSS, "fidelity/_common": text})
    (part,) = find_own_parts()
    part.file.write_text("from ._common import two\n")
    with pytest.raises(UserError) as caught:
        imported(part.module, part.file, part.place)
    assert str(caught.value).startswith(f"parts/fidelity/_common.py, {said}")
    assert "\n" not in str(caught.value)


def test_an_installed_package_enters_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    site = tmp_path / "site"
    enter(site, {"sharp-edges": "my_losses.sharp", "flat": "my_flat"})
    write_parts({"my_losses/__init__": "raise RuntimeError", "my_losses/sharp": LOSS}, site)
    write_parts({"my_flat": LOSS}, site)
    monkeypatch.syspath_prepend(site)
    found = {part.name: part for part in find_own_parts()}
    assert {name: part.module for name, part in found.items()} == {
        "flat": "my_flat",
        "sharp-edges": "my_losses.sharp",
    }
    assert found["sharp-edges"].file == site / "my_losses" / "sharp.py"
    assert "my_losses" not in sys.modules  # it would have raised
    sharp = found["sharp-edges"]
    with pytest.raises(UserError, match=r"^entry point sharp-edges of asymmetry\.fidelity in"):
        imported(sharp.module, sharp.file, sharp.place)


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ({"flat": "my_flat:build"}, "names 'my_flat:build'; name the module alone, my_flat"),
        ({"flat": "my_gone"}, "there is no module my_gone; install my-losses again"),
        ({"flat": "my_flat.sub"}, "there is no module my_flat.sub"),
        ({"a b": "my_flat"}, "the name of a part has letters"),
        ({"edges": "my_flat"}, "'edges' is also parts/fidelity/edges.py; rename or remove one"),
    ],
)
def test_a_wrong_entry_is_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, entries: dict[str, str], said: str
):
    enter(tmp_path / "site", entries)
    write_parts({"my_flat": LOSS}, tmp_path / "site")
    write_parts({"fidelity/edges": LOSS})
    monkeypatch.syspath_prepend(tmp_path / "site")
    assert said in refusal()


def test_two_packages_with_one_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name in ("first", "second"):
        enter(tmp_path / "site", {"flat": "my_flat"}, name)
    write_parts({"my_flat": LOSS}, tmp_path / "site")
    monkeypatch.syspath_prepend(tmp_path / "site")
    message = refusal()
    assert "first" in message
    assert "second" in message


def test_an_edited_part_is_named_to_the_jobs_that_follow(monkeypatch: pytest.MonkeyPatch):
    write_parts({"fidelity/edges": LOSS, "tools": "one = 1"})
    find_own_parts()
    monkeypatch.setenv("ASYMMETRY_STUDY", "study.yaml")
    record_code(Path("study.yaml"))
    assert edited_files() == []
    write_parts({"tools": "one = 2"})
    assert edited_files() == ["parts/tools.py"]


def test_names_are_known_without_torch(tmp_path: Path):
    write_parts(EVERY)
    code = (
        "import sys; from asymmetry.study.own_parts import define_own_parts; define_own_parts(); "
        "from asymmetry.fidelity.registry import fidelity_names; "
        "assert {'edges', 'dists-halving-random'} <= set(fidelity_names()); "
        "sys.exit('torch' in sys.modules or 'matplotlib' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_the_entry_points_of_the_page_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    page = (ROOT / "docs/own-parts.md").read_text("utf-8")
    (shown,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    (entries,) = tomllib.loads(shown)["project"]["entry-points"].values()
    enter(tmp_path / "site", entries)
    files = [module.replace(".", "/") for module in entries.values()]
    write_parts({"my_losses/__init__": "", **dict.fromkeys(files, LOSS)}, tmp_path / "site")
    monkeypatch.syspath_prepend(tmp_path / "site")
    assert {part.name for part in find_own_parts()} == {"flat", "sharp"}

"""Modules that are kept instead of read again: the digests are those of the source."""

from pathlib import Path

import pytest

from asymmetry.planning.identity import kept
from asymmetry.planning.identity.code import Code
from asymmetry.planning.identity.kept import KeptModules
from tests.planning.identity.test_code import FILES, LOSS, package

ROOT = ["asymmetry.loop:train"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small package, whose modules `tmp_path/state/code.json` keeps."""
    code = package(tmp_path / "asymmetry", FILES)
    kept_digest = Code(tmp_path / "asymmetry", kept=KeptModules(file(tmp_path))).digest(ROOT)
    assert kept_digest == code.digest(ROOT)
    assert file(tmp_path).is_file()
    return tmp_path


def file(folder: Path) -> Path:
    return folder / "state/code.json"


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the modules that are read from their source."""
    names: list[str] = []

    def read(name, source, is_package):
        names.append(name)
        return kept_read(name, source, is_package)

    kept_read = kept.read_module
    monkeypatch.setattr(kept, "read_module", read)
    return names


def digests(folder: Path) -> tuple[str, str]:
    """With what is kept, and from the source alone."""
    root = folder / "asymmetry"
    return Code(root, kept=KeptModules(file(folder))).digest(ROOT), Code(root).digest(ROOT)


def test_what_is_kept_is_not_read_again_and_gives_the_same_digest(folder: Path, parsed: list[str]):
    with_kept, from_source = digests(folder)
    assert with_kept == from_source
    assert parsed == []


def test_an_edited_module_is_read_again_and_it_alone(folder: Path, parsed: list[str]):
    before, _ = digests(folder)
    package(folder / "asymmetry", FILES | {"loss": LOSS.replace("/ 2", "/ 3")})
    with_kept, from_source = digests(folder)
    assert with_kept == from_source != before
    assert parsed == ["asymmetry.loss"]
    assert digests(folder)[0] == from_source
    assert parsed == ["asymmetry.loss"]


@pytest.mark.parametrize("change", ["swap a digit", "cut", "another reader", "no file"])
def test_what_was_not_kept_by_this_reader_is_read_again(
    folder: Path, parsed: list[str], monkeypatch: pytest.MonkeyPatch, change: str
):
    text = file(folder).read_text()
    shape = Code(folder / "asymmetry").module("asymmetry.loss").definitions["half"].shape
    other = ("0" if shape[0] != "0" else "1") + shape[1:]
    assert shape in text
    if change == "swap a digit":
        file(folder).write_text(text.replace(shape, other))
    elif change == "cut":
        file(folder).write_text(text[:-20])
    elif change == "another reader":
        monkeypatch.setattr(kept, "_reader", lambda: b"another")
    else:
        file(folder).unlink()
    with_kept, from_source = digests(folder)
    assert with_kept == from_source
    assert set(parsed) >= {"asymmetry.loop", "asymmetry.loss"}


def test_a_folder_that_cannot_be_written_costs_no_more_than_time(tmp_path: Path):
    code = package(tmp_path / "asymmetry", FILES)
    (tmp_path / "state").write_text("a file where the folder should be")
    assert digests(tmp_path) == (code.digest(ROOT),) * 2

from unicodedata import normalize

import pytest

from asymmetry.data.iqa_sets.named_files import NamedFiles, plain_name

NFC, NFD = normalize("NFC", "dés/café.png"), normalize("NFD", "dés/café.png")


@pytest.fixture
def files(tmp_path):
    def with_file(name: str) -> NamedFiles:
        path = tmp_path / "set" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        return NamedFiles(tmp_path / "set")

    return with_file


@pytest.mark.parametrize(
    "written",
    [
        "dst/a.png",
        "./dst/a.png",
        "dst/./a.png",
        "dst//a.png",
        "dst/../dst/a.png",
        "absent/../dst/a.png",
        "dst\\a.png",
        ".\\dst\\a.png",
        " dst/a.png",
        "dst/a.png  ",
    ],
)
def test_spellings_of_one_file(files, written):
    found = files("dst/a.png")
    path = found.find(written)
    assert path is not None
    assert path.samefile(found.folder / "dst/a.png")
    assert found.name(path) == "dst/a.png"
    assert plain_name(written) == "dst/a.png"


@pytest.mark.parametrize(("kept", "written"), [(NFC, NFD), (NFD, NFC), (NFC, NFC), (NFD, NFD)])
def test_accents_in_either_form(files, kept, written):
    found = files(kept)
    path = found.find(written)
    assert path == found.folder / kept
    assert found.name(path) == NFC
    assert found.find(written.replace("/", "\\")) == path


def test_forms_may_differ_from_folder_to_file(files):
    mixed = f"{NFC.split('/')[0]}/{NFD.split('/')[1]}"
    found = files(mixed)
    for written in (NFC, NFD):
        assert found.find(written) == found.folder / mixed


def test_a_name_as_it_is_written_comes_first(files):
    files("a.png")
    found = files(" a.png")
    assert found.find(" a.png") == found.folder / " a.png"
    assert found.name(found.find("a.png")) == "a.png"


def test_an_absolute_path_has_the_name_of_the_relative_one(files):
    found = files("dst/a.png")
    path = found.find(str(found.folder / "dst/a.png"))
    assert found.name(path) == "dst/a.png"


@pytest.mark.parametrize("written", ["b.png", "dst", "A.PNG", "x" * 300, "a\0b", "../b.png", "."])
def test_no_such_file(files, written):
    assert files("dst/a.png").find(written) is None

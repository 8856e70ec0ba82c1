"""Every file of a folder is a photo, is left out with a reason, or is an error."""

import os
from pathlib import Path
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asymmetry.core.errors import UserError
from asymmetry.data.folders import SUFFIXES, find_photos, in_words


def files(folder: Path, *names: str | bytes) -> Path:
    for name in names:
        path = Path(os.fsdecode(os.path.join(os.fsencode(folder), os.fsencode(name))))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return folder


def mistakes(folder: Path) -> list[str]:
    with pytest.raises(UserError) as caught:
        find_photos(folder)
    return str(caught.value).splitlines()


def test_linked_folders_and_files_are_followed(tmp_path):
    files(tmp_path / "elsewhere", "a.png", "deep/b.jpg")
    files(tmp_path / "album", "c.png")
    (tmp_path / "album/linked").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "album/d.png").symlink_to(tmp_path / "elsewhere/a.png")
    assert list(find_photos(tmp_path / "album").paths) == ["c", "d", "linked/a", "linked/deep/b"]


def test_a_link_to_a_folder_above_is_left_out(tmp_path):
    files(tmp_path, "a.png", "deep/b.png")
    (tmp_path / "deep/up").symlink_to(tmp_path)
    found = find_photos(tmp_path)
    assert list(found.paths) == ["a", "deep/b"]
    assert [(one.name, one.why) for one in found.left_out] == [
        ("deep/up", "a link to a folder that it lies in")
    ]


def test_a_folder_named_like_a_photo_is_a_folder(tmp_path):
    assert list(find_photos(files(tmp_path, "a.png/b.png", "c.png")).paths) == ["a.png/b", "c"]


def test_what_is_left_out_is_named(tmp_path):
    files(tmp_path, "a.png", "b.gif", "notes", "c.heic", ".d.png", ".git/e.png")
    os.mkfifo(tmp_path / "pipe.png")
    found = find_photos(tmp_path)
    assert list(found.paths) == ["a"]
    assert {one.name: one.why for one in found.left_out} == {
        ".d.png": "hidden",
        ".git": "hidden",
        "b.gif": "'.gif' is no suffix of a photo",
        "c.heic": "'.heic' is no suffix of a photo",
        "notes": "no suffix",
        "pipe.png": "no file",
    }
    line = in_words(found.left_out, "album")
    assert line.startswith("album: 6 left out: .d.png (hidden); .git (hidden); b.gif (")
    assert line.endswith("; and 1 more")


@pytest.mark.parametrize("suffix", sorted(SUFFIXES))
def test_every_suffix_in_small_and_in_capitals(tmp_path, suffix):
    assert list(find_photos(files(tmp_path, f"a{suffix}", f"b{suffix.upper()}")).paths) == [
        "a",
        "b",
    ]


@pytest.mark.skipif(os.name != "posix", reason="permissions")
def test_a_folder_that_cannot_be_read_is_an_error(tmp_path, monkeypatch):
    """Root reads everything, so the system's answer is given here."""
    files(tmp_path, "a.png", "closed/b.png")
    scan = os.scandir

    def refuse(path):
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert mistakes(tmp_path) == [
        f"{tmp_path}/closed: the folder cannot be read (Permission denied); "
        "make it readable, or remove it"
    ]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (b"\xff\xfe.png", "is not UTF-8"),
        ("a\nb.png", "holds a line break or another control character"),
        ("é" * 91 + ".png", "is longer than 180 bytes"),
    ],
)
def test_names_that_cannot_be_used(tmp_path, name, said):
    (line,) = mistakes(files(tmp_path, "a.png", name))
    assert said in line
    assert line.isprintable()


def test_all_mistakes_are_told_at_once(tmp_path):
    files(tmp_path, "a\nb.png", "c.png", "c.jpg", b"\xff.png")
    assert len(mistakes(tmp_path)) == 3


def test_one_name_in_two_spellings_is_one(tmp_path):
    """Composed and decomposed letters look alike, and are one name on some systems."""
    name = "é.png"
    files(tmp_path, normalize("NFC", name), normalize("NFD", name))
    assert "has the name of" in mistakes(tmp_path)[0]


NAMES = st.text(
    st.characters(categories=["L", "N", "P", "S", "Zs"], exclude_characters="/"), max_size=30
)


@given(stems=st.sets(NAMES.filter(lambda name: name.strip() and name[0] != "."), max_size=5))
def test_every_name_that_can_be_used_comes_back_composed(tmp_path_factory, stems):
    folder = tmp_path_factory.mktemp("album")
    composed = {normalize("NFC", stem) for stem in stems}
    files(folder, "sure.png", *(f"{stem}.png" for stem in composed))
    assert set(find_photos(folder).paths) == composed | {"sure"}

import csv
import json
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from asymmetry.core.errors import UserError
from asymmetry.core.files import sha256_of
from asymmetry.data.fingerprints import CACHE
from asymmetry.data.photos import folder_photos, read_photos
from asymmetry.data.wheels import WHEEL_PHOTOS
from asymmetry.study import Photos


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    """The cache lies in the working folder."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def folder(tmp_path):
    """Six unlike photos, one of them deeper."""
    folder = tmp_path / "album"
    (folder / "deep").mkdir(parents=True)
    for index in range(6):
        inside = "deep/" if index == 5 else ""
        path = folder / f"{inside}photo{index}.png"
        picture(index).save(path)
        os.utime(path, (1000, 1000))
    return folder


def picture(seed: int) -> Image.Image:
    coarse = np.random.default_rng(seed).integers(0, 256, (9, 9, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize((48, 32))


def manifest_of(folder, held_out=0.35):
    return read_photos(Photos(source=str(folder), held_out=held_out))


def refusal(folder) -> str:
    with pytest.raises(UserError) as caught:
        manifest_of(folder)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_the_wheels_hold_out_four_natural_photos():
    manifest = read_photos(Photos())
    evaluation = {photo.name for photo in manifest.split("evaluation")}
    assert evaluation == {"chelsea", "china", "coffee", "flower"}
    assert len(manifest.split("train")) == len(WHEEL_PHOTOS) - 4
    left, right = (photo for photo in manifest.photos if photo.name.startswith("motorcycle"))
    assert left.group == right.group
    assert all(photo.licence for photo in manifest.photos)


def test_a_manifest_is_sorted_and_says_what_the_files_are(folder):
    manifest = manifest_of(folder)
    names = [photo.name for photo in manifest.photos]
    assert names == ["deep/photo5", *(f"photo{index}" for index in range(5))]
    for photo in manifest.photos:
        assert photo.sha256 == sha256_of(photo.path)
        assert (photo.width, photo.height) == (48, 32)
    assert len(manifest.split("evaluation")) == 2
    assert {*manifest.split("train"), *manifest.split("evaluation")} == {*manifest.photos}


def test_neither_path_nor_name_nor_format_time_moves_a_photo(folder, tmp_path):
    before = {photo.sha256: photo.split for photo in manifest_of(folder).photos}
    moved = tmp_path / "moved"
    moved.mkdir()
    for index, path in enumerate(sorted(folder.rglob("*.png"), reverse=True)):
        shutil.copyfile(path, moved / f"{index}.png")
    assert {photo.sha256: photo.split for photo in manifest_of(moved).photos} == before


def test_near_duplicates_stay_on_one_side(folder):
    for index in range(6):
        scaled = picture(index).resize((96, 64))
        scaled.save(folder / f"copy{index}.jpg", quality=80)
        picture(index).save(folder / f"twin{index}.bmp")
    manifest = manifest_of(folder)
    groups = {photo.group for photo in manifest.photos}
    assert len(groups) == 6
    train, evaluation = (
        {photo.group for photo in manifest.split(side)} for side in ("train", "evaluation")
    )
    assert not train & evaluation


def test_set5_head_and_set14_face_are_known_as_one_content(shared, tmp_path):
    both = tmp_path / "both"
    shutil.copytree(shared / "data/set5", both / "set5")
    shutil.copytree(shared / "data/set14", both / "set14")
    photos = {photo.name: photo for photo in manifest_of(both).photos}
    assert photos["set5/head"].group == photos["set14/face"].group
    assert len({photo.group for photo in photos.values()}) == len(photos) - 1


def test_the_digest_is_of_names_and_bytes_of_one_side(folder, tmp_path):
    manifest = manifest_of(folder)
    assert manifest.digest("train") != manifest.digest("evaluation")
    copied = tmp_path / "elsewhere"
    shutil.copytree(folder, copied)
    assert manifest_of(copied).digest("train") == manifest.digest("train")
    changed = manifest.split("train")[0]
    picture(7).save(copied / changed.path.relative_to(folder))
    assert manifest_of(copied).digest("train") != manifest.digest("train")


def test_the_table_holds_no_paths(folder, tmp_path):
    table = tmp_path / "out/photos.csv"
    manifest_of(folder).to_csv(table)
    rows = list(csv.DictReader(table.open()))
    assert [row["name"] for row in rows] == sorted(row["name"] for row in rows)
    assert set(rows[0]) == {
        *("name", "sha256", "width", "height", "group", "split", "licence", "why"),
    }
    assert str(tmp_path) not in table.read_text()
    before = table.stat().st_mtime_ns
    manifest_of(folder).to_csv(table)
    assert table.stat().st_mtime_ns == before


def test_a_second_reading_opens_no_photo(folder, monkeypatch):
    first = manifest_of(folder)
    monkeypatch.setattr("asymmetry.data.images.read_bytes", None)
    assert manifest_of(folder) == first


def test_a_changed_photo_is_read_again(folder):
    first = manifest_of(folder)
    path = first.photos[0].path
    picture(7).save(path)
    os.utime(path, ns=(0, 0))
    assert manifest_of(folder).photos[0].sha256 == sha256_of(path)


@pytest.mark.parametrize("content", ["", "{", "[]", "7", '{"a": 1}'])
def test_a_corrupt_cache_is_ignored(folder, content):
    first = manifest_of(folder)
    CACHE.write_text(content)
    assert manifest_of(folder) == first
    entries = json.loads(CACHE.read_text())
    for name in ("photo0.png", "photo1.png"):
        entries[str(folder / name)][1]["dhash"] = "x"
    CACHE.write_text(json.dumps(entries))
    assert manifest_of(folder) == first


def test_what_was_read_beside_a_bad_photo_is_kept(folder):
    (folder / "photo3.png").write_bytes(b"damaged")
    assert "photo3.png: is not an image" in refusal(folder)
    assert len(json.loads(CACHE.read_text())) == 5


def test_bad_folders_are_refused(tmp_path, folder):
    assert "there is no such folder" in refusal(tmp_path / "none")
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty/notes.txt").write_text("no photo")
    assert "empty: holds no photo" in refusal(tmp_path / "empty")
    one = tmp_path / "one"
    one.mkdir()
    picture(0).save(one / "a.png")
    picture(0).save(one / "b.png")
    assert "all 2 photos show one content" in refusal(one)
    picture(6).save(folder / "photo1.bmp")
    assert "photo1.png: has the name of" in refusal(folder)


def test_hidden_files_are_left_out(folder):
    (folder / "._photo1.png").write_bytes(b"what a desktop leaves behind")
    (folder / ".thumbnails").mkdir()
    picture(8).save(folder / ".thumbnails/a.png")
    assert len(folder_photos(folder)) == 6


def test_a_missing_wheel_is_named(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"skimage is not installed; install it$"):
        read_photos(Photos())


def test_reading_again_imports_neither_torch_nor_numpy(folder):
    manifest = manifest_of(folder)
    code = (
        "import sys; from asymmetry.study import Photos; from asymmetry.data.photos import *; "
        f"manifest = read_photos(Photos(source={str(folder)!r})); "
        "print(manifest.digest('train'), sorted({'torch', 'numpy', 'PIL'} & set(sys.modules)))"
    )
    output = subprocess.check_output([sys.executable, "-c", code], text=True)
    assert output.split() == [manifest.digest("train"), "[]"]

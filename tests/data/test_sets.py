import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from asymmetry.core.errors import UserError
from asymmetry.data.load import load_photo
from asymmetry.data.photos import PhotoManifest, folder_photos
from asymmetry.data.sets import (
    evaluation_draws,
    evaluation_images,
    evaluation_reduction,
    reference_and_input,
    set_digest,
)
from asymmetry.study import Task


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "references"
    folder.mkdir()
    for seed, name in enumerate(["b", "a", "c"]):
        rgb = np.random.default_rng(seed).integers(0, 256, (50, 71, 3), dtype=np.uint8)
        Image.fromarray(rgb).save(folder / f"{name}.png")
    return folder


def study(reduce=1, **sets):
    """The two sections that evaluation sets read."""
    return SimpleNamespace(
        evaluation=SimpleNamespace(sets=sets), photos=SimpleNamespace(reduce=reduce)
    )


def test_the_photos_are_those_held_out(folder):
    train = folder_photos(folder, "train")
    held_out = folder_photos(folder)[:1]
    manifest = PhotoManifest((*held_out, *train[1:]))
    assert evaluation_images(study(mine="photos"), "mine", manifest) == held_out


def test_a_folder_is_sorted_by_name_and_not_reduced(folder):
    declared = study(reduce=2, mine="photos", other=str(folder))
    images = evaluation_images(declared, "other", PhotoManifest(()))
    assert [image.name for image in images] == ["a", "b", "c"]
    assert evaluation_reduction(declared, "other") == 1
    assert evaluation_reduction(declared, "mine") == 2


def test_the_digest_follows_bytes_names_and_reduction(folder):
    declared = study(mine="photos", other=str(folder))
    manifest = PhotoManifest((*folder_photos(folder),))
    assert set_digest(declared, "mine", manifest) == set_digest(declared, "other", manifest)
    reduced = study(reduce=2, mine="photos")
    assert set_digest(reduced, "mine", manifest) != set_digest(declared, "mine", manifest)
    (folder / "a.png").rename(folder / "d.png")
    assert set_digest(declared, "mine", manifest) != set_digest(declared, "other", manifest)


def test_importing_the_sets_imports_neither_torch_nor_numpy():
    code = "import sys, asymmetry.data.sets; print({'torch', 'numpy'} & set(sys.modules))"
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "set()\n"


def test_bad_folders_are_refused(tmp_path):
    with pytest.raises(UserError, match=r"none: there is no such folder"):
        evaluation_images(study(other=str(tmp_path / "none")), "other", PhotoManifest(()))
    with pytest.raises(UserError, match=r"holds no photo"):
        evaluation_images(study(other=str(tmp_path)), "other", PhotoManifest(()))


@pytest.mark.parametrize("kind", ["bicubic", "blind"])
def test_reference_and_input_fit(folder, kind):
    photo, task = folder_photos(folder)[0], Task(degradation=kind)
    reference, low = reference_and_input(photo, task, 1, evaluation_draws("s", photo.name))
    assert reference.shape == (48, 68, 3)
    assert low.shape == (12, 17, 3)
    assert np.array_equal(reference, load_photo(photo)[:48, :68])
    again = reference_and_input(photo, task, 1, evaluation_draws("s", photo.name))
    assert np.array_equal(again[1], low)


def test_blind_draws_differ_between_images_and_sets():
    values = {evaluation_draws(*key).random() for key in [("s", "a"), ("s", "b"), ("t", "a")]}
    assert len(values) == 3


def test_a_reduced_photo_smaller_than_the_scale_is_refused(folder):
    with pytest.raises(UserError, match=r"a.png: 3x2 pixels, but both sides must be 4 or more"):
        reference_and_input(folder_photos(folder)[0], Task(degradation="bicubic"), 25,
                            evaluation_draws("s", "a"))  # fmt: skip

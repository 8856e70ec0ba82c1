from pathlib import Path

import numpy as np
from PIL import Image

from asymmetry.data.iqa_sets import images
from asymmetry.data.iqa_sets.images import load_set
from asymmetry.data.photos import Photo, read_photos
from tests.iqa.conftest import SCORED, declare


def scored(photos: Path, table: Path, **changes):
    study = declare(
        photos,
        iqa_sets={"severity": {"kind": "severity"}, "s": SCORED | {"table": str(table)} | changes},
    )
    return load_set(study, "s", read_photos(study.photos))


def severity(photos: Path, **changes):
    study = declare(photos, iqa_sets={"severity": {"kind": "severity"} | changes})
    return load_set(study, "severity", read_photos(study.photos))


def test_severities_are_ranks_of_each_photo(photos):
    found = severity(photos, distortions=["blur", "noise"], levels=4, crop=64)
    assert found.kind == "severity"
    assert len(found.images) == 10 * 2 * 4
    assert {image.score for image in found.images} == {-1, -2, -3, -4}
    assert {image.kind for image in found.images} == {"blur", "noise"}
    assert len({image.group for image in found.images}) == 10
    for image in found.images[:8]:
        assert image.name.startswith("p0/")
        assert image.group == found.images[0].group
        assert image.pixels().shape == image.reference().shape == (64, 64, 3)
        assert image.pixels().dtype == np.uint8
        np.testing.assert_array_equal(image.pixels(), image.pixels())


def test_a_worse_score_is_farther_from_the_reference(photos):
    found = severity(photos, distortions=["blur", "noise", "jpeg", "downsample"], crop=64)
    errors: dict[tuple[str, str], list[float]] = {}
    for image in found.images:
        difference = image.pixels().astype(float) - image.reference()
        errors.setdefault((image.group, image.kind), []).append(np.square(difference).mean())
    assert len(errors) == 40
    assert all(values == sorted(values) for values in errors.values())


def test_the_photos_own_split_is_carried(photos):
    study = declare(photos)
    manifest = read_photos(study.photos)
    held_out = {photo.group for photo in manifest.split("evaluation")}
    found = load_set(study, "severity", manifest)
    assert 0 < len(held_out) < 10
    assert all(image.held_out == (image.group in held_out) for image in found.images)


def test_the_crop_is_central_and_never_larger_than_the_photo(photos):
    whole = np.asarray(Image.open(photos / "p3.png"))
    [image] = [i for i in severity(photos, crop=40).images if i.name == "p3/blur-1"]
    np.testing.assert_array_equal(image.reference(), whole[20:60, 28:68])
    [image] = [i for i in severity(photos, crop=90).images if i.name == "p3/blur-1"]
    np.testing.assert_array_equal(image.reference(), whole[:, 3:93])


def test_a_photo_is_decoded_once(photos, monkeypatch):
    seen: list[str] = []
    load = images.load_photo

    def count(photo: Photo, reduce: int):
        seen.append(photo.name)
        return load(photo, reduce)

    monkeypatch.setattr(images, "load_photo", count)
    for image in severity(photos, crop=40).images:
        image.pixels()
        image.reference()
    assert sorted(seen) == [f"p{number}" for number in range(10)]


def test_scores_point_upwards_and_references_are_contents(photos, table):
    mos = scored(photos, table).images
    assert [image.score for image in mos] == [2.5, 1, 4]
    assert [image.group for image in mos] == ["a.png", "a.png", "b.png"]
    assert mos[0].pixels().shape == mos[0].reference().shape == (12, 20, 3)
    assert mos[0].held_out is None
    dmos = scored(photos, table, higher_is_better=False).images
    assert [image.score for image in dmos] == [-2.5, -1, -4]


def test_without_references_each_image_is_a_content(photos, table):
    images = scored(photos, table, reference=None).images
    assert [image.group for image in images] == ["a1.png", "a2.png", "b1.png"]
    assert all(image.reference is None for image in images)

import os
import shutil
from pathlib import Path

import pytest
from PIL import Image

from asymmetry.data import images
from asymmetry.data.iqa_sets.digests import iqa_set_digest
from asymmetry.data.photos import read_photos
from asymmetry.monitor.forecast import print_plan
from asymmetry.planning.overlaps import overlap_lines, overlaps
from asymmetry.planning.plan import Plan
from asymmetry.study import Study, parse_study
from tests.conftest import small_values
from tests.iqa.conftest import picture


@pytest.fixture
def album(workplace: Path) -> Path:
    """Six photos; those that are held out follow from their bytes."""
    folder = workplace / "album"
    folder.mkdir()
    for seed in range(6):
        picture(seed, (96, 64)).save(folder / f"photo{seed}.png")
    return folder


def declared(album: Path, evaluation=(), scored=(), **changes) -> tuple[Study, Plan]:
    values = small_values() | {"photos": {"source": str(album)}} | changes
    values["evaluation"]["sets"] = {"held-out": "photos"} | dict(evaluation)
    values["iqa_sets"] |= dict(scored)
    study = parse_study(values, "test")
    return study, Plan(study)


def sides(album: Path) -> tuple[list[str], list[str]]:
    manifest = read_photos(declared(album)[0].photos)
    return tuple([photo.name for photo in manifest.split(side)] for side in ("train", "evaluation"))


def folder_of(pictures: dict[str, Image.Image], folder: Path) -> Path:
    folder.mkdir()
    for name, image in pictures.items():
        image.save(folder / name)
    return folder


def scores_of(folder: Path, **changes) -> dict[str, object]:
    names = sorted(path.name for path in folder.iterdir())
    table = folder / "t.csv"
    table.write_text("file,mos\n" + "".join(f"{name},{i}\n" for i, name in enumerate(names)))
    base = {"kind": "scores", "table": str(table), "image": "file", "score": "mos"}
    return base | {"higher_is_better": True} | changes


def test_an_evaluation_folder_of_the_photos_themselves(album):
    study, plan = declared(album, {"mine": str(album)})
    train, held = sides(album)
    found = {(one.one, one.other): (one.names, one.size) for one in overlaps(study, plan)}
    assert found == {
        ("evaluation set 'mine'", "training photos"): (tuple(train), 6),
        ("evaluation set 'mine'", "evaluation set 'held-out'"): (tuple(held), 6),
    }
    assert overlap_lines(study, plan)[-1] == (
        f"evaluation set 'mine': {len(train)} of its 6 images show training photos, "
        f"e.g. {train[0]}: a leak, so scores on them are not of unseen images"
    )


@pytest.mark.parametrize("name", ["other.jpg", "other.webp", "other.bmp"])
def test_training_photos_in_another_format_and_size(album, name):
    train, _ = sides(album)
    copy = Image.open(album / f"{train[0]}.png").resize((60, 40))
    folder = folder_of({name: copy, "new.png": picture(50)}, album.parent / "mine")
    study, plan = declared(album, {"mine": str(folder)})
    [found] = overlaps(study, plan)
    assert (found.names, found.size, found.other) == (("other",), 2, "training photos")


def test_scored_sets_of_training_photos_and_of_each_other(album):
    train, _ = sides(album)
    seen = Image.open(album / f"{train[0]}.png")
    one = folder_of({"a.jpg": seen, "b.png": picture(51)}, album.parent / "one")
    two = folder_of({"c.png": picture(51), "d.png": picture(52)}, album.parent / "two")
    study, plan = declared(album, scored={"one": scores_of(one), "two": scores_of(two)})
    assert overlap_lines(study, plan) == [
        "IQA set 'two': 1 of its 2 contents show what is in IQA set 'one', e.g. c.png: "
        "the two are not independent",
        "IQA set 'one': 1 of its 2 contents show training photos, e.g. a.jpg: "
        "a leak, so results on them are not of unseen images",
    ]


def test_a_set_that_fits_weights(album):
    folder = folder_of({"e.png": picture(53), "f.png": picture(54)}, album.parent / "folder")
    scored = folder_of({"r.png": picture(53), "x.png": picture(60)}, album.parent / "scored")
    entry = scores_of(scored)
    (scored / "t.csv").write_text("file,ref,mos\nx.png,r.png,1\n")
    study, plan = declared(
        album, {"mine": str(folder)}, {"s": entry | {"reference": "ref"}}, calibration={"set": "s"}
    )
    assert overlap_lines(study, plan) == [
        "IQA set 's': 1 of its 1 contents show what is in evaluation set 'mine', e.g. r.png: "
        "calibrated losses and metrics may have been fitted to them"
    ]


def test_a_set_that_cannot_be_read_is_said_and_the_others_are_compared(album):
    study, plan = declared(
        album,
        {"mine": str(album), "absent": "absent"},
        {"tid": {"kind": "tid2013", "folder": "tid"}},
    )
    lines = overlap_lines(study, plan)
    assert lines[0].startswith("evaluation set 'absent': not compared with the other sets")
    assert "tid: there is no such folder" in lines[1]
    assert "show training photos" in lines[-1]


def test_the_released_split_of_a_set(album):
    folder = folder_of({"a.png": picture(55), "b.jpg": picture(55)}, album.parent / "set")
    picture(56).save(folder / "c.png")
    entry = scores_of(folder, split="part", split_as_released=True)
    (folder / "t.csv").write_text("file,mos,part\na.png,1,test\nb.jpg,2,train\nc.png,3,train\n")
    study, plan = declared(album, scored={"s": entry})
    assert overlap_lines(study, plan) == [
        "IQA set 's': 1 training images of its split show test images, e.g. b.jpg: "
        "they are left out of the training"
    ]


def test_where_nothing_could_overlap_no_photo_is_looked_at(album):
    study, plan = declared(album)
    shutil.rmtree(album)
    assert overlaps(study, plan) == overlap_lines(study, plan) == []


def test_the_plan_ends_with_them(album, capsys):
    print_plan(declared(album, {"mine": str(album)})[1])
    printed = capsys.readouterr().out.splitlines()
    assert printed[-1].startswith("evaluation set 'mine': ")
    assert "show training photos" in printed[-1]


def test_neither_a_second_plan_nor_a_digest_decodes_anything(album, monkeypatch):
    entry = scores_of(folder_of({"g.png": picture(57), "h.png": picture(58)}, album.parent / "set"))
    for path in (*album.iterdir(), *(album.parent / "set").iterdir()):
        os.utime(path, (1000, 1000))
    study, plan = declared(album, scored={"s": entry})
    first = overlap_lines(study, plan)
    monkeypatch.setattr(images, "decode_rgb", None)
    assert overlap_lines(study, declared(album, scored={"s": entry})[1]) == first
    shutil.rmtree(".asymmetry")
    assert len(iqa_set_digest(study, "s", plan.photos)) == 64

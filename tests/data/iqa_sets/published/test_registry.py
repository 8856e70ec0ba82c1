"""What holds for every published set."""

import importlib
import os
import pkgutil
import subprocess
import sys
from datetime import datetime
from typing import get_args

import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook

import asymmetry.data.iqa_sets.published as package
from asymmetry.core.errors import UserError
from asymmetry.data.iqa_sets.digests import iqa_set_digest
from asymmetry.data.iqa_sets.images import load_set
from asymmetry.data.iqa_sets.published.registry import layout_of, read_published
from asymmetry.data.photos import read_photos
from asymmetry.iqa.skill.measure import measure_skill
from asymmetry.planning.plan import Plan
from asymmetry.study import PublishedSet
from tests.data.iqa_sets.published.replicas import REPLICAS, replica
from tests.iqa.conftest import declare

KINDS = sorted(get_args(PublishedSet.model_fields["kind"].annotation))
every_set = pytest.mark.parametrize("kind", KINDS)


def read(kind, root):
    return read_published("s", PublishedSet(kind=kind, folder=str(root)))


def refusal(kind, root):
    with pytest.raises(UserError) as error:
        read(kind, root)
    assert "\n" not in str(error.value)
    return str(error.value)


def study_of(photos, kind, root, **changes):
    sets = {"severity": {"kind": "severity"}, "s": {"kind": kind, "folder": str(root)}}
    return declare(photos, iqa_sets=sets, **changes)


def score_file(root):
    """The file that a set's scores stand in."""
    names = {
        *("dmos.csv", "data.csv", "labels_image.csv", "mos_with_names.txt", "A0001.txt"),
        *("dmos_realigned.mat", "AllMOS_release.mat"),
    }
    return next(
        path
        for path in sorted(root.rglob("*"))
        if path.name in names or "scores" in path.name or path.suffix == ".xlsx"
    )


def test_a_file_is_a_kind():
    modules = [module.name for module in pkgutil.iter_modules(package.__path__)]
    files = [importlib.import_module(f"{package.__name__}.{name}") for name in modules]
    found = [file.__name__.rpartition(".")[2] for file in files if hasattr(file, "LAYOUT")]
    assert sorted(found) == KINDS == sorted(REPLICAS)


@every_set
def test_scores_point_upwards_and_images_are_read(photos, tmp_path, kind):
    root = replica(kind, tmp_path)
    study = study_of(photos, kind, root)
    images = load_set(study, "s", read_photos(study.photos))
    assert images.kind == kind
    sign = 1 if layout_of(kind).higher_is_better else -1
    written = [row.score for row in read(kind, root).rows]
    assert [image.score for image in images.images] == [sign * score for score in written]
    for image in images.images:
        assert image.pixels().shape == (16, 16, 3)
        assert image.held_out is None
        if image.reference:
            assert not np.array_equal(image.reference(), image.pixels())


@every_set
def test_the_digest_is_of_the_set_wherever_it_lies(photos, workplace, kind):
    root = replica(kind, workplace)
    first = digest(photos, kind, root)
    deeper = workplace / "elsewhere" / "archive"
    deeper.parent.mkdir()
    root.rename(deeper)
    assert digest(photos, kind, deeper.parent) == first
    image = read(kind, deeper).rows[0].image
    image.write_bytes(image.read_bytes() + b"\0")
    assert digest(photos, kind, deeper) != first


def digest(photos, kind, root):
    study = study_of(photos, kind, root)
    return iqa_set_digest(study, "s", read_photos(study.photos))


@every_set
def test_a_missing_folder_score_file_or_image(tmp_path, kind):
    root = replica(kind, tmp_path)
    image = read(kind, root).rows[-1].image
    image.unlink()
    message = refusal(kind, root)
    assert f"{root}: holds no " in message
    assert image.name.casefold() in message.casefold()
    assert "mend iqa_sets.s.folder" in message
    for path in [path for path in root.rglob("*") if path.suffix in {".csv", ".txt", ".xlsx"}]:
        path.unlink()
    for path in root.rglob("*.mat"):
        path.unlink()
    assert f"{root}: holds no " in refusal(kind, root)
    assert "there is no such folder; unpack" in refusal(kind, root / "absent")


@every_set
def test_a_damaged_score_file(tmp_path, kind):
    root = replica(kind, tmp_path)
    path = score_file(root)
    path.write_bytes(b"\xff\x00garbage")
    assert f"{path}: cannot be read as" in refusal(kind, root)


@pytest.mark.parametrize(
    ("kind", "old", "new", "message"),
    [
        ("kadid10k", "4.57", "5.01", "dmos.csv:2: the score 5.01 is not in 1 to 5"),
        ("kadid10k", "4.57", "good", "dmos.csv:2: the score is 'good', not a number"),
        ("kadid10k", "dmos,", "mos,", "has no column 'dmos'; take the file as it was released"),
        ("tid2013", "7.2 ", "-1 ", "mos_with_names.txt:3: the score -1 is not in 0 to 9"),
        ("tid2013", "7.2 ", "", "mos_with_names.txt:3: does not have two values"),
        ("tid2013", "I25_08", "I25_25", "mos_with_names.txt:3: 'I25_25_3.bmp' names no"),
        ("tid2013", "I25_08", "I26_08", "holds no reference_images/I26.BMP, but"),
        ("koniq10k", "3.828571429", "68.1", ":2: the score 68.1 is not in 1 to 5"),
        ("agiqa3k", "4.4887", "5.5", "data.csv:3: the score 5.5 is not in 0 to 5"),
        ("agiqa3k", "mos_quality", "mos", "has no column 'mos_quality'; take the file as it"),
        ("flive", "75.44", "101", "labels_image.csv:2: the score 101 is not in 0 to 100"),
        ("pipal", "1010.5", "0.42", "A0001.txt:2: the score 0.42 is not in 500 to 2500"),
        ("pipal", ",1010.5", "", "A0001.txt:2: does not have two values"),
        ("pipal", "_06_26", "_07_26", "A0001.txt:2: 'A0001_07_26.bmp' names no distortion"),
        (
            "kadid10k",
            "dmos,var",
            "dmos,dmos",
            "dmos.csv:1: 'dmos' is the name of the columns 3 and 4",
        ),
        ("kadid10k", ",", ";", "dmos.csv:1: has semicolons between its columns"),
        ("kadid10k", "4.57", '"4,57"', "dmos.csv:2: the score is '4,57', not a number"),
        ("tid2013", "7.2 ", "7_2 ", "txt:3: the score is '7_2', not a number"),
        ("tid2013", "7.2 ", "7,2 ", "txt:3: the score is '7,2', not a number"),
        ("pipal", "1010.5", "\u0661010.5", "A0001.txt:2: the score is '\u0661010.5', not a number"),
    ],
)
def test_a_changed_score_file_is_refused_with_one_line(tmp_path, kind, old, new, message):
    root = replica(kind, tmp_path)
    path = score_file(root)
    path.write_text(path.read_text().replace(old, new), encoding="utf-8")
    assert message in refusal(kind, root)


AGAIN = [
    (
        "kadid10k",
        "I01_10_05.png,I01.png,2,0.5",
        ":5: 'images/I01_10_05.png' has a score already",
        3,
    ),
    ("tid2013", "3.1 I01_01_1.bmp", ":4: 'distorted_images/I01_01_1.bmp' has a score", 1),
    ("tid2013", "3.1 i01_01_1.BMP", ":4: 'distorted_images/i01_01_1.BMP' has a score", 1),
    ("koniq10k", '"10004473.jpg",0,0,25,73,7,105,1,0.52,68.1', ":5: '1024x768/10004473.jpg'", 2),
    ("pipal", "A0001_00_00.bmp,1400", ":3: 'A0001_00_00.bmp' has a score already", 1),
]


@pytest.mark.parametrize(("kind", "again", "message", "first"), AGAIN)
def test_an_image_that_is_listed_twice(tmp_path, kind, again, message, first):
    root = replica(kind, tmp_path)
    path = score_file(root)
    path.write_text(f"{path.read_text()}{again}\n")
    found = refusal(kind, root)
    assert f"{path}{message}" in found
    assert f"already in {path}:{first}" in found


@pytest.mark.parametrize(("kind", "again"), [("spaq", 2), ("csiq", 5)])
def test_an_image_that_is_twice_in_a_sheet(tmp_path, kind, again):
    root = replica(kind, tmp_path)
    workbook = load_workbook(score_file(root))
    sheet = workbook.worksheets[-1]
    sheet.append([cell.value for cell in sheet[again]])
    workbook.save(score_file(root))
    path, line = score_file(root), sheet.max_row
    assert f"{path}:{line}: " in refusal(kind, root)
    assert f"has a score already in {path}:{again}; take the file" in refusal(kind, root)


@pytest.mark.parametrize("value", [datetime(2024, 3, 5), True, "36,67", "36.67%", " "])
def test_cells_that_are_no_scores(tmp_path, value):
    root = replica("spaq", tmp_path)
    workbook = load_workbook(score_file(root))
    workbook.active["B2"] = value
    workbook.save(score_file(root))
    assert "xlsx:2: the score is " in refusal("spaq", root)


def test_copies_of_an_image_under_two_names_are_two_images(tmp_path):
    """Also where the copies are one file on the disk, as tools that save space make them."""
    root = replica("koniq10k", tmp_path)
    folder = root / "1024x768"
    (folder / "10007357.jpg").unlink()
    os.link(folder / "10004473.jpg", folder / "10007357.jpg")
    assert len(read("koniq10k", root).rows) == 3


def test_names_with_accents_in_either_form(tmp_path):
    root = replica("koniq10k", tmp_path)
    image = root / "1024x768" / "10004473.jpg"
    image.rename(image.with_name("cafe\u0301.jpg"))
    path = score_file(root)
    path.write_text(path.read_text().replace("10004473", "caf\u00e9"), encoding="utf-8")
    assert read("koniq10k", root).rows[0].name == "1024x768/caf\u00e9.jpg"


@pytest.mark.parametrize(("kind", "subset"), [("live", "JPEG"), ("koniq10k", "all")])
def test_skill_knows_pairs_and_distortions(photos, workplace, kind, subset):
    root = replica(kind, workplace)
    evaluation = {"metrics": ["psnr_y", "piqe"], "perception": ["piqe"]}
    study = study_of(photos, kind, root, evaluation=evaluation)
    output = workplace / "skill.parquet"
    measure_skill(study, Plan(study), "s", output)
    table = pd.read_parquet(output)
    assert set(table["kind"]) == {kind}
    assert subset in set(table["subset"])
    assert ("psnr_y" in set(table["metric"])) == (kind == "live")
    assert table.loc[table["subset"] == "all", "n"].eq(len(read(kind, root).rows)).all()


def test_no_torch_is_imported(tmp_path):
    for kind in ("csiq", "live"):
        root = replica(kind, tmp_path)
        code = (
            "import sys; from asymmetry.data.iqa_sets.scores import read_scores; "
            "from asymmetry.study import PublishedSet; "
            f"read_scores('s', PublishedSet(kind={kind!r}, folder={str(root)!r})); "
            "sys.exit('torch' in sys.modules)"
        )
        assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

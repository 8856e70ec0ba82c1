"""Each set in its own layout: pairs, scores, references, distortions, direction, traps."""

import shutil

import numpy as np
import pytest
from openpyxl import load_workbook
from scipy.io import savemat

from asymmetry.core.errors import UserError
from asymmetry.data.iqa_sets.scores import read_scores
from asymmetry.study import PublishedSet
from tests.data.iqa_sets.published.replicas import LIVE_IMAGES, images, replica


def read(kind, root):
    return read_scores("s", PublishedSet(kind=kind, folder=str(root)))


def summary(kind, root):
    rows = read(kind, root).rows
    return [(row.name, row.content, row.score, row.kind) for row in rows]


def refusal(kind, root):
    with pytest.raises(UserError) as error:
        read(kind, root)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_kadid10k_calls_a_mean_opinion_dmos(tmp_path):
    root = replica("kadid10k", tmp_path)
    assert summary("kadid10k", root) == [
        ("images/I01_01_01.png", "images/I01.png", 4.57, "Gaussian blur"),
        ("images/I01_10_05.png", "images/I01.png", 1.2, "JPEG"),
        ("images/I02_25_03.png", "images/I02.png", 3, "contrast change"),
    ]
    assert read("kadid10k", root).higher_is_better


def test_kadid10k_has_25_distortions(tmp_path):
    root = replica("kadid10k", tmp_path)
    table = root / "dmos.csv"
    table.write_text(table.read_text().replace("I02_25_03", "I02_26_03"))
    assert "dmos.csv:4: 'I02_26_03.png' names no distortion" in refusal("kadid10k", root)


def test_tid2013_in_any_case_of_letters(tmp_path):
    root = replica("tid2013", tmp_path)
    scores = read("tid2013", root)
    assert [row.image.name for row in scores.rows] == [
        *("i01_01_1.bmp", "I01_24_5.BMP", "i25_08_3.bmp")
    ]
    assert [row.reference.name for row in scores.rows] == ["I01.BMP", "I01.BMP", "i25.bmp"]
    # I01 and i01 are one content.
    assert [row.content for row in scores.rows] == [
        *("reference_images/I01.BMP", "reference_images/I01.BMP", "reference_images/I25.BMP")
    ]
    assert [row.score for row in scores.rows] == [5.51429, 0.24242, 7.2]
    assert [row.kind for row in scores.rows] == [
        *("additive Gaussian noise", "sparse sampling and reconstruction", "Gaussian blur")
    ]
    assert scores.higher_is_better


def test_live_leaves_copies_of_references_out(tmp_path):
    root = replica("live", tmp_path)
    scores = read("live", root)
    assert [(row.name, row.content, row.score) for row in scores.rows] == [
        (file, f"refimgs/{reference}", score) for file, reference, score in LIVE_IMAGES.values()
    ]
    assert [row.kind for row in scores.rows] == [
        *("JPEG 2000", "JPEG 2000", "JPEG", "white noise", "Gaussian blur"),
        *("fast fading", "fast fading"),
    ]
    assert not scores.higher_is_better


def test_live_of_the_first_releases_has_other_scores(tmp_path):
    root = replica("live", tmp_path)
    (root / "dmos_realigned.mat").unlink()
    assert [row.score for row in read("live", root).rows] == [
        score / 2 for _, _, score in LIVE_IMAGES.values()
    ]


def test_live_has_982_entries(tmp_path):
    root = replica("live", tmp_path)
    savemat(root / "refnames_all.mat", {"refnames_all": np.array([["a.bmp"]], dtype=object)})
    assert "refnames_all.mat: has 1 values, not 982" in refusal("live", root)


def test_csiq_from_the_sheet_of_many(tmp_path):
    root = replica("csiq", tmp_path)
    assert summary("csiq", root) == [
        ("dst_imgs/awgn/1600.AWGN.1.png", "src_imgs/1600.png", 0.0623, "noise"),
        ("dst_imgs/jpeg2000/1600.jpeg2000.5.png", "src_imgs/1600.png", 1, "jpeg 2000"),
        (
            "dst_imgs/contrast/snow_leaves.contrast.3.png",
            "src_imgs/snow_leaves.png",
            0,
            "contrast",
        ),
    ]
    assert not read("csiq", root).higher_is_better


def test_csiq_of_a_mirror_is_flat(tmp_path):
    root = replica("csiq", tmp_path)
    for image in sorted(root.glob("dst_imgs/*/*.png")):
        image.rename(root / "dst_imgs" / image.name)
        image.parent.rmdir()
    scores = read("csiq", root)
    assert [(row.name, row.image.parent.name, row.score) for row in scores.rows] == [
        ("dst_imgs/1600.AWGN.1.png", "dst_imgs", 0.0623),
        ("dst_imgs/1600.jpeg2000.5.png", "dst_imgs", 1),
        ("dst_imgs/snow_leaves.contrast.3.png", "dst_imgs", 0),
    ]
    assert [row.content for row in scores.rows[:2]] == ["src_imgs/1600.png"] * 2


def test_csiq_with_an_unknown_distortion_or_without_its_sheet(tmp_path):
    root = replica("csiq", tmp_path)
    workbook = load_workbook(root / "csiq.DMOS.xlsx")
    workbook["all_by_image"]["F5"] = "nose"
    workbook.save(root / "csiq.DMOS.xlsx")
    assert "xlsx:5: dst_type is 'nose'; did you mean 'noise'?" in refusal("csiq", root)
    workbook["all_by_image"].title = "all_by_images"
    workbook.save(root / "csiq.DMOS.xlsx")
    assert "has no sheet 'all_by_image'; did you mean" in refusal("csiq", root)


def test_pipal_from_all_its_folders(tmp_path):
    root = replica("pipal", tmp_path)
    assert summary("pipal", root) == [
        ("A0001_00_00.bmp", "Train_Ref/A0001.bmp", 1520.0648, "traditional SR"),
        ("A0001_06_26.bmp", "Train_Ref/A0001.bmp", 1010.5, "traditional distortion"),
        ("A0185_03_11.bmp", "Train_Ref/A0185.bmp", 1500, "GAN-based SR"),
    ]
    scores = read("pipal", root)
    assert scores.rows[2].image.parent.name == "Distortion_4"
    assert scores.higher_is_better


def test_koniq10k_as_rated(tmp_path):
    root = replica("koniq10k", tmp_path)
    names = ["1024x768/10004473.jpg", "1024x768/10007357.jpg", "1024x768/10007903.jpg"]
    scores = [3.828571429, 3.479166667, 1.111111111]
    assert summary("koniq10k", root) == [
        (name, name, score, "") for name, score in zip(names, scores, strict=True)
    ]
    assert all(row.reference is None for row in read("koniq10k", root).rows)
    assert read("koniq10k", root).higher_is_better
    shutil.rmtree(root / "1024x768")
    assert {row.name for row in read("koniq10k", root).rows} == {
        name.replace("1024x768", "512x384") for name in names
    }


def test_spaq_from_its_workbook(tmp_path):
    root = replica("spaq", tmp_path)
    names = ["TestImage/00001.jpg", "TestImage/00002.jpg", "TestImage/00003.jpg"]
    assert summary("spaq", root) == [
        (name, name, score, "") for name, score in zip(names, [36.67, 100, 0], strict=True)
    ]
    assert all(row.reference is None for row in read("spaq", root).rows)
    assert read("spaq", root).higher_is_better


def test_live_challenge_leaves_the_images_of_the_raters_training_out(tmp_path):
    root = replica("live_challenge", tmp_path)
    names = ["Images/100.bmp", "Images/1000.JPG", "Images/3.bmp"]
    assert summary("live_challenge", root) == [
        (name, name, score, "") for name, score in zip(names, [32.56, 66.25, 3.5], strict=True)
    ]
    assert read("live_challenge", root).higher_is_better
    savemat(root / "Data" / "AllMOS_release.mat", {"AllMOS_release": np.ones((1, 9))})
    assert "AllImages_release.mat: has 10 values, " in refusal("live_challenge", root)


def test_flive_by_paths(tmp_path):
    root = replica("flive", tmp_path)
    rows = read("flive", root).rows
    assert [(row.name, row.score) for row in rows] == [
        ("blur_dataset/motion0044.jpg", 75.44),
        ("blur_dataset/out_of_focus0027.JPG", 72.82),
        ("voc_emotic_ava/AVA__100991.jpg", 0),
    ]
    assert all(row.reference is None and row.content == row.name for row in rows)


def test_agiqa3k_takes_the_quality_and_not_the_alignment(tmp_path):
    root = replica("agiqa3k", tmp_path)
    rows = read("agiqa3k", root).rows
    assert [row.score for row in rows] == [0.9656, 4.4887, 2.5]
    assert all(row.reference is None for row in rows)
    (root / "images").rename(root / "AGIQA-3K")
    assert [row.name for row in read("agiqa3k", root).rows] == [row.name for row in rows]


def test_two_files_of_one_name_are_refused(tmp_path):
    root = replica("pipal", tmp_path)
    images(root / "Distortion_2", "A0001_00_00.bmp")
    assert "are both A0001_00_00.bmp; remove one" in refusal("pipal", root)

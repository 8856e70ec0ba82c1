"""Tiny replicas of published sets, in their own layouts and file types."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from openpyxl import Workbook
from PIL import Image
from scipy.io import savemat


def images(folder: Path, *names: str) -> None:
    """Images of 16 by 16, each of its own content, as BMP where the name has no known suffix."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        pixels = np.random.default_rng(list(name.encode())).integers(0, 256, (16, 16, 3))
        Image.fromarray(pixels.astype(np.uint8)).save(folder / name)


def kadid10k(folder: Path) -> None:
    distorted = ["I01_01_01.png", "I01_10_05.png", "I02_25_03.png"]
    images(folder / "images", "I01.png", "I02.png", *distorted)
    (folder / "dmos.csv").write_text(
        "dist_img,ref_img,dmos,var\n"
        "I01_01_01.png,I01.png,4.57,0.496\n"
        "I01_10_05.png,I01.png,1.2,0.5\n"
        "I02_25_03.png,I02.png,3,0.9\n"
    )


def tid2013(folder: Path) -> None:
    """The case of names differs between the score file and the disk, as in the release."""
    images(folder / "reference_images", "I01.BMP", "i25.bmp")
    images(folder / "distorted_images", "i01_01_1.bmp", "I01_24_5.BMP", "i25_08_3.bmp")
    (folder / "mos_with_names.txt").write_text(
        "5.51429 I01_01_1.bmp\r\n0.24242 i01_24_5.bmp\r\n7.2 I25_08_3.bmp\r\n", newline=""
    )


LIVE_IMAGES = {  # place among the 982, counted from 0: file, reference, DMOS
    0: ("jp2k/img1.bmp", "stream.bmp", 55.25),
    226: ("jp2k/img227.bmp", "ocean.bmp", -2.5),
    227: ("jpeg/img1.bmp", "stream.bmp", 30.5),
    460: ("wn/img1.bmp", "stream.bmp", 111.5),
    634: ("gblur/img1.bmp", "ocean.bmp", 40.0),
    808: ("fastfading/img1.bmp", "ocean.bmp", 20.0),
    981: ("fastfading/img174.bmp", "stream.bmp", 60.0),
}


def live(folder: Path) -> None:
    """All images but a few are copies of references, which need no files."""
    scores, copies = np.zeros((1, 982)), np.ones((1, 982), dtype=np.uint8)
    references = np.full((1, 982), "stream.bmp", dtype=object)
    images(folder / "refimgs", "stream.bmp", "ocean.bmp")
    for place, (file, reference, score) in LIVE_IMAGES.items():
        images((folder / file).parent, Path(file).name)
        scores[0, place], copies[0, place], references[0, place] = score, 0, reference
    savemat(
        folder / "dmos_realigned.mat",
        {"dmos_new": scores, "dmos_std": np.ones((1, 982)), "orgs": copies},
    )
    savemat(folder / "dmos.mat", {"dmos": scores / 2, "orgs": copies})
    savemat(folder / "refnames_all.mat", {"refnames_all": references})


def csiq(folder: Path) -> None:
    """Titles above the header, an empty column before it, padding below; numbers as names."""
    images(folder / "src_imgs", "1600.png", "snow_leaves.png")
    images(folder / "dst_imgs" / "awgn", "1600.AWGN.1.png")
    images(folder / "dst_imgs" / "jpeg2000", "1600.jpeg2000.5.png")
    images(folder / "dst_imgs" / "contrast", "snow_leaves.contrast.3.png")
    workbook = Workbook()
    workbook.active.title = "readme"
    sheet = workbook.create_sheet("all_by_image")
    sheet.append(["CSIQ DMOS"])
    sheet.append([])
    sheet.append([])
    sheet.append([None] * 3 + ["image", "dst_idx", "dst_type", "dst_lev", "dmos_std", "dmos"])
    sheet.append([None] * 3 + [1600, 1, "noise", 1, 0.02, 0.0623])
    sheet.append([None] * 3 + [1600.0, 3, "jpeg 2000", 5.0, 0.1, 1])
    sheet.append([None] * 3 + ["snow_leaves", 6, "contrast", 3, 0.1, 0])
    sheet.append([None] * 9)
    workbook.save(folder / "csiq.DMOS.xlsx")


def pipal(folder: Path) -> None:
    images(folder / "Train_Ref", "A0001.bmp", "A0185.bmp")
    images(folder / "Distortion_1", "A0001_00_00.bmp", "A0001_06_26.bmp")
    images(folder / "Distortion_4", "A0185_03_11.bmp")
    labels = folder / "Train_Label"
    labels.mkdir()
    (labels / "A0185.txt").write_text("A0185_03_11.bmp,1500\n")
    (labels / "A0001.txt").write_text("A0001_00_00.bmp,1520.0648\nA0001_06_26.bmp,1010.5\n")


def koniq10k(folder: Path) -> None:
    images(folder / "1024x768", "10004473.jpg", "10007357.jpg", "10007903.jpg")
    images(folder / "512x384", "10004473.jpg", "10007357.jpg", "10007903.jpg")
    (folder / "koniq10k_scores_and_distributions.csv").write_text(
        '"image_name","c1","c2","c3","c4","c5","c_total","MOS","SD","MOS_zscore"\n'
        '"10004473.jpg",0,0,25,73,7,105,3.828571429,0.52,68.1\n'
        '"10007357.jpg",0,3,45,47,1,96,3.479166667,0.57,57.1\n'
        '"10007903.jpg",80,10,0,0,0,90,1.111111111,0.3,3.9\n'
    )


def spaq(folder: Path) -> None:
    images(folder / "TestImage", "00001.jpg", "00002.jpg", "00003.jpg")
    workbook = Workbook()
    workbook.active.append(["Image name", "MOS", "Brightness", "Colorfulness", "Contrast"])
    workbook.active.append(["00001.jpg", 36.67, 40, 41, 42])
    workbook.active.append(["00002.jpg", 100, 60, 61, 62])
    workbook.active.append(["00003.jpg", 0, 20, 21, 22])
    (folder / "Annotations").mkdir()
    workbook.save(folder / "Annotations" / "MOS and Image attribute scores.xlsx")


def live_challenge(folder: Path) -> None:
    """The first seven images are those that raters were trained with."""
    training = [f"t{number}.bmp" for number in range(1, 8)]
    names = [*training, "100.bmp", "1000.JPG", "3.bmp"]
    images(folder / "Images" / "trainingImages", *training)
    images(folder / "Images", "100.bmp", "1000.JPG", "3.bmp")
    (folder / "Data").mkdir()
    cells = np.array([[name] for name in names], dtype=object)
    savemat(folder / "Data" / "AllImages_release.mat", {"AllImages_release": cells})
    scores = np.array([[*[50.0] * 7, 32.56, 66.25, 3.5]])
    savemat(folder / "Data" / "AllMOS_release.mat", {"AllMOS_release": scores})


def flive(folder: Path) -> None:
    """A row for each photo, whose name is a path; the patches have a file of their own."""
    images(folder / "database" / "blur_dataset", "motion0044.jpg", "out_of_focus0027.JPG")
    images(folder / "database" / "voc_emotic_ava", "AVA__100991.jpg")
    (folder / "database" / "labels_image.csv").write_text(
        "name,mos\n"
        "blur_dataset/motion0044.jpg,75.44\n"
        "blur_dataset/out_of_focus0027.JPG,72.82\n"
        "voc_emotic_ava/AVA__100991.jpg,0.0\n"
    )


def agiqa3k(folder: Path) -> None:
    images(folder / "images", "AttnGAN_normal_000.jpg", "sd1.5_lowcorr_189.jpg", "DALLE2_0.jpg")
    (folder / "data.csv").write_text(
        "name,prompt,adj1,adj2,style,mos_quality,std_quality,mos_align,std_align\n"
        'AttnGAN_normal_000.jpg,"statue, of a man",,,,0.9656,0.22,0.41,0.62\n'
        "sd1.5_lowcorr_189.jpg,a tray of sushi,,,,4.4887,0.64,0.43,0.67\n"
        "DALLE2_0.jpg,a cat,sharp,,baroque style,2.5,0.6,4.4,0.6\n"
    )


REPLICAS: dict[str, Callable[[Path], None]] = {
    replica.__name__: replica
    for replica in (
        agiqa3k,
        csiq,
        flive,
        kadid10k,
        koniq10k,
        live,
        live_challenge,
        pipal,
        spaq,
        tid2013,
    )
}


def replica(kind: str, folder: Path) -> Path:
    """The replica of a set below `folder`."""
    root = folder / kind
    root.mkdir()
    REPLICAS[kind](root)
    return root

"""PIPAL, the training part: 200 references, 7 classes of distortion, 23,200 images.

Gu et al., ECCV 2020, and arXiv:2011.15002. Train_Label/A0001.txt has lines
`A0001_00_00.bmp,1520.0648`: Elo ratings that start at 1400, higher is better. References are in
Train_Ref, distorted images in Distortion_1 to 4. The digits in the middle are the class
(github.com/HaomingCai/PIPAL-dataset, issue 13), named by table 10 of the arXiv paper: the numbers
of distortions of its classes, 12, 16, 10, 24, 13, 14 and 27, are those in the files.
"""

from collections.abc import Iterator

from asymmetry.data.iqa_sets.published.contract import Entry, Layout, kind_in_name, numbered
from asymmetry.data.iqa_sets.published.release import Release
from asymmetry.data.iqa_sets.score_files import read_pairs

_KINDS = numbered(
    [
        "traditional SR",
        "PSNR-oriented SR",
        "SR with kernel mismatch",
        "GAN-based SR",
        "denoising",
        "SR and denoising",
        "traditional distortion",
    ],
    first=0,
)


def _entries(release: Release) -> Iterator[Entry]:
    for path in release.score_files("Train_Label", ".txt"):
        for where, name, score in read_pairs(path, ","):
            yield Entry(
                where,
                image=name,
                score=score,
                reference=f"Train_Ref/{name.partition('_')[0]}.bmp",
                kind=kind_in_name(name, _KINDS, where),
            )


# Elo has no bounds; those of the release are about 900 to 1850.
LAYOUT = Layout(higher_is_better=True, score_range=(500, 2500), entries=_entries)

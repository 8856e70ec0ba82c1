"""SPAQ: 11,125 photographs of smartphones, without references.

Fang, Zhu, Zeng, Ma and Wang, "Perceptual Quality Assessment of Smartphone Photography", CVPR 2020;
github.com/h4nwei/SPAQ. MOS from 0 to 100, higher is better; the images are in TestImage.
"""

from collections.abc import Iterator

from asymmetry.data.iqa_sets.published.contract import Entry, Layout
from asymmetry.data.iqa_sets.published.release import Release
from asymmetry.data.iqa_sets.score_files import read_sheet


def _entries(release: Release) -> Iterator[Entry]:
    path = release.score_file("MOS and Image attribute scores.xlsx")
    for where, row in read_sheet(path, ("Image name", "MOS")):
        yield Entry(where, image=f"TestImage/{row['Image name']}", score=row["MOS"])


LAYOUT = Layout(higher_is_better=True, score_range=(0, 100), entries=_entries)

"""AGIQA-3K: 2,982 images of six text-to-image models, without references.

Li et al., "AGIQA-3K: An Open Database for AI-Generated Image Quality Assessment", IEEE Transactions
on Circuits and Systems for Video Technology (2023); github.com/lcysyzxdxc/AGIQA-3k-Database.
`mos_quality` is the normalised perceptual quality, 0 to 5, higher is better (`mos_align`, how well
the image fits its prompt, is not read). Images are found by name alone: archives differ in their
folder.
"""

from collections.abc import Iterator

from asymmetry.data.iqa_sets.published.contract import Entry, Layout
from asymmetry.data.iqa_sets.published.release import Release
from asymmetry.data.iqa_sets.score_files import AS_RELEASED, read_csv

_COLUMNS = dict.fromkeys(("name", "mos_quality"), AS_RELEASED)


def _entries(release: Release) -> Iterator[Entry]:
    for where, row in read_csv(release.score_file("data.csv"), _COLUMNS):
        yield Entry(where, image=row["name"], score=row["mos_quality"])


LAYOUT = Layout(higher_is_better=True, score_range=(0, 5), entries=_entries)

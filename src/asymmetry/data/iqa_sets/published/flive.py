"""FLIVE (PaQ-2-PiQ): 39,810 photographs from other data sets, without references.

Ying, Niu, Gupta, Mahajan, Ghadiyaram and Bovik, "From Patches to Pictures (PaQ-2-PiQ)", CVPR 2020;
github.com/baidut/PaQ-2-PiQ. `mos` of labels_image.csv from 0 to 100, higher is better; `name` is a
path below the release's folder `database`. The patches have a file of their own and are not read.
"""

from collections.abc import Iterator

from asymmetry.data.iqa_sets.published.contract import Entry, Layout
from asymmetry.data.iqa_sets.published.release import Release
from asymmetry.data.iqa_sets.score_files import AS_RELEASED, read_csv

_COLUMNS = dict.fromkeys(("name", "mos"), AS_RELEASED)


def _entries(release: Release) -> Iterator[Entry]:
    for where, row in read_csv(release.score_file("labels_image.csv"), _COLUMNS):
        yield Entry(where, image=row["name"], score=row["mos"])


LAYOUT = Layout(higher_is_better=True, score_range=(0, 100), entries=_entries)

"""KonIQ-10k: 10,073 photographs from the wild, without references.

Hosu, Lin, Sziranyi and Saupe, IEEE Transactions on Image Processing 29 (2020);
database.mmsp-kn.de/koniq-10k-database.html. `MOS` goes from 1 to 5, higher is better
(`MOS_zscore`, about 0 to 100, is another convention). The images were rated at 1024x768; those of
512x384 are read where they are the only ones.
"""

from collections.abc import Iterator

from asymmetry.data.iqa_sets.published.contract import Entry, Layout
from asymmetry.data.iqa_sets.published.release import Release
from asymmetry.data.iqa_sets.score_files import AS_RELEASED, read_csv

_COLUMNS = dict.fromkeys(("image_name", "MOS"), AS_RELEASED)


def _entries(release: Release) -> Iterator[Entry]:
    rows = read_csv(release.score_file("koniq10k_scores_and_distributions.csv"), _COLUMNS)
    rated = any(release.has(f"1024x768/{row['image_name']}") for _, row in rows)
    reduced = any(release.has(f"512x384/{row['image_name']}") for _, row in rows)
    size = "512x384" if reduced and not rated else "1024x768"
    for where, row in rows:
        yield Entry(where, image=f"{size}/{row['image_name']}", score=row["MOS"])


LAYOUT = Layout(higher_is_better=True, score_range=(1, 5), entries=_entries)

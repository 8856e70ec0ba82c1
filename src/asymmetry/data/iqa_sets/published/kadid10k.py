"""KADID-10k: 81 references, 25 distortions at 5 levels, 10,125 images.

Lin, Hosu and Saupe, "KADID-10k: A Large-scale Artificially Distorted IQA Database", QoMEX 2019;
database.mmsp-kn.de/kadid-10k-database.html. The column `dmos` is a mean degradation category
rating from 1 (very annoying) to 5 (imperceptible): in spite of its name, higher is better.
"""

from collections.abc import Iterator

from asymmetry.data.iqa_sets.published.contract import Entry, Layout, kind_in_name, numbered
from asymmetry.data.iqa_sets.published.release import Release
from asymmetry.data.iqa_sets.score_files import AS_RELEASED, read_csv

_COLUMNS = dict.fromkeys(("dist_img", "ref_img", "dmos"), AS_RELEASED)
_KINDS = numbered(
    [
        "Gaussian blur",
        "lens blur",
        "motion blur",
        "color diffusion",
        "color shift",
        "color quantization",
        "color saturation 1",
        "color saturation 2",
        "JPEG 2000",
        "JPEG",
        "white noise",
        "white noise in color component",
        "impulse noise",
        "multiplicative noise",
        "denoise",
        "brighten",
        "darken",
        "mean shift",
        "jitter",
        "non-eccentricity patch",
        "pixelate",
        "quantization",
        "color block",
        "high sharpen",
        "contrast change",
    ]
)


def _entries(release: Release) -> Iterator[Entry]:
    for where, row in read_csv(release.score_file("dmos.csv"), _COLUMNS):
        yield Entry(
            where,
            image=f"images/{row['dist_img']}",
            score=row["dmos"],
            reference=f"images/{row['ref_img']}",
            kind=kind_in_name(row["dist_img"], _KINDS, where),
        )


LAYOUT = Layout(higher_is_better=True, score_range=(1, 5), entries=_entries)

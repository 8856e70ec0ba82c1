"""TID2013: 25 references, 24 distortions at 5 levels, 3,000 images.

Ponomarenko et al., "Image database TID2013: Peculiarities, results and perspectives", Signal
Processing: Image Communication 30 (2015), and the release's readme: the distortions in the order
of their numbers, MOS from 0 to 9, higher is better. A line is `5.51429 I01_01_1.bmp`, but the
files are `i01_01_1.bmp` or `I01_01_1.BMP`, and the references `I01.BMP` to `i25.bmp`.
"""

from collections.abc import Iterator

from asymmetry.data.iqa_sets.published.contract import Entry, Layout, kind_in_name, numbered
from asymmetry.data.iqa_sets.published.release import Release
from asymmetry.data.iqa_sets.score_files import read_pairs

_KINDS = numbered(
    [
        "additive Gaussian noise",
        "additive noise in color components",
        "spatially correlated noise",
        "masked noise",
        "high frequency noise",
        "impulse noise",
        "quantization noise",
        "Gaussian blur",
        "image denoising",
        "JPEG",
        "JPEG 2000",
        "JPEG transmission errors",
        "JPEG 2000 transmission errors",
        "non eccentricity pattern noise",
        "local block-wise distortions",
        "mean shift",
        "contrast change",
        "change of color saturation",
        "multiplicative Gaussian noise",
        "comfort noise",
        "lossy compression of noisy images",
        "color quantization with dither",
        "chromatic aberrations",
        "sparse sampling and reconstruction",
    ]
)


def _entries(release: Release) -> Iterator[Entry]:
    for where, score, name in read_pairs(release.score_file("mos_with_names.txt")):
        yield Entry(
            where,
            image=f"distorted_images/{name}",
            score=score,
            # One spelling a reference, or its images would fall into two contents.
            reference=f"reference_images/{name.partition('_')[0].upper()}.BMP",
            kind=kind_in_name(name, _KINDS, where),
        )


LAYOUT = Layout(higher_is_better=True, score_range=(0, 9), entries=_entries)

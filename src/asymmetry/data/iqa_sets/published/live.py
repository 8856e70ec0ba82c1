"""LIVE release 2: 29 references, 5 distortions, 779 images.

Sheikh, Sabir and Bovik, IEEE Transactions on Image Processing 15 (2006), and the release's
readme.txt: scores and names of references stand in arrays of 982 in the order of the folders
below; where `orgs` is 1 the image is a copy of the reference with a DMOS of 0, and left out here.
DMOS, lower is better. `dmos_realigned.mat` has the scores that the paper uses; `dmos.mat`, of the
first releases, is read where it is the only one.
"""

from collections.abc import Iterator
from itertools import chain

from asymmetry.core.errors import UserError
from asymmetry.data.iqa_sets.published.contract import Entry, Layout
from asymmetry.data.iqa_sets.published.release import Release
from asymmetry.data.iqa_sets.score_files import AS_RELEASED, read_mat

_FOLDERS = {
    "jp2k": (227, "JPEG 2000"),
    "jpeg": (233, "JPEG"),
    "wn": (174, "white noise"),
    "gblur": (174, "Gaussian blur"),
    "fastfading": (174, "fast fading"),
}
_VARIABLES = {"dmos_realigned.mat": "dmos_new", "dmos.mat": "dmos"}


def _entries(release: Release) -> Iterator[Entry]:
    path = release.score_file(*_VARIABLES)
    scores, copies = read_mat(path, _VARIABLES[path.name.lower()], "orgs")
    names_path = release.score_file("refnames_all.mat")
    (references,) = read_mat(names_path, "refnames_all")
    images = list(
        chain.from_iterable(
            ((f"{folder}/img{number}.bmp", kind) for number in range(1, size + 1))
            for folder, (size, kind) in _FOLDERS.items()
        )
    )
    for file, values in ((path, scores), (path, copies), (names_path, references)):
        if len(values) != len(images):
            raise UserError(f"{file}: has {len(values)} values, not {len(images)}; {AS_RELEASED}")
    for index, (image, kind) in enumerate(images):
        if not copies[index]:
            yield Entry(
                f"{path}:{index + 1}",
                image,
                score=scores[index],
                reference=f"refimgs/{references[index]}",
                kind=kind,
            )


# Nominally 1 to 100; the rescaled z-scores of the realigned ones go from about -3 to 112.
LAYOUT = Layout(higher_is_better=False, score_range=(-10, 120), entries=_entries)

"""LIVE In the Wild Image Quality Challenge: 1,162 photographs of mobile devices, no references.

Ghadiyaram and Bovik, IEEE Transactions on Image Processing 25 (2016);
live.ece.utexas.edu/research/ChallengeDB. Names and MOS, 0 to 100, higher is better, stand in arrays
of 1,169. The first seven are the images that raters were trained with, in Images/trainingImages;
like in the literature they are left out.
"""

from collections.abc import Iterator
from itertools import islice

from asymmetry.core.errors import UserError
from asymmetry.data.iqa_sets.published.contract import Entry, Layout
from asymmetry.data.iqa_sets.published.release import Release
from asymmetry.data.iqa_sets.score_files import AS_RELEASED, read_mat

_TRAINING = 7


def _entries(release: Release) -> Iterator[Entry]:
    path = release.score_file("AllMOS_release.mat")
    names_path = release.score_file("AllImages_release.mat")
    (scores,) = read_mat(path, "AllMOS_release")
    (names,) = read_mat(names_path, "AllImages_release")
    if len(names) != len(scores):
        raise UserError(
            f"{names_path}: has {len(names)} values, {path} has {len(scores)}; {AS_RELEASED}"
        )
    rows = zip(names, scores, strict=True)
    for number, (name, score) in enumerate(islice(rows, _TRAINING, None), start=_TRAINING + 1):
        yield Entry(f"{path}:{number}", image=f"Images/{name}", score=score)


LAYOUT = Layout(higher_is_better=True, score_range=(0, 100), entries=_entries)

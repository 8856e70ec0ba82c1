"""The public data sets that a study may use, each under the name of its folder in `data/`.

Checksums are copied from their publishers and never computed here. Where none is published, that of
the first download is recorded (see `get`).
"""

from asymmetry.core.errors import UserError
from asymmetry.core.names import nearest
from asymmetry.datasets.entry import DataSet
from asymmetry.datasets.photo_sets import PHOTO_SETS
from asymmetry.datasets.scored_sets import SCORED_SETS

CATALOGUE: dict[str, DataSet] = PHOTO_SETS | SCORED_SETS


def find(name: str) -> DataSet:
    """The entry of a set; UserError, with the nearest name, where there is none."""
    if name not in CATALOGUE:
        raise UserError(f"data: '{name}' is not in the catalogue; {nearest(name, CATALOGUE)}")
    return CATALOGUE[name]

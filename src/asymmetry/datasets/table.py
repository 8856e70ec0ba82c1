"""The catalogue as a table: `asymmetry data list`, and the page `data/README.md`.

`python -m asymmetry.datasets.table` prints the page.
"""

from rich.table import Table

from asymmetry.datasets.catalogue import CATALOGUE
from asymmetry.datasets.entry import DataSet
from asymmetry.datasets.get import is_there

_HEAD = """\
# Data sets

Written by `make data-table` from `src/asymmetry/datasets/catalogue.py`. `asymmetry data get NAME`
puts a set into the folder of its name here and records every file in `NAME.json`;
`asymmetry data check NAME` compares. A set that is given on request, or not as a zip or tar, is
taken from a copy: `asymmetry data get NAME --from PATH`. Nothing here but this page is in Git.

| name | what | images | size | licence | source | used for |
|---|---|---|---|---|---|---|
"""


def readme() -> str:
    """The whole page."""
    return _HEAD + "".join(_row(name, entry) for name, entry in CATALOGUE.items())


def listing() -> Table:
    """The sets, and which of them are here."""
    columns = ("name", "present", "images", "size", "licence", "how", "source")
    table = Table(*columns, box=None, pad_edge=False)
    for name, entry in CATALOGUE.items():
        present = "yes" if is_there(name) else "no"
        images = f"{entry.images:,}"
        table.add_row(name, present, images, _size(entry), entry.licence, _how(entry), entry.source)
    return table


def _size(entry: DataSet) -> str:
    """About how much the images take, in GB or MB."""
    if entry.gigabytes < 1:
        return f"{1000 * entry.gigabytes:.0f} MB"
    return f"{entry.gigabytes:.1f} GB"


def _how(entry: DataSet) -> str:
    """How a set comes: fetched and compared with a published checksum or not, or on request."""
    if not entry.files:
        return "--from"
    known = all(remote.checksum for remote in entry.files)
    return "fetched, checksum published" if known else "fetched, checksum of the first fetch"


def _row(name: str, entry: DataSet) -> str:
    cells = [
        f"`{name}`",
        f"{entry.title}: {entry.what}",
        f"{entry.images:,}",
        _size(entry),
        entry.licence,
        f"[page]({entry.source}), {_how(entry)}",
        entry.used_for,
    ]
    return f"| {' | '.join(cells)} |\n"


if __name__ == "__main__":
    print(readme(), end="")

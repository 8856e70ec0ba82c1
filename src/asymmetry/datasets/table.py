"""The catalogue as a table: `asymmetry data list`, and the page `data/README.md`.

`python -m asymmetry.datasets.table` prints the page.
"""

from rich.table import Table

from asymmetry.datasets.catalogue import CATALOGUE
from asymmetry.datasets.entry import DataSet, is_pinned
from asymmetry.datasets.get import is_there

_HEAD = """\
# Data sets

Written by `make data-table` from `src/asymmetry/datasets/`. `asymmetry data get NAME` puts a set
into the folder of its name here and records every file in `NAME.json`; `asymmetry data check NAME`
compares. Where a set has several addresses they are tried in turn, first those whose checksum is
published, and each failure is said. A set that no address serves, or whose archive lacks what its
loader looks for, is taken from copies: `asymmetry data get NAME --from PATH`, repeated for each of
several. Addresses, checksums and licences were checked as the column says: *by text* against
public text, by nobody who fetched the files. Nothing here but this page is in Git.

| name | what | images | size | licence | source | used for | checked |
|---|---|---|---|---|---|---|---|
"""


def readme() -> str:
    """The whole page."""
    return _HEAD + "".join(_row(name, entry) for name, entry in CATALOGUE.items())


def listing() -> Table:
    """The sets, which of them are here, and how and when each entry was last checked."""
    columns = ("name", "present", "images", "size", "licence", "how", "checked", "source")
    table = Table(*columns, box=None, pad_edge=False)
    for name, entry in CATALOGUE.items():
        table.add_row(
            name,
            "yes" if is_there(name) else "no",
            _images(entry),
            _size(entry),
            entry.licence,
            _how(entry),
            entry.checked,
            entry.source,
        )
    return table


def _images(entry: DataSet) -> str:
    return f"{'' if entry.exact else 'about '}{entry.images:,}"


def _size(entry: DataSet) -> str:
    """About how much the images take, in GB or MB."""
    if entry.gigabytes is None:
        return "not stated"
    if entry.gigabytes < 1:
        return f"{1000 * entry.gigabytes:.0f} MB"
    return f"{entry.gigabytes:.1f} GB"


def _how(entry: DataSet) -> str:
    """How a set comes: from how many addresses, with a published checksum or not, or on request."""
    if not entry.ways:
        return "--from"
    pinned = sum(map(is_pinned, entry.ways))
    if len(entry.ways) == 1:
        return f"fetched, {'checksum published' if pinned else 'checksum of the first fetch'}"
    return f"fetched, {len(entry.ways)} addresses, {pinned or 'none'} with published checksum"


def _row(name: str, entry: DataSet) -> str:
    cells = [
        f"`{name}`",
        f"{entry.title}: {entry.what}",
        _images(entry),
        _size(entry),
        entry.licence,
        f"[page]({entry.source}), {_how(entry)}",
        entry.used_for,
        entry.checked,
    ]
    return f"| {' | '.join(cells)} |\n"


if __name__ == "__main__":
    print(readme(), end="")

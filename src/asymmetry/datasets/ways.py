"""The ways to a set: its addresses are tried in turn; if none serves it, the user gets a copy."""

import logging
from collections.abc import Sequence
from pathlib import Path

from asymmetry.core.download import download
from asymmetry.core.errors import UserError
from asymmetry.datasets.entry import DataSet, Remote, Way
from asymmetry.datasets.put import DOWNLOADS, LackingError, put

logger = logging.getLogger(__name__)


def fetch(name: str, entry: DataSet) -> list[Path]:
    """Put a set into place from the first way that serves it; the files that may be fetched for it.

    Where a way lacks a part of the set, its files are kept, so that the user can add the rest.
    Raises UserError where no way serves the set: the address and the reason of each, and a remedy.
    """
    failures: list[str] = []
    kept: list[Path] = []
    for way in entry.ordered_ways:
        fetched: list[tuple[Path, Remote]] = []
        try:
            for remote in way:
                logger.info("fetching %s", remote.url)
                fetched.append((download(remote.url, DOWNLOADS / remote.file, remote.size), remote))
            put(name, entry, fetched, fetched=True)
            return [DOWNLOADS / remote.file for way in entry.ways for remote in way]
        except UserError as error:
            if isinstance(error, LackingError):
                kept = [path for path, _ in fetched]
            failures.append(_reason(error, way))
            if len(failures) < len(entry.ways):
                logger.warning("%s; trying the next address", failures[-1])
    raise UserError(
        f"{name}: no address serves it: {'; '.join(failures)}; {by_hand(name, entry, kept)}"
    )


def by_hand(name: str, entry: DataSet, kept: Sequence[Path] = ()) -> str:
    """How to get a copy of the set; `kept` are the fetched files that are a part of it."""
    ask = entry.ask or f"get {'the rest' if kept else 'a copy'} elsewhere, see {entry.source}"
    sources = "".join(f"--from {path} " for path in kept)
    return f"{ask}, then run `asymmetry data get {name} {sources}--from PATH`"


def _reason(error: UserError, way: Way) -> str:
    """The address and what is wrong with it, without the remedy after the first semicolon."""
    reason = str(error).partition("; ")[0]
    for remote in way:
        reason = reason.replace(str(DOWNLOADS / remote.file), remote.url)
    known = any(remote.url in reason for remote in way)
    return reason if known else f"{way[0].url}: {reason}"

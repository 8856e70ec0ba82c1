"""Whether the results of a cheap stage are those of today's study: by content, whatever the clock.

Each stage leaves a record of what it was made under, of what and which files it made. Snakemake
compares modification times; before it looks, `put_in_order` gives files the times that say what the
records say. So neither a clock that was ahead nor one that runs backwards hides a change.
"""

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from asymmetry.core.files import (
    canonical_json,
    digest,
    read_object,
    sha256_of,
    write_atomically,
    write_if_changed,
)
from asymmetry.pipeline.stages import Stages

MANIFEST = "manifest.json"
_MILLISECOND = 10**6


@contextmanager
def making(stages: Stages, name: str) -> Iterator[None]:
    """Around the work of a stage: what was before is forgotten, what comes of it is recorded.

    Nothing is recorded of results that lack a part, as one may ask for by hand.
    """
    record, stage = _record(stages, name), stages.stamps.by_name[name]
    record.unlink(missing_ok=True)
    made_of, whole = _sources(stages, name), all(path.is_file() for path in stage.files)
    yield
    if not whole:
        return
    outputs = _digests(stages, stage.outputs)
    content = {"stamp": stages.stamps.digest(name), "of": made_of, "outputs": outputs}
    write_atomically(record, canonical_json(content))


def is_made(stages: Stages, name: str) -> bool:
    """Whether all results of a stage are there, made by today's code of what is there today.

    The stage's own record says so, or the manifest of results that came from elsewhere.
    """
    stage = stages.stamps.by_name[name]
    if not all(path.is_file() for path in stage.outputs):
        return False
    stamp, sources = stages.stamps.digest(name), _sources(stages, name)
    outputs = _digests(stages, stage.outputs)
    if read_object(_record(stages, name)) == {"stamp": stamp, "of": sources, "outputs": outputs}:
        return True
    manifest = read_object(stages.results / MANIFEST)
    stamps, files = manifest.get("stamps"), manifest.get("files")
    if not isinstance(stamps, dict) or not isinstance(files, dict):
        return False
    there = outputs | sources
    return stamps.get(name) == stamp and there.items() <= files.items()


def put_in_order(stages: Stages) -> list[str]:
    """Give files the times by which Snakemake sees what is to be made; the stages to be made again.

    Of a stage that is made no result is older than what it is made of, and its stamp is not newer;
    of one that is not, the stamp is. No file is dated ahead of the clock, where Snakemake would
    stop. A file gets its time by being written anew: it may be a link into a cache.
    """
    by_name = stages.stamps.by_name
    outputs = [path for stage in by_name.values() for path in stage.outputs]
    parts = [part.path for part in stages.parts]
    _date_back([*stages.trained, *stages.fitted, *parts, *outputs])
    again: list[str] = []
    for name, stage in by_name.items():
        stamp = stages.stamp(name)
        if is_made(stages, name) and not set(stage.after) & set(again):
            before = [path for other in stage.after for path in by_name[other].outputs]
            if before and _newest(before) > _oldest(stage.outputs):
                for path in stage.outputs:
                    write_atomically(path, path.read_bytes())
            write_if_changed(stamp, canonical_json(stages.stamps.content(name)))
            _date(stamp, _oldest(stage.outputs))
            continue
        again.append(name)
        there = [path for path in stage.outputs if path.is_file()]
        # Other words than those that Snakemake recorded, or it would take the stamp for unchanged.
        doubted = {"again": digest(_digests(stages, there)), "at": time.time_ns()}
        write_atomically(stamp, canonical_json(stages.stamps.content(name) | doubted))
        if there:
            _date(stamp, max(stamp.stat().st_mtime_ns, _newest(there) + _MILLISECOND))
    return again


def _record(stages: Stages, name: str) -> Path:
    return stages.stamp(name).with_suffix(".made")


def _sources(stages: Stages, name: str) -> dict[str, str]:
    """The digests of the earlier stages' results that a stage reads; parts are in its stamp."""
    by_name = stages.stamps.by_name
    return _digests(stages, (p for other in by_name[name].after for p in by_name[other].outputs))


def _digests(stages: Stages, paths: Iterable[Path]) -> dict[str, Any]:
    return {
        path.relative_to(stages.results).as_posix(): sha256_of(path)
        for path in paths
        if path.is_file()
    }


def _date_back(paths: Iterable[Path]) -> None:
    """Write those files anew that are dated ahead of the clock."""
    for path in paths:
        if path.is_file() and max(_times(path)) > time.time_ns():
            write_atomically(path, path.read_bytes())


def _date(path: Path, nanoseconds: int) -> None:
    os.utime(path, ns=(nanoseconds, nanoseconds))


def _newest(paths: Iterable[Path]) -> int:
    return max(time for path in paths for time in _times(path))


def _oldest(paths: Iterable[Path]) -> int:
    return min(time for path in paths for time in _times(path))


def _times(path: Path) -> tuple[int, int]:
    """The modification times of a file and of the link that leads to it: Snakemake sees both."""
    return path.stat().st_mtime_ns, path.lstat().st_mtime_ns

"""Re-keying finished runs to today's code, after a replay of their first steps."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

from asymmetry.artifacts.differences import differences, is_code, is_unused
from asymmetry.artifacts.find import former_runs
from asymmetry.artifacts.verify import sound_record
from asymmetry.core.commit import code_commit
from asymmetry.core.errors import UserError
from asymmetry.core.files import read_object, write_atomically
from asymmetry.planning.identity import module_digests
from asymmetry.planning.plan import Plan
from asymmetry.planning.run import RUNS, Run

# The settings of a run that name the warm starts that it begins from.
_STARTS = ("warm_start", "discriminator_warm_start")


def rekey(plan: Plan, steps: int) -> tuple[list[Run], list[str]]:
    """Take over finished runs whose id differs by the code alone, if a replay gives their bytes.

    Returns those runs, and a line for each refusal. Old folders stay as they are. Warm starts come
    first, because the replays of cells begin from them.
    """
    taken, refused = [], []
    for run in plan.trainings:
        if run.record.is_file():
            continue
        candidates = [folder for folder in former_runs(run) if _fits(plan, run, folder)]
        reasons = _try(plan, run, candidates, steps)
        if run.record.is_file():
            taken.append(run)
        else:
            refused += reasons
    return taken, refused


def _fits(plan: Plan, run: Run, folder: Path) -> bool:
    """Whether a finished run differs from `run` by the code alone, and so do its warm starts.

    If an old warm start was removed, the replay shows a difference, as it begins from the new one.
    """
    settings = read_object(folder / "run.json").get("settings")
    found = differences(settings, run.settings)
    fields = {difference.field for difference in found if not is_unused(difference)}
    others = {field for field in fields - set(_STARTS) if not is_code(field)}
    if not isinstance(settings, dict) or others:
        return False
    return all(_start_fits(plan, settings.get(name), run.settings.get(name)) for name in _STARTS)


def _start_fits(plan: Plan, before: str | None, today: str | None) -> bool:
    """Whether a run began from the warm start of today, or from one that differs by its code."""
    if before == today or before is None or today is None:
        return before == today
    former = RUNS / before
    return not (former / "run.json").is_file() or _fits(plan, plan.find(today), former)


def _try(plan: Plan, run: Run, candidates: list[Path], steps: int) -> list[str]:
    """Replay each candidate until one is taken; the reasons against those before it."""
    reasons = []
    for folder in candidates:
        try:
            record = sound_record(folder)
            _check_replay(plan, run, folder, steps)
        except UserError as error:
            reasons.append(str(error))
        else:
            _take(run, folder, record, steps)
            break
    return reasons


def _check_replay(plan: Plan, run: Run, folder: Path, steps: int) -> None:
    for start in run.begins_from:
        if not plan.find(start).record.is_file():
            raise UserError(
                f"{folder}: cannot be replayed, its warm start {start} is not there yet; "
                "train or adopt that one first"
            )
    from asymmetry.training.replay import check_replay  # torch

    check_replay(plan, run, folder, steps)


def _take(run: Run, folder: Path, record: dict[str, Any], steps: int) -> None:
    """Link the files of an old run into `run`; its `run.json`, written last, records that."""
    run.folder.mkdir(parents=True, exist_ok=True)
    scores = [path.name for path in folder.glob("scores-*.parquet")]
    for name in [*record["outputs"], "log.csv", "state_digests.json", *scores]:
        _link(folder / name, run.folder / name)
    record |= {
        "id": run.id,
        "settings": run.settings,
        "modules": module_digests(run.roots),
        "adopted": {
            "from": folder.relative_to(RUNS).as_posix(),
            "replayed_steps": min(steps, record["steps"]),
            "commit": code_commit(),
        },
    }
    text = json.dumps(record, indent=1, allow_nan=False).encode() + b"\n"
    for name in ("finished.json", "run.json"):
        write_atomically(run.folder / name, text)


def _link(source: Path, target: Path) -> None:
    """Make a hard link, or a copy where that fails; files are replaced, never written into."""
    target.unlink(missing_ok=True)
    try:
        os.link(source.resolve(), target)
    except OSError:
        shutil.copyfile(source, target)

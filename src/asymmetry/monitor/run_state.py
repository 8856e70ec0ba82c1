"""How each training of a study stands, read from its folder alone. Imports no torch."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from asymmetry.core.files import read_object
from asymmetry.core.usage import Usage, duration, usage_of
from asymmetry.planning.run import Run
from asymmetry.tables.schemas import DONE, ENDED_BADLY
from asymmetry.training.heartbeat import PROGRESS, TEXT_LOG, Beat, read_beat

# In the order in which a table shows them; nothing more happens by itself to those in `ENDED`.
STATES = ("running", "stopped", "to be continued", "failed", *ENDED_BADLY, "waiting", DONE)
ENDED = {*ENDED_BADLY, DONE}

_QUIET_SECONDS = 60.0
_QUIET_AT_THE_START = 300.0  # compiling and the first step
_CLOCKS_AGREE = 60.0  # seconds between the clocks of two nodes that are well
_TAIL_BYTES = 4096


@dataclass(frozen=True)
class RunState:
    """One of `STATES`, how far the run is, what it used, and what else is to be said of it."""

    name: str
    step: int | None = None
    steps_per_second: float | None = None
    usage: Usage = field(default_factory=Usage)
    note: str = ""


def state_of(run: Run, now: float) -> RunState:
    """How a run stands; `now` in seconds since 1970. Damaged files never raise."""
    if not run.folder.is_dir():
        return RunState("waiting")
    if run.record.is_file():
        return _finished(read_object(run.record))
    beat = read_beat(run.folder)
    if beat is None:
        return _without_heartbeat(run)
    if beat.state == "running":
        return _failed_unheard(run, beat) or _running(run, beat, now)
    if beat.state == "continue":
        return RunState("to be continued", beat.step, None, beat.usage, _continued(beat))
    note = _why(run) or beat.message
    return RunState("failed", beat.step, None, beat.usage, note)


def last_line(path: Path) -> str:
    """The last line of a text file that is not blank, in printable characters; "" without one."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, file.seek(0, 2) - _TAIL_BYTES))
            text = file.read().decode(errors="replace")
    except OSError:
        return ""
    lines = [line for line in text.splitlines() if line.strip()]
    return "".join(c if c.isprintable() else " " for c in lines[-1]).strip() if lines else ""


def _finished(record: dict[str, Any]) -> RunState:
    if not record:
        return RunState("failed", note="run.json is damaged; delete the run's folder")
    usage, step = usage_of(record), record.get("steps")
    for status in ENDED_BADLY:
        if isinstance(end := record.get(status), dict):
            note = f"{end.get('term')} at step {end.get('step')}"
            return RunState(status, step, None, usage, note)
    return RunState(DONE, step, None, usage, duration(usage.device_seconds))


def _without_heartbeat(run: Run) -> RunState:
    if (run.folder / "checkpoint.bin").is_file():
        return RunState("to be continued", note="has a checkpoint")
    why = _why(run)
    return RunState("failed", note=why) if why.startswith("error: ") else RunState("waiting")


def _failed_unheard(run: Run, beat: Beat) -> RunState | None:
    """The run that failed where its heartbeat could not be written any more: the disk was full."""
    why = _why(run)
    if not why.startswith("error: ") or _dated(run, TEXT_LOG) < _dated(run, PROGRESS):
        return None
    return RunState("failed", beat.step, None, beat.usage, why)


def _why(run: Run) -> str:
    """The last line of the run's log, without the long id that stands beside it anyway."""
    return last_line(run.folder / TEXT_LOG).replace(run.id, "…")


def _running(run: Run, beat: Beat, now: float) -> RunState:
    heard, notes = beat.updated, [f"on {_place(beat)}"]
    if beat.continued:
        notes.append(_continued(beat))
    if heard > now + _CLOCKS_AGREE:
        # The file server's clock tells when that was; some servers take over the node's.
        dated = _dated(run, PROGRESS)
        heard = min(dated, now)
        unseen = ": if it died, that is not seen" if dated > now + _CLOCKS_AGREE else ""
        notes.append(f"whose clock is {duration(beat.updated - heard)} ahead{unseen}")
    silence = max(0.0, now - heard)
    speed = beat.steps_per_second
    if silence > _QUIET_SECONDS + (3 / speed if speed else _QUIET_AT_THE_START):
        note = f"last heard {duration(silence)} ago: killed, or {_place(beat)} died"
        return RunState("stopped", beat.step, None, beat.usage, note)
    return RunState("running", beat.step, speed, beat.usage, ", ".join(notes))


def _dated(run: Run, name: str) -> float:
    """When a file of the run was last written, by its file server; long ago where it is gone."""
    try:
        return (run.folder / name).stat().st_mtime
    except OSError:
        return 0.0


def _place(beat: Beat) -> str:
    return f"{beat.host} (job {beat.slurm_job})" if beat.slurm_job else beat.host


def _continued(beat: Beat) -> str:
    """How often a training went on from a checkpoint, in words."""
    if not beat.continued:
        return "not continued yet"
    return f"continued {beat.continued} time{'s' if beat.continued > 1 else ''}"

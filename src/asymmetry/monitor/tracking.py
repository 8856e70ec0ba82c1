"""`execution.tracker`: a process beside a training that shows its `log.csv` in a tracker.

Nothing depends on it. The training does not know of it, and does not wait for it but at its end.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from asymmetry.monitor.follower import warning
from asymmetry.planning.plan import Plan
from asymmetry.planning.run import Run

_LAST_SECONDS = 60.0  # for the last rows: of those that are lost, the next attempt sends some


@contextmanager
def tracked(plan: Plan, run_ids: Sequence[str]) -> Iterator[None]:
    """Around the training of runs: what they log goes to the study's tracker, the last row too.

    Raises UserError where there is no such run. A tracker that fails is a line on standard error.
    """
    tracker = plan.study.execution.tracker
    if tracker is None:
        yield
        return
    runs = [_followed(plan.find(run_id)) for run_id in dict.fromkeys(run_ids)]
    process = _start(tracker, {"tracker": tracker, "runs": runs})
    try:
        yield
    finally:
        if process is not None:
            _end(process, tracker)


def _followed(run: Run) -> dict[str, Any]:
    """What the follower knows of a run: the configuration is what tells its curve from others."""
    return {
        "id": run.id,
        "folder": str(run.folder),
        "config": {"kind": run.kind, **vars(run.cell)},
    }


def _start(tracker: str, told: dict[str, Any]) -> subprocess.Popen[bytes] | None:
    command = [sys.executable, "-m", "asymmetry.monitor.follower"]
    try:
        # A session of its own: Ctrl-C on the terminal is for the training.
        process = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)
    except OSError as error:
        _warn(tracker, str(error))
        return None
    if process.stdin:
        with suppress(OSError):  # it ended, which is told at the end
            process.stdin.write(json.dumps(told).encode() + b"\n")
            process.stdin.flush()
    return process


def _end(process: subprocess.Popen[bytes], tracker: str) -> None:
    """Close the follower's input, and give it time for the last rows."""
    if process.stdin:
        with suppress(OSError):
            process.stdin.close()
    try:
        if code := process.wait(_LAST_SECONDS):
            _warn(tracker, f"its process ended with {code}")
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        _warn(tracker, f"did not take the last rows in {_LAST_SECONDS:.0f} s")


def _warn(tracker: str, why: str) -> None:
    print(warning(tracker, why), file=sys.stderr)

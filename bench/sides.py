"""One side of a comparison: processes that start together, with their wall time and peak memory."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
_ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "MKL", "OPENBLAS")}


@dataclass(frozen=True)
class Outcome:
    """What a process took from its start to its end, and what the last line of its output says.

    `peak_mb` is the largest resident memory of it or of one of its children.
    """

    seconds: float
    peak_mb: float
    facts: dict[str, Any]


def python(module: str, *arguments: str) -> list[str]:
    """The command that runs a module of this environment."""
    return [sys.executable, "-m", module, *arguments]


def environment() -> dict[str, str]:
    """One thread a process, the environment's own scripts first, and `bench` to import."""
    scripts = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    modules = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    return os.environ | _ONE_THREAD | {"PATH": scripts, "PYTHONPATH": modules}


def run_together(commands: Sequence[Sequence[str]], folder: Path) -> list[Outcome]:
    """Start all commands at once in `folder` and wait for all.

    A process may print facts, as one JSON object in its last line of standard output. Raises
    SystemExit with what it said where one fails.
    """
    with tempfile.TemporaryDirectory() as logs:
        started = [
            _start(command, folder, Path(logs, str(i))) for i, command in enumerate(commands)
        ]
        return [_wait(process, Path(logs, str(i))) for i, process in enumerate(started)]


def _start(command: Sequence[str], folder: Path, log: Path) -> subprocess.Popen[bytes]:
    clocked = [sys.executable, str(ROOT / "bench" / "clocked.py"), str(log.with_suffix(".json"))]
    with log.with_suffix(".out").open("wb") as out, log.with_suffix(".err").open("wb") as err:
        return subprocess.Popen(
            [*clocked, *command], cwd=folder, env=environment(), stdout=out, stderr=err
        )


def _wait(process: subprocess.Popen[bytes], log: Path) -> Outcome:
    if process.wait():
        said = log.with_suffix(".err").read_text(errors="replace")[-2000:]
        raise SystemExit(f"bench: {process.args} ended with {process.returncode}:\n{said}")
    took = json.loads(log.with_suffix(".json").read_text())
    return Outcome(took["seconds"], took["peak_mb"], _facts(log.with_suffix(".out").read_text()))


def _facts(output: str) -> dict[str, Any]:
    lines = output.splitlines()
    if not lines or not lines[-1].startswith("{"):
        return {}
    return dict(json.loads(lines[-1]))

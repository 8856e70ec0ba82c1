import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from io import StringIO
from pathlib import Path

import pytest
import yaml
from rich.console import Console

from asymmetry.core.usage import Usage
from asymmetry.monitor import status
from asymmetry.monitor.status import read_states, show_status, status_table
from asymmetry.planning.plan import Plan
from asymmetry.planning.run import Run
from asymmetry.training.heartbeat import PROGRESS, Beat
from tests.conftest import small_values
from tests.planning.test_plan import plan_of

NOW = 1.7e9
USAGE = Usage("cpu", 1800.0, 0.5, 100.0, 1)


def put(run: Run, name: str, content: object) -> None:
    run.folder.mkdir(parents=True, exist_ok=True)
    (run.folder / name).write_text(json.dumps(content))


def finish(run: Run, diverged: object = None) -> None:
    put(run, "run.json", {"steps": 12, "diverged": diverged, "usage": asdict(USAGE)})


@pytest.fixture
def plan(workplace: Path, monkeypatch: pytest.MonkeyPatch) -> Plan:
    """A study whose six trainings stand in six ways."""
    plan = plan_of()
    running = Beat("running", 3, 12, 1.5, continued=2, host="n1", updated=NOW, usage=USAGE)
    stopped = Beat("running", 3, 12, 1.5, host="n1", updated=NOW - 600, usage=USAGE)
    finish(plan.warm_starts[0])
    put(plan.runs[0], PROGRESS, asdict(stopped))
    put(plan.runs[1], PROGRESS, asdict(running))
    put(plan.runs[2], PROGRESS, asdict(Beat("failed", message="disk full")))
    finish(plan.runs[3], {"step": 5, "term": "pixel"})
    monkeypatch.setattr("time.time", lambda: NOW)
    return plan


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> StringIO:
    """What a terminal of 120 columns gets."""
    screen = StringIO()
    console = Console(file=screen, force_terminal=True, width=120, height=50)
    monkeypatch.setattr(status, "Console", lambda: console)
    return screen


def test_counts_come_first_then_those_to_look_at(plan: Plan, capsys: pytest.CaptureFixture[str]):
    show_status(plan, every_run=False)
    counts, _head, *rows = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert counts == (
        "6 trainings: 1 running, 1 stopped, 1 failed, 1 diverged, 1 waiting, 1 done; "
        "device hours: 2.0 on cpu (mean utilisation 50 %)"
    )
    runs = [plan.runs[index] for index in (1, 0, 2, 3)]
    words = ["running", "stopped", "failed", "diverged"]
    assert [row.split()[:2] for row in rows] == [
        [run.id, word] for run, word in zip(runs, words, strict=True)
    ]
    assert rows[0].split()[2:6] == ["3/12", "1.5", "6", "s"]
    assert rows[0].endswith("on n1, continued 2 times")
    assert "last heard 10.0 min ago: killed, or n1 died" in rows[1]
    assert rows[2].endswith("disk full")
    assert rows[3].endswith("pixel at step 5")


def test_all_lists_those_that_wait_or_are_done(plan: Plan, capsys: pytest.CaptureFixture[str]):
    show_status(plan, every_run=True)
    rows = capsys.readouterr().out.splitlines()[2:]
    assert [row.split()[0] for row in rows[-2:]] == [plan.runs[4].id, plan.warm_starts[0].id]
    assert len(rows) == 6


def test_markup_in_names_and_logs_is_text(plan: Plan, capsys: pytest.CaptureFixture[str]):
    run = replace(plan.runs[0], id="[red]x[/blue]")
    put(run, PROGRESS, asdict(Beat("failed", message="[bold]full[/red]")))
    Console(width=120).print(status_table([run], read_states([run], {}), every_run=False))
    printed = capsys.readouterr().out
    assert "[red]x[/blue]" in printed
    assert "[bold]full[/red]" in printed


def test_on_a_terminal_ctrl_c_is_a_good_end(
    plan: Plan, terminal: StringIO, monkeypatch: pytest.MonkeyPatch
):
    def interrupt(_seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("time.sleep", interrupt)
    show_status(plan, every_run=False)
    assert "6 trainings: 1 running" in terminal.getvalue()


def test_on_a_terminal_it_goes_on_until_all_ended(
    plan: Plan, terminal: StringIO, monkeypatch: pytest.MonkeyPatch
):
    left = [run for run in plan.runs if not run.record.exists()]
    monkeypatch.setattr("time.sleep", lambda _seconds: finish(left.pop()))
    show_status(plan, every_run=False)
    assert not left
    assert "6 trainings: 1 diverged, 5 done" in terminal.getvalue()


def test_what_ended_is_not_read_again(plan: Plan, monkeypatch: pytest.MonkeyPatch):
    runs = [*plan.warm_starts, *plan.runs]
    first, read = read_states(runs, {}), []
    former: Callable[..., object] = status.state_of
    monkeypatch.setattr(
        status, "state_of", lambda run, now: read.append(run.id) or former(run, now)
    )
    assert read_states(runs, first) == first
    assert read == [run.id for run in (*plan.runs[:3], plan.runs[4])]


def test_in_a_pipe_it_prints_once_and_needs_no_torch(workplace: Path):
    (workplace / "params.yaml").write_text(yaml.safe_dump(small_values()))
    code = """
import sys
sys.argv = ["asymmetry", "status"]
from asymmetry.cli.main import main
try:
    main()
finally:
    assert "torch" not in sys.modules
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "6 trainings: 6 waiting; device hours: none\n"

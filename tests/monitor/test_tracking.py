"""The process beside a training: it hears of every row, and harms nothing."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from asymmetry.core.errors import UserError
from asymmetry.monitor import tracking
from asymmetry.monitor.tracking import tracked
from asymmetry.planning.plan import Plan
from tests.conftest import small_values
from tests.monitor.logged import scalars, write_log
from tests.planning.test_plan import ids, plan_of


def with_tracker(name: str = "tensorboard") -> Plan:
    return plan_of(lambda values: values["execution"].update({"tracker": name}))


@pytest.mark.usefixtures("workplace")
class TestTracked:
    def test_the_last_row_is_there_when_the_training_ends(self):
        plan = with_tracker()
        runs = plan.runs[:2]
        with tracked(plan, [run.id for run in runs]):
            for run in runs:
                write_log(run.folder, [1, 2, 3])
        for run in runs:
            assert [step for step, _ in scalars(run.id)["pixel"]] == [1, 2, 3]

    def test_it_is_there_when_the_training_fails(self):
        plan = with_tracker()
        run = plan.runs[0]
        write_log(run.folder, [1])
        with pytest.raises(ZeroDivisionError), tracked(plan, [run.id]):
            raise ZeroDivisionError
        assert [step for step, _ in scalars(run.id)["pixel"]] == [1]

    def test_without_a_tracker_there_is_no_process(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(tracking, "_start", lambda *told: pytest.fail(str(told)))
        plan = plan_of()
        with tracked(plan, [plan.runs[0].id]):
            pass

    def test_an_unknown_run_is_the_users_mistake(self):
        with pytest.raises(UserError, match="no run of this study"), tracked(with_tracker(), ["x"]):
            pass

    def test_one_that_hangs_is_left_behind(
        self, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
    ):
        started = []

        def hang(_tracker: str, _told: object) -> subprocess.Popen[bytes]:
            started.append(subprocess.Popen(["sleep", "1000"], stdin=subprocess.PIPE))
            return started[0]

        monkeypatch.setattr(tracking, "_start", hang)
        monkeypatch.setattr(tracking, "_LAST_SECONDS", 0.01)
        plan = with_tracker()
        with tracked(plan, [plan.runs[0].id]):
            pass
        assert started[0].returncode == -signal.SIGKILL
        assert capfd.readouterr().err == (
            "warning: execution.tracker: tensorboard: did not take the last rows in 0 s; "
            "the training goes on, and its log.csv has every row\n"
        )

    def test_one_that_crashes_is_a_line(
        self, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
    ):
        monkeypatch.setattr(sys, "executable", "false")
        plan = with_tracker()
        with tracked(plan, [plan.runs[0].id]):
            pass
        (line,) = capfd.readouterr().err.splitlines()
        assert "tensorboard: its process ended with 1; the training goes on" in line

    def test_no_id_knows_of_it(self):
        assert ids(with_tracker()) == ids(plan_of())

    def test_the_follower_needs_no_torch(self):
        code = "import asymmetry.monitor.follower, sys; assert 'torch' not in sys.modules"
        subprocess.run([sys.executable, "-c", code], check=True)


def test_after_kill_9_of_the_training_the_last_row_is_there_too(workplace: Path):
    code = """
import os, signal
from tests.monitor.logged import write_log
from tests.monitor.test_tracking import tracked, with_tracker
plan = with_tracker()
with tracked(plan, [plan.runs[0].id]):
    write_log(plan.runs[0].folder, [1, 2])
    os.kill(os.getpid(), signal.SIGKILL)
"""
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": str(root)})
    assert done.returncode == -signal.SIGKILL
    run = with_tracker().runs[0]
    while not Path(f"tracking/tensorboard/{run.id}").is_dir() or not (found := scalars(run.id)):
        time.sleep(0.05)
    assert [step for step, _ in found["pixel"]] == [1, 2]


@pytest.mark.slow
def test_a_pack_that_is_killed_and_continued_has_every_row_once(workplace: Path):
    """The real command: its curves are the rows of its logs."""
    values = small_values()
    values["execution"] |= {"tracker": "tensorboard", "checkpoint_seconds": 0.001}
    values["training"] |= {"steps": 120}
    (workplace / "params.yaml").write_text(yaml.safe_dump(values))
    plan = plan_of(lambda old: old.update(values))

    def train(*runs: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-m", "asymmetry", "train", *runs])

    assert train(plan.warm_starts[0].id).wait() == 0
    pair = [run.id for run in plan.runs[:2]]
    killed = train(*pair)
    while not all(Path(f"tracking/tensorboard/{name}").is_dir() for name in pair):
        assert killed.poll() is None
        time.sleep(0.02)
    killed.kill()
    killed.wait()
    assert train(*pair).wait() == 0
    for run in [*plan.warm_starts, *plan.runs[:2]]:
        lines = (run.folder / "log.csv").read_text().splitlines()[1:]
        steps = [int(float(line.split(",")[0])) for line in lines]
        assert steps[-1] == run.settings["training"]["steps"]
        assert [step for step, _ in scalars(run.id)["mse"]] == steps

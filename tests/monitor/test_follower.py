"""The rows of a log in TensorBoard, read back by its own reader."""

import io
import math
from pathlib import Path

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData

from asymmetry.core.lock import try_lock
from asymmetry.monitor import follower
from asymmetry.monitor.follower import Followed, Follower
from asymmetry.monitor.trackers import tensorboard
from asymmetry.monitor.trackers.contract import FOLDER
from tests.monitor.logged import CONFIG, scalars, write_log

RUN = "x4/l1/seed0-01234567"

pytestmark = pytest.mark.usefixtures("workplace")


def followed(run_id: str = RUN, tracker: str = "tensorboard") -> Followed:
    return Followed(tracker, run_id, Path("runs") / run_id, CONFIG)


def norms(run_id: str = RUN) -> list[tuple[int, float]]:
    return scalars(run_id)["gradient_norm/pixel"]


def rows(*steps: int) -> list[tuple[int, float]]:
    return [(step, float(step)) for step in steps]


def test_a_curve_grows_with_its_log():
    run = followed()
    assert run.look()  # there is no log yet
    for end in (2, 5):
        write_log(run.folder, range(1, end))
        run.look()
        assert norms() == rows(*range(1, end))
    assert scalars(RUN)["pixel"][-1] == (4, 0.5)
    run.close()


def test_a_log_that_a_resume_rewound_has_no_step_twice():
    first = followed()
    write_log(first.folder, [1, 2, 4, 6])
    first.look()
    first.close()
    # The checkpoint was of step 2, so the log is written up to there, and grows again.
    again = followed()
    for steps in ([1, 2], [1, 2, 4, 6], [1, 2, 4, 6, 8]):
        write_log(again.folder, steps)
        again.look()
    again.close()
    assert norms() == rows(1, 2, 4, 6, 8)


def test_what_a_kill_cut_off_is_written_again():
    run = followed()
    write_log(run.folder, [1, 2, 3])
    run.look()
    run.close()
    (file,) = (FOLDER / "tensorboard" / RUN).iterdir()
    file.write_bytes(file.read_bytes()[:-5])
    again = followed()
    again.look()
    again.close()
    assert norms() == rows(1, 2, 3)


def test_runs_of_a_pack_have_a_curve_each():
    runs = [followed(), followed("x4/mse/seed0-89abcdef")]
    for run, steps in zip(runs, ([1, 2], [1, 2, 3]), strict=True):
        write_log(run.folder, steps)
    together = Follower(runs, io.StringIO())
    together.look()
    together.close()
    assert [norms(run.run_id) for run in runs] == [rows(1, 2), rows(1, 2, 3)]


def test_the_configuration_is_told_once():
    for steps in ([1], [1, 2]):
        run = followed()
        write_log(run.folder, steps)
        run.look()
        run.close()
    events = EventAccumulator(str(FOLDER / "tensorboard" / RUN))
    events.Reload()
    (content,) = events.PluginTagToContent("hparams").values()
    told = HParamsPluginData.FromString(content).session_start_info.hparams
    assert {name: told[name].string_value for name in ("kind", "fidelity")} == {
        "kind": "cell",
        "fidelity": "l1",
    }
    assert told["adversarial_weight"].number_value == 0.01
    assert told["seed"].number_value == 0


def test_a_diverged_run_shows_what_it_logged():
    run = followed()
    write_log(run.folder, [1], pixel="nan")
    run.look()
    run.close()
    assert math.isnan(scalars(RUN)["pixel"][0][1])


def test_a_run_that_another_process_follows_is_left_to_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(follower.time, "sleep", lambda _seconds: None)
    first, second = followed(), followed()
    write_log(first.folder, [1])
    assert first.look()
    write_log(first.folder, [1, 2])
    assert not second.look()
    first.look()
    first.close()
    late = Follower([second], io.StringIO())
    late.close()
    assert norms() == rows(1, 2)


def test_of_a_tracker_that_fails_one_line_is_told_and_the_rest_comes_later(
    monkeypatch: pytest.MonkeyPatch,
):
    printed = io.StringIO()
    runs = [followed(), followed("x4/mse/seed0-89abcdef")]
    many = Follower(runs, printed)

    def away(run_id: str, config: object) -> None:
        raise ConnectionError(f"no server\nfor {run_id}")

    with monkeypatch.context() as broken:
        broken.setattr(tensorboard, "open_curve", away)
        for end in (2, 3):
            for run in runs:
                write_log(run.folder, range(1, end))
            assert many.look()
    assert printed.getvalue() == (
        f"warning: execution.tracker: tensorboard: ConnectionError: no server for {RUN}; "
        "the training goes on, and its log.csv has every row\n"
    )
    many.close()
    assert [norms(run.run_id) for run in runs] == [rows(1, 2), rows(1, 2)]


def test_a_tracker_that_is_not_there_is_a_line():
    printed = io.StringIO()
    lacking = Follower([followed(tracker="nowhere")], printed)
    lacking.load()
    lacking.close()
    (line,) = printed.getvalue().splitlines()
    assert line.startswith("warning: execution.tracker: nowhere: ModuleNotFoundError: ")


def test_after_a_failure_others_may_follow():
    run = followed(tracker="nowhere")
    write_log(run.folder, [1])
    with pytest.raises(ModuleNotFoundError):
        run.look()
    (lock,) = (FOLDER / "nowhere" / "locks").iterdir()
    with try_lock(lock) as held:
        assert held

import json
import logging
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
import yaml

from asymmetry.cli.main import main
from asymmetry.core.errors import UserError
from asymmetry.discriminators.contract import Size
from asymmetry.monitor.discriminators import far_apart
from asymmetry.monitor.forecast import Measured, seconds_per_step
from asymmetry.pipeline.collect import collect_table
from asymmetry.pipeline.stages import Stages
from asymmetry.planning.plan import Plan
from asymmetry.study import parse_study
from asymmetry.study.grid import Cell
from tests.conftest import small_values

Command = Callable[..., CompletedProcess[str]]


@pytest.fixture
def place(workplace: Path) -> Path:
    (workplace / "params.yaml").write_text(yaml.safe_dump(small_values()))
    return workplace


def as_process(*arguments: str) -> CompletedProcess[str]:
    """What a shell does with `asymmetry ARGUMENTS`."""
    return subprocess.run(
        [sys.executable, "-m", "asymmetry", *arguments], capture_output=True, text=True
    )


@pytest.fixture
def asymmetry(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> Command:
    """`asymmetry ARGUMENTS` in this process: an interpreter's start is not what is tested."""
    caplog.set_level(logging.INFO, "asymmetry")  # `main` does so, for good

    def run(*arguments: str) -> CompletedProcess[str]:
        monkeypatch.setattr(sys, "argv", ["asymmetry", *arguments])
        with pytest.raises(SystemExit) as end:
            main()
        printed = capsys.readouterr()
        told = "".join(f"{message}\n" for message in caplog.messages)  # to standard error as well
        return CompletedProcess(arguments, end.value.code, printed.out, told + printed.err)

    return run


def test_the_plan_shows_cells_and_hours(place: Path, asymmetry: Command):
    done = asymmetry("plan")
    assert done.returncode == 0
    assert "5 cells and 1 warm starts: 0 cells done (0 diverged), 5 to do" in done.stdout
    assert "hours of training" in done.stdout
    assert done.stdout.count("to do") == 7
    assert "device hours so far: none" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["plan", "--study", "none.yaml"], "none.yaml: there is no such file"),
        (["train", "no/such/run"], "no run of this study has this id"),
        (["collect", "scors"], "did you mean 'scores'?"),
        (["collect", "scores"], "run `snakemake` first"),
        (["figures", "heatmap"], "did you mean 'heat_map'?"),
        (["assess", "--output", "results/x.parquet"], "is no table of this study"),
        (["weights", "get", "alexnett"], "did you mean 'alexnet'?"),
        (["data", "get", "kadid10"], "did you mean 'kadid10k'?"),
        (["data", "get", "tqd"], "run `asymmetry data get tqd --from PATH`"),
        (["data", "check", "set5"], "data/set5.json: there is no such record"),
        (["userstudy", "serve"], "run `asymmetry userstudy make` first"),
        (["userstudy", "fit"], "run `asymmetry userstudy make` first"),
        (["weights", "add", "nowhere"], "nowhere: there is no such file or folder"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(
    place: Path, asymmetry: Command, arguments: list[str], part: str
):
    is_one_line(asymmetry(*arguments), part)


@pytest.mark.parametrize("arguments", [["train", "no/such/run"], ["userstudy", "fit"]])
def test_and_so_it_is_for_a_shell(place: Path, asymmetry: Command, arguments: list[str]):
    is_one_line(as_process(*arguments), asymmetry(*arguments).stderr)


def is_one_line(done: CompletedProcess[str], part: str) -> None:
    assert done.returncode == 2
    assert part in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert done.stderr.startswith("error: ")


def test_the_study_may_come_from_the_environment(
    place: Path, asymmetry: Command, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("ASYMMETRY_STUDY", "elsewhere.yaml")
    assert "elsewhere.yaml: there is no such file" in asymmetry("plan").stderr


def test_runs_that_are_not_there_are_rows_too(place: Path):
    import pandas as pd

    collect_table(Stages(Plan(parse_study(small_values(), "params.yaml"))), "runs")
    runs = pd.read_parquet("results/runs.parquet")
    assert runs["status"].tolist() == ["missing"] * 6 + ["done"]
    assert runs["kind"].tolist() == ["warm-start", *["cell"] * 5, "bicubic"]


def test_the_table_of_runs_tells_discriminators_apart_by_size(place: Path):
    import pandas as pd

    stages = Stages(Plan(parse_study(small_values(), "params.yaml")))
    sizes = {
        "parameters": 26_000,
        "discriminator_parameters": 9_000,
        "discriminator_trained_parameters": 8_000,
        "receptive_field": 54,
    }
    for record in stages.trained:
        alone = {"discriminator_parameters": 0, "receptive_field": None}
        own = sizes if "vgg-patch" in str(record) else sizes | alone
        record.parent.mkdir(parents=True)
        record.write_text(json.dumps({"status": "done", **own}))
    collect_table(stages, "runs")
    runs = pd.read_parquet("results/runs.parquet").set_index("run")
    game = runs[runs["discriminator"] == "vgg-patch"]
    assert len(game) == 2
    assert (game[list(sizes)] == pd.Series(sizes)).all().all()
    assert (game["frozen"] == False).all()  # noqa: E712 - the column holds None too
    alone = runs[runs["discriminator"] == "none"].iloc[0]
    assert pd.isna(alone["receptive_field"])
    assert alone["frozen"] is None


def test_a_damaged_record_is_named(place: Path):
    stages = Stages(Plan(parse_study(small_values(), "params.yaml")))
    record = stages.trained[0]
    record.parent.mkdir(parents=True)
    record.write_text("{")
    with pytest.raises(UserError, match=r"run.json: cannot be read"):
        collect_table(stages, "runs")


def test_the_forecast_takes_the_speed_of_the_most_alike():
    def cell(fidelity: str, discriminator: str) -> Cell:
        return Cell("bicubic-x4", "compact-tiny", fidelity, discriminator, 0.1, 0)

    known = [
        Measured(cell("l1", "vgg"), 0.1),
        Measured(cell("l1", "vit"), 0.3),
        Measured(cell("dists", "vgg"), 1.0),
    ]
    assert seconds_per_step(cell("l1", "vgg"), known) == 0.1
    assert seconds_per_step(cell("fsim", "vgg"), known) == pytest.approx(0.55)
    assert seconds_per_step(cell("fsim", "unet"), known) == pytest.approx(1.4 / 3)
    assert seconds_per_step(cell("l1", "vgg"), []) is None


def test_the_plan_shows_sizes_and_says_that_its_hours_are_a_guess(place: Path, asymmetry: Command):
    printed = asymmetry("plan").stdout
    assert re.search(r"vgg-patch +97,505 +97,505 +32 of 32 pixels", printed)
    assert "warning" not in printed
    # A warm start of 20 steps and five cells of 12, at a tenth of a second.
    assert "expected: 0.00 hours of training" in printed
    assert "(a guess before any run: execution.seconds_per_step is 0.1)" in printed


def test_discriminators_of_unlike_sizes_are_a_warning():
    def size(parameters: int) -> Size:
        return Size(parameters, parameters, 64)

    assert far_apart({"a": size(100), "b": size(200)}) is None
    assert far_apart({"alone": size(100)}) is None
    warning = far_apart({"a": size(300), "b": size(200), "c": size(1000)})
    assert warning
    assert warning.startswith("warning: c has 5.0 times the parameters of b")


def test_gpu_hours_are_those_of_the_guess(place: Path, asymmetry: Command):
    values = small_values()
    values["execution"] |= {"resources": {"train": {"gpu": 1}}, "seconds_per_step": 90}
    (place / "params.yaml").write_text(yaml.safe_dump(values))
    assert "expected: 2.00 GPU-hours of training" in asymmetry("plan").stdout

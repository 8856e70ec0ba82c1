import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from asymmetry.artifacts.release import release, track
from asymmetry.core.errors import UserError
from asymmetry.pipeline.stages import Stages
from asymmetry.planning.plan import Plan
from asymmetry.study import parse_study
from asymmetry.training.job import train
from tests.artifacts.conftest import flip
from tests.conftest import small_values

MODELS = Path("models")


@pytest.fixture
def trained(workplace: Path) -> Stages:
    """A study of one cell with a discriminator, trained for a step, and its scores."""
    values = small_values()
    values["grid"] |= {"discriminators": ["vit-vanilla"], "adversarial_weights": [0.1]}
    values["warm_start"]["steps"] = values["training"]["steps"] = 1
    stages = Stages(Plan(parse_study(values, "params.yaml")))
    for run in stages.plan.by_id.values():
        train(stages.plan, run.id)
    return stages


def scores(stages: Stages, rows: list[dict[str, Any]]) -> None:
    stages.results.mkdir()
    pd.DataFrame(rows).to_parquet(stages.results / "scores.parquet")


def test_a_released_folder_is_complete_and_loads_as_its_card_says(trained: Stages):
    run = trained.plan.runs[0]
    same = {"run": run.id, "set": "held-out", "metric": "psnr_y", "convention": "psnr_y c4 y"}
    values = [{"value": 20.0}, {"value": 30.0}]
    scores(trained, [same | value | {"status": "ok"} for value in values])
    folder = release(trained, run.cell.name, MODELS)
    assert folder == MODELS / run.id.replace("/", "--")
    assert {file.name for file in folder.iterdir()} == {
        *("generator.safetensors", "discriminator.safetensors", "run.json", "README.md")
    }
    for name in ("generator.safetensors", "discriminator.safetensors", "run.json"):
        assert (folder / name).read_bytes() == (run.folder / name).read_bytes()
    card = (folder / "README.md").read_text()
    assert yaml.safe_load(card.split("---")[1])["library_name"] == "asymmetry"
    assert "| held-out | psnr_y | psnr_y c4 y | 25.0000 | 2 |" in card
    record = json.loads(run.record.read_text())
    assert all(sha256 in card for sha256 in record["outputs"].values())
    photos = trained.plan.photos.split("train")
    assert all(f"- `{photo.name}`: {photo.licence}\n" in card for photo in photos)

    (code,) = re.findall(r"```python\n(.*?)```", card, re.DOTALL)
    code += """
import torch
print(*generator(torch.rand(1, 3, 16, 16)).shape, *discriminator(torch.rand(1, 3, 32, 32)).shape)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "1 3 64 64 1 1"


def test_a_warm_start_has_no_discriminator(trained: Stages):
    folder = release(trained, trained.plan.warm_starts[0].id, MODELS)
    card = (folder / "README.md").read_text()
    assert "discriminator.safetensors" not in card
    assert "Not assessed yet." in card


def test_released_again_it_is_the_same(trained: Stages):
    run = trained.plan.runs[0]
    folder = release(trained, run.id, MODELS)
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    assert release(trained, run.id, MODELS) == folder
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
    assert list(MODELS.iterdir()) == [folder]


def test_other_models_there_are_not_overwritten(trained: Stages):
    run = trained.plan.runs[0]
    folder = release(trained, run.id, MODELS)
    flip(folder / "generator.safetensors")
    changed = (folder / "generator.safetensors").read_bytes()
    with pytest.raises(UserError, match=r"generator.safetensors: is not this run's model"):
        release(trained, run.id, MODELS)
    assert (folder / "generator.safetensors").read_bytes() == changed


def test_what_is_no_finished_run_is_refused(trained: Stages):
    run = trained.plan.runs[0]
    flip(run.folder / "generator.safetensors")
    with pytest.raises(UserError, match=r"its sha256 is not .*; `asymmetry adopt` moves it"):
        release(trained, run.id, MODELS)
    record = json.loads(run.record.read_text()) | {"status": "diverged", "outputs": {}}
    run.record.write_text(json.dumps(record))
    with pytest.raises(UserError, match="diverged, so it has no models"):
        release(trained, run.id, MODELS)
    run.record.unlink()
    with pytest.raises(UserError, match="is not finished"):
        release(trained, run.id, MODELS)
    with pytest.raises(UserError, match="2 runs begin like this"):
        release(trained, "bicubic-x4", MODELS)
    assert not MODELS.exists()


def test_where_dvc_is_not_set_up_its_command_is_told(workplace: Path):
    assert track(MODELS / "one") == "to track it: dvc add models/one"


def test_dvc_takes_the_folder(workplace: Path, monkeypatch: pytest.MonkeyPatch):
    scripts = Path(sys.executable).parent
    monkeypatch.setenv("PATH", f"{scripts}:/usr/bin:/bin")
    if not (scripts / "dvc").is_file():
        pytest.skip("no dvc in this environment")
    subprocess.run([scripts / "dvc", "init", "--no-scm", "-q"], check=True)
    (MODELS / "one").mkdir(parents=True)
    (MODELS / "one/generator.safetensors").write_bytes(b"model")
    assert "tracked by models/one.dvc" in track(MODELS / "one")
    assert "md5" in (MODELS / "one.dvc").read_text()
    with pytest.raises(UserError, match=r"none: dvc add models/none failed: "):
        track(MODELS / "none")

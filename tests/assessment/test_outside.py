"""What was made elsewhere: folders of images and files of networks, judged beside the cells."""

import json
import math
import shutil
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from asymmetry.assessment import work
from asymmetry.assessment.engine import assess_runs
from asymmetry.assessment.stage import AssessmentStage
from asymmetry.assessment.targets import find_target
from asymmetry.core.errors import UserError
from asymmetry.core.files import canonical_json
from asymmetry.generators.build import build_generator
from asymmetry.planning.plan import Plan
from asymmetry.planning.preflight import check, notes
from asymmetry.study import parse_study, read_study
from asymmetry.tables.collect import runs_table
from asymmetry.tables.names import method_of
from tests.conftest import small_values
from tests.trained import photo, train

TASK, OUTPUT = "bicubic-x4", Path("scores.parquet")
Change = Callable[[dict[str, Any]], object]


@pytest.fixture
def place(workplace: Path) -> Path:
    """Photos, a set of two references of 70 pixels, and the folder `mine`: each, 5 levels up."""
    for folder, seeds in {"photos": range(4), "set": (7, 8)}.items():
        Path(folder).mkdir()
        for seed in seeds:
            photo(seed, 70).save(f"{folder}/p{seed}.png")
    Path("mine").mkdir()
    for seed in (7, 8):
        shifted(seed, 5, 68).save(f"mine/p{seed}_x4.png")
    return workplace


def shifted(seed: int, levels: int, side: int) -> Image.Image:
    """A reference's top left, each value so many levels nearer to the middle of the range."""
    toward = photo(seed, 70).crop((0, 0, side, side))
    return toward.point(lambda value: value + levels if value < 128 else value - levels)


def plan_of(change: Change = lambda values: None) -> Plan:
    values = deepcopy(small_values())
    values["photos"] = {"source": "photos"}
    values["evaluation"] = {
        "sets": {"test": "set"}, "metrics": ["psnr", "gmsd"], "distortion": ["gmsd"],
        "metrics_with_weights": ["lpips-alex"],
    }  # fmt: skip
    values["outside"] = {"mine": {"task": TASK, "images": {"test": "mine"}}}
    change(values)
    return Plan(parse_study(values, "study"))


def assess(plan: Plan, *run_ids: str) -> pd.DataFrame:
    assess_runs(plan.study, plan, run_ids, OUTPUT)
    return pd.read_parquet(OUTPUT)


def test_a_folder_is_a_method_of_its_own(place: Path):
    plan = plan_of()
    (method,) = plan.outside
    assert method.startswith(f"{TASK}/outside/mine-")
    assert AssessmentStage(plan).assessed[-1] == method
    assert {find_target(plan, method)} == {find_target(plan_of(), method)}
    table = assess(plan, f"{TASK}/bicubic", method).query("run == @method")
    measured = table[table["metric"] != "lpips-alex"]
    assert set(measured["status"]) == {"ok"}
    # All values are five levels off, wherever they lie.
    psnr = measured.query("metric == 'psnr'")["value"]
    assert psnr.tolist() == pytest.approx([20 * math.log10(255 / 5)] * 2, abs=1e-9)
    assert set(table.query("metric == 'lpips-alex'")["status"]) == {"missing weights"}
    # What is shown of it, on the pages and in figures, are its own pixels.
    with Image.open(f"results/crops/{method}/centre-256/test/p7.png") as shown:
        assert shown.tobytes() == shifted(7, 5, 68).tobytes()


def test_it_is_among_the_runs_without_a_loss(place: Path):
    plan = plan_of()
    row = runs_table(plan).query("kind == 'outside'").iloc[0]
    assert method_of(row["run"]) == "mine"
    assert (row["task"], row["status"]) == (TASK, "done")
    assert row[["fidelity", "discriminator", "generator", "seed"]].isna().all()


def test_no_other_id_changes(place: Path):
    without = plan_of(lambda values: values.pop("outside"))
    plan = plan_of()
    assert [run.id for run in plan.runs] == [run.id for run in without.runs]
    before, after = (AssessmentStage(one).assessed for one in (without, plan))
    assert after[: len(before)] == before


def test_jobs_and_the_start_see_the_same_parts(place: Path):
    """A job reads the study from a file whose keys are sorted."""
    shutil.copytree("set", "again")

    def several(values: dict[str, Any]) -> None:
        values["evaluation"]["sets"] = {"test": "set", "again": "again"}
        both = {"task": "blind-x4", "images": {"test": "mine", "again": "mine"}}
        values["outside"] = {"z": both, **values["outside"], "a": both}

    study = plan_of(several).study
    as_job = parse_study(json.loads(canonical_json(study.model_dump(mode="json"))), "a job")
    start, job = (AssessmentStage(Plan(one)) for one in (study, as_job))
    assert [part.path for part in start.parts] == [part.path for part in job.parts]
    assert "blind-x4/bicubic" in start.assessed


def test_an_image_that_it_lacks_is_a_row_with_a_status(place: Path):
    Path("mine/p8_x4.png").unlink()
    plan = plan_of()
    (method,) = plan.outside
    table = assess(plan, method)
    assert set(table.query("image == 'p8'")["status"]) == {"missing image"}
    assert table.query("image == 'p8'")["value"].isna().all()
    assert set(table.query("image == 'p7' and metric == 'psnr'")["status"]) == {"ok"}
    assert any("outside.mine: lacks 1 of 2 images of 'test', such as p8" in n for n in notes(plan))


def test_a_changed_image_is_assessed_anew(place: Path, monkeypatch: pytest.MonkeyPatch):
    plan = plan_of()
    (method,) = plan.outside
    part = AssessmentStage(plan).parts[-1].path
    before = assess(plan, method)
    shifted(8, 9, 68).save("mine/p8_x4.png")
    changed = plan_of()
    (now,) = changed.outside
    assert now != method
    assert AssessmentStage(changed).parts[-1].path != part
    after = assess(changed, now).query("image == 'p8' and metric == 'psnr'")["value"].item()
    assert after == pytest.approx(20 * math.log10(255 / 9), abs=1e-9)
    # The former bytes have their id, and their scores, again.
    shifted(8, 5, 68).save("mine/p8_x4.png")
    monkeypatch.setattr(work, "load_photo", None)
    assert assess(plan_of(), method).equals(before)


def test_bytes_that_change_below_the_plan_are_refused(place: Path):
    plan = plan_of()
    (method,) = plan.outside
    shifted(8, 9, 68).save("mine/p8_x4.png")
    with pytest.raises(UserError, match="has changed since"):
        assess(plan, method)


def save_network(path: Path, scale: int = 4) -> None:
    save_file(build_generator("compact-tiny", scale, seed=0).state_dict(), path)


def test_a_file_restores_as_the_same_network_in_a_cell(place: Path):
    """The file is that of the first cell, so their scores are equal; one of scale 2 is refused."""
    save_network(Path("x.safetensors"))
    plan = plan_of(lambda v: v.update(outside={"compact": {"task": TASK, "file": "x.safetensors"}}))
    check(plan, here=False)
    (method,) = plan.outside
    table = assess(plan, train(plan, 0), method)
    values = [rows["value"].tolist() for _, rows in table.groupby("run")]
    assert values[0] == pytest.approx(values[1], nan_ok=True, abs=1e-12)
    save_network(Path("x.safetensors"), 2)
    other = plan_of(
        lambda v: v.update(outside={"compact": {"task": TASK, "file": "x.safetensors"}})
    )
    assert list(other.outside) != [method]
    with pytest.raises(UserError, match=r"^outside.compact.file: .* of scale 2, not 4.*$"):
        check(other, here=False)


@pytest.mark.slow
def test_a_published_network_has_its_published_number(place: Path, shared: Path):
    """SPAN x4 on Set5: 32.20 dB."""
    pytest.importorskip("asymmetry.generators.span", reason="spandrel alone knows no fused SPAN")
    file = shared / "weights/span_x4_ch48.safetensors"

    def change(values: dict[str, Any]) -> None:
        values["evaluation"] |= {"sets": {"set5": str(shared / "data/set5")}}
        values["evaluation"] |= {"metrics": ["psnr_y"], "distortion": ["psnr_y"]}
        values["outside"] = {"span": {"task": TASK, "file": str(file)}}

    plan = plan_of(change)
    table = assess(plan, *plan.outside).query("metric == 'psnr_y'")
    assert table["value"].mean() == pytest.approx(32.20, abs=0.005)


def test_a_file_that_changes_below_the_plan_is_refused(place: Path):
    save_network(Path("x.safetensors"))
    plan = plan_of(lambda v: v.update(outside={"compact": {"task": TASK, "file": "x.safetensors"}}))
    (method,) = plan.outside
    Path("x.safetensors").write_bytes(b"other")
    with pytest.raises(UserError, match="has changed since"):
        assess(plan, method)


def test_two_methods_of_one_name_are_one_line(place: Path):
    method = f"  mine: {{task: {TASK}, images: {{test: mine}}}}\n"
    Path("study.yaml").write_text(f"outside:\n{method}{method}")
    with pytest.raises(UserError, match=r"^study.yaml: mine: stands there twice[^\n]*$"):
        read_study(Path("study.yaml"))


class _Sly:
    def __reduce__(self) -> tuple[Any, ...]:
        return Path("touched").touch, ()


@pytest.mark.parametrize("content", [_Sly(), {"weight": torch.zeros(3)}, b"text"])
def test_a_file_that_is_no_network_is_one_line_and_runs_no_code(place: Path, content: Any):
    if isinstance(content, bytes):
        Path("x.pth").write_bytes(content)
    else:
        torch.save(content, "x.pth")
    plan = plan_of(lambda values: values.update(outside={"x": {"task": TASK, "file": "x.pth"}}))
    with pytest.raises(UserError, match=r"^outside.x.file: x.pth: [^\n]*$"):
        check(plan, here=False)
    assert not Path("touched").exists()


def outside(**values: Any) -> Change:
    return lambda study: study["outside"].update(values)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (outside(b={"task": "x4", "images": {"test": "mine"}}), "outside.b.task: 'x4'"),
        (outside(b={"task": TASK, "images": {"set5": "mine"}}), "outside.b.images: 'set5'"),
        (outside(b={"task": TASK, "images": {"test": "none"}}), "outside.b.images.test: none: "),
        (outside(b={"task": TASK, "images": {"test": "photos"}}), "no image has the name"),
        (outside(b={"task": TASK, "images": {"test": "small"}}), "is of 64x64 pixels"),
        (outside(b={"task": TASK, "images": {"test": "broken"}}), "is not an image"),
        (outside(b={"task": TASK, "file": "none.pth"}), "outside.b.file: none.pth"),
        (outside(b={"task": TASK}), "outside.b: a method has `images` or a `file`"),
        (outside(b={"task": TASK, "images": {}}), "names no folder"),
        (outside(bicubic={"task": TASK, "images": {"test": "mine"}}), "has a meaning of its own"),
    ],
)
def test_a_mistake_is_one_line_before_anything_runs(place: Path, change: Change, said: str):
    for folder in ("small", "broken"):
        shutil.copytree("mine", folder)
    shifted(7, 5, 64).save("small/p7_x4.png")
    Path("broken/p7_x4.png").write_text("no image")
    with pytest.raises(UserError, match=r"^[^\n]+$") as error:
        check(plan_of(change), here=False)
    assert said in str(error.value)

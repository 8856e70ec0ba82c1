import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file
from torch import Tensor

from asymmetry.assessment import engine, scores, work
from asymmetry.assessment.engine import assess_part, assess_runs
from asymmetry.assessment.stage import AssessmentStage, SnapshotStage
from asymmetry.core.errors import UserError
from asymmetry.core.files import sha256_of
from asymmetry.data.images import to_tensor
from asymmetry.data.views import strips
from asymmetry.fidelity.registry import code_of
from asymmetry.generators.build import build_generator
from asymmetry.imaging.resize import imresize
from asymmetry.metrics.build import Metric
from asymmetry.metrics.contracts import METRICS
from asymmetry.metrics.psnr import psnr
from asymmetry.metrics.separable import Whole
from asymmetry.planning.plan import Plan
from asymmetry.planning.run import RUNS, Run
from asymmetry.study import parse_study
from asymmetry.tables.schemas import COLUMNS
from tests.trained import photo, train

OUTPUT = Path("scores.parquet")
BICUBIC = "bicubic-x4/bicubic"
MEASURED = ["psnr_y", "gmsd"]


def fake(name: str, formula: Callable[[Tensor, Tensor], Tensor]) -> Metric:
    """The metric `name` with another formula."""
    return Metric(name, Whole(formula), torch.device("cpu"))


@pytest.fixture
def plan(workplace: Path, study_values: dict[str, Any]) -> Plan:
    """A study on its own small photos, and a plan whose runs are not trained yet."""
    for folder, seeds in {"photos": range(4), "set": (7, 8)}.items():
        (workplace / folder).mkdir()
        for seed in seeds:
            photo(seed, 70).save(workplace / folder / f"p{seed}.png")
    crop = {"set": "test", "image": "p8", "left": 8, "top": 4, "size": 32}
    study_values["photos"] = {"source": "photos"}
    study_values["evaluation"] = {
        "sets": {"test": "set"},
        "metrics": ["psnr_y", "gmsd"],
        "metrics_with_weights": ["lpips-alex"],
        "distortion": ["gmsd"],
        "crops": [crop],
    }
    return Plan(parse_study(study_values, "test"))


def assess(plan: Plan, *run_ids: str) -> pd.DataFrame:
    assess_runs(plan.study, plan, run_ids, OUTPUT)
    return pd.read_parquet(OUTPUT)


def count_restorations(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The runs whose generator is loaded from now on."""
    loaded: list[str] = []
    original = work.restorer

    def counting(target: Any, *others: Any) -> Any:
        loaded.append(target.run)
        return original(target, *others)

    monkeypatch.setattr(work, "restorer", counting)
    return loaded


def test_the_table_is_tidy_and_in_the_studys_order(plan):
    table = assess(plan, BICUBIC, train(plan, 0))
    assert list(table.columns) == COLUMNS["scores"]
    assert len(table) == 2 * 2 * 3
    assert table["run"].unique().tolist() == [BICUBIC, plan.runs[0].id]
    assert table["metric"].tolist() == ["psnr_y", "gmsd", "lpips-alex"] * 4
    assert set(table["task"]) == {"bicubic-x4"}
    assert (table["convention"] == [METRICS[m].convention for m in table["metric"]]).all()
    measured = table["metric"] != "lpips-alex"
    assert (table["status"] == np.where(measured, "ok", "missing weights")).all()
    assert (table["value"].notna() == measured).all()


def test_the_baseline_is_matlabs_bicubic_at_the_metrics_convention(plan):
    table = assess(plan, BICUBIC)
    reference = to_tensor(np.asarray(Image.open("set/p7.png")))[..., :68, :68].double()
    low = (imresize(reference, 0.25).clamp(0, 1) * 255).round() / 255
    restored = (imresize(low, 4).clamp(0, 1) * 255).round() / 255
    luma = torch.tensor([65.481, 128.553, 24.966]).double().view(1, 3, 1, 1) / 255
    planes = [(x * luma).sum(1, keepdim=True)[..., 4:-4, 4:-4] for x in (restored, reference)]
    found = table.query("image == 'p7' and metric == 'psnr_y'")["value"].item()
    assert found == pytest.approx(float(psnr(*planes)), abs=1e-4)


def test_scores_of_the_reference_itself_are_perfect(plan, monkeypatch):
    """A restorer that knows the answer: the engine pairs each image with its own reference."""
    answers = map(_reference, (7, 8))
    monkeypatch.setattr(work, "restorer", lambda *_: lambda _low: next(answers))
    table = assess(plan, BICUBIC).query("status == 'ok'")
    assert table.query("metric == 'psnr_y'")["value"].tolist() == [100, 100]
    assert table.query("metric == 'gmsd'")["value"].max() < 1e-9


def _reference(seed: int) -> torch.Tensor:
    return to_tensor(np.asarray(photo(seed, 70)))[..., :68, :68]


def test_only_what_is_missing_is_computed(plan, monkeypatch):
    first = train(plan, 0)
    before = assess(plan, BICUBIC, first)
    bytes_before = OUTPUT.read_bytes()
    loaded = count_restorations(monkeypatch)
    assess(plan, BICUBIC, first)
    assert loaded == []
    assert OUTPUT.read_bytes() == bytes_before
    second = train(plan, 1)
    assess(plan, BICUBIC, first, second)
    assert loaded == [second]
    values = plan.study.model_dump(mode="json")
    values["evaluation"]["metrics"].append("psnr")
    more = assess(Plan(parse_study(values, "test")), first)
    assert loaded == [second, first]
    kept = more[more["metric"].isin(["psnr_y", "gmsd"])]["value"].tolist()
    assert kept == before[before["run"] == first].query("status == 'ok'")["value"].tolist()


def test_a_run_is_measured_alike_alone_and_with_others(plan, monkeypatch):
    ids = [BICUBIC, train(plan, 0), train(plan, 1)]
    together = assess(plan, *ids)
    monkeypatch.setattr(engine, "IMAGES_AT_ONCE", 1)
    for run_id, own in together.groupby("run", sort=False):
        for file in plan.find(run_id).folder.glob("scores-*") if run_id != BICUBIC else ():
            file.unlink()
        alone = assess(plan, run_id)
        assert alone["value"].tolist() == pytest.approx(
            own["value"].tolist(), rel=1e-6, nan_ok=True
        )


def test_what_was_scored_before_an_interruption_is_kept(plan, monkeypatch):
    values = plan.study.model_dump(mode="json")
    values["evaluation"]["sets"]["other"] = "photos"
    plan = Plan(parse_study(values, "test"))
    run = train(plan, 0)
    original, calls = work.Work.restore, []

    def interrupted(self: Any, image: Any, *others: Any) -> Tensor:
        if image.set == "other":
            raise KeyboardInterrupt
        calls.append(image.photo.name)
        return original(self, image, *others)

    with monkeypatch.context() as patch:
        patch.setattr(work.Work, "restore", interrupted)
        with pytest.raises(KeyboardInterrupt):
            assess(plan, run)
    assert calls == ["p7", "p8"]
    calls.clear()
    monkeypatch.setattr(
        work.Work, "restore", lambda *all_: calls.append(all_[1].photo.name) or original(*all_)
    )
    assert (assess(plan, run).query("metric == 'gmsd'")["status"] == "ok").all()
    assert calls == ["p1"]


def test_scores_are_kept_while_the_assessment_goes_on(plan, monkeypatch):
    """Whatever kills it later finds them beside the run."""
    values = plan.study.model_dump(mode="json")
    values["execution"]["checkpoint_seconds"] = 1e-9
    original, there = work.Work.restore, []

    def looks(self: Any, *others: Any) -> Tensor:
        files = list((RUNS / BICUBIC).glob("scores-*"))
        there.append(len(pd.read_parquet(files[0])) if files else 0)
        return original(self, *others)

    monkeypatch.setattr(work.Work, "restore", looks)
    assess(Plan(parse_study(values, "test")), BICUBIC)
    assert there == [0, len(MEASURED)]


def test_few_images_are_in_memory_at_a_time():
    sizes = {32: 16, 128: 16, 256: 4, 512: 1, 4096: 1}
    assert {side: engine.at_once(torch.empty(1, 3, side, side)) for side in sizes} == sizes


def test_a_changed_formula_is_computed_again_and_no_other(plan, monkeypatch):
    before = assess(plan, BICUBIC).query("metric == 'psnr_y'")
    other = {"gmsd": ["asymmetry.metrics.ssim"]}
    monkeypatch.setattr(scores, "code_of", lambda name: other.get(name) or code_of(name))
    sevens = {name: fake(name, lambda x, _: torch.full((len(x),), 7.0)) for name in MEASURED}
    monkeypatch.setattr(engine, "build_metrics", lambda *_: sevens)
    after = assess(Plan(plan.study), BICUBIC)
    assert set(after.query("metric == 'gmsd'")["value"]) == {7.0}
    assert after.query("metric == 'psnr_y'")["value"].tolist() == before["value"].tolist()


def test_a_changed_image_is_assessed_again(plan, monkeypatch):
    before = assess(plan, BICUBIC)
    photo(9, 70).save("set/p7.png")
    loaded = count_restorations(monkeypatch)
    after = assess(Plan(plan.study), BICUBIC)
    assert loaded == [BICUBIC]
    changed = (before["value"] != after["value"])[before["status"] == "ok"]
    assert changed.tolist() == (before[before["status"] == "ok"]["image"] == "p7").tolist()
    assert len(list((RUNS / BICUBIC).glob("scores-*"))) == 1


@pytest.mark.parametrize("status", ["diverged", "collapsed"])
def test_a_run_that_ended_badly_is_in_the_table_and_not_loaded(plan, monkeypatch, status):
    loaded = count_restorations(monkeypatch)
    table = assess(plan, train(plan, 0, status=status))
    assert set(table["status"]) == {status}
    assert table["value"].isna().all()
    assert len(table) == 6
    assert loaded == []


def with_snapshots(plan: Plan) -> Plan:
    values = plan.study.model_dump(mode="json")
    values["training"]["snapshots"] = [0.25, 0.5]
    return Plan(parse_study(values, "test"))


def keep(run: Run, step: int, status: str = "done", seed: int | None = None) -> Path:
    """Put a snapshot where the training of a run would have left it."""
    seed = step if seed is None else seed
    path = run.folder / f"generator-{step}.safetensors"
    save_file(build_generator(run.cell.generator, 4, seed=seed).state_dict(), path)
    record = json.loads(run.record.read_text())
    record["outputs"][path.name] = sha256_of(path)
    run.record.write_text(json.dumps(record | {"status": status}))
    return path


def way(plan: Plan, run: Run) -> pd.DataFrame:
    """The scores of a run's snapshots, as the table `trajectories` has them."""
    assess_runs(plan.study, plan, run.snapshot_ids, OUTPUT, "trajectories")
    return pd.read_parquet(OUTPUT)


def test_snapshots_are_scored_as_runs_are(plan, monkeypatch):
    plan = with_snapshots(plan)
    train(plan, 1)
    run = plan.runs[1]
    path = keep(run, 3)
    keep(run, 6)
    table = way(plan, run)
    assert list(table.columns) == COLUMNS["trajectories"]
    assert table["run"].unique().tolist() == [run.id]
    assert table["step"].tolist() == [3] * 6 + [6] * 6
    assert not (Path(plan.study.results) / "crops" / run.id).exists()

    # The same weights, as the end of a run.
    end = run.folder / "generator.safetensors"
    end.write_bytes(path.read_bytes())
    record = json.loads(run.record.read_text())
    record["outputs"][end.name] = sha256_of(end)
    run.record.write_text(json.dumps(record))
    early = table[table["step"] == 3].drop(columns="step").reset_index(drop=True)
    pd.testing.assert_frame_equal(early, assess(plan, run.id)[early.columns])

    loaded = count_restorations(monkeypatch)
    pd.testing.assert_frame_equal(way(plan, run), table)
    assert loaded == []

    path.write_bytes(b"damaged")
    with pytest.raises(UserError, match=r"generator-3\.safetensors: is not the file"):
        way(plan, run)
    path.unlink()
    with pytest.raises(UserError, match=r"generator-3\.safetensors: is missing"):
        way(plan, run)


@pytest.mark.parametrize("status", ["diverged", "collapsed"])
def test_a_run_that_ended_badly_has_the_snapshots_that_it_reached(plan, status):
    plan = with_snapshots(plan)
    train(plan, 0, status=status)
    run = plan.runs[0]
    assert set(way(plan, run)["status"]) == {status}
    keep(run, 3, status=status)
    table = way(plan, run).query("metric == 'gmsd'")
    states = table.groupby("step")["status"].unique().map(list)
    assert states.to_dict() == {3: ["ok"], 6: [status]}


def test_a_step_that_is_no_snapshot_is_named(plan):
    plan = with_snapshots(plan)
    for step in ("4", "x"):
        with pytest.raises(UserError, match=r"keeps no such snapshot; see training\.snapshots"):
            assess(plan, f"{plan.runs[0].id}@{step}")


def test_the_part_of_snapshots_is_their_table(plan):
    plan = with_snapshots(plan)
    for index, run in enumerate(plan.runs):
        train(plan, index)
        for step in run.snapshots:
            keep(run, step)
    (part,) = SnapshotStage(plan).parts
    assess_part(plan, part.path)
    assert len(pd.read_parquet(part.path)) == len(plan.runs) * 2 * 6


def test_a_metric_that_fails_on_an_image_is_a_row_and_is_tried_again(plan, monkeypatch):
    def fails(_restored: Tensor, reference: Tensor) -> Tensor:
        if reference.shape[-1] == 68:
            raise RuntimeError("no room\nat all")
        return torch.tensor([math.inf])

    metrics = engine.build_metrics(plan, torch.device("cpu"))
    photo(8, 90).save("set/p8.png")
    with monkeypatch.context() as patch:
        patch.setattr(engine, "build_metrics", lambda *_: metrics | {"gmsd": fake("gmsd", fails)})
        table = assess(Plan(plan.study), BICUBIC)
    assert table.query("metric == 'gmsd'")["status"].tolist() == [
        "failed: no room at all",
        "failed: not finite",
    ]
    assert table.query("metric == 'gmsd'")["value"].isna().all()
    assert (table.query("metric == 'psnr_y'")["status"] == "ok").all()
    again = assess(Plan(plan.study), BICUBIC)
    assert (again.query("metric == 'gmsd'")["status"] == "ok").all()
    loaded = count_restorations(monkeypatch)
    assess(Plan(plan.study), BICUBIC)
    assert loaded == []


def test_crops_are_pixels_of_the_restored_image_and_come_back(plan):
    run = train(plan, 0)
    assess(plan, BICUBIC, run)
    (crop,) = strips(plan.study.evaluation, {})
    names = [run, BICUBIC, "bicubic-x4/reference"]
    paths = [crop.path(plan.study.results, name) for name in names]
    assert paths[0] == Path("results/crops") / run / "test-p8-8-4-32.png"
    images = [np.asarray(Image.open(path)) for path in paths]
    assert all(image.shape == (32, 32, 3) for image in images)
    assert (images[2] == np.asarray(Image.open("set/p8.png"))[4:36, 8:40]).all()
    for path in (paths[0], paths[2]):
        path.unlink()
    assess(plan, BICUBIC, run)
    again = [np.asarray(Image.open(path)) for path in paths]
    assert all((one == other).all() for one, other in zip(images, again, strict=True))


def with_pictures(plan: Plan, **pictures: int) -> Plan:
    values = plan.study.model_dump(mode="json")
    values["evaluation"]["pictures"] = pictures
    return Plan(parse_study(values, "test"))


def test_pictures_are_the_centres_of_the_first_images(plan):
    run = train(plan, 0)
    assess(with_pictures(plan, images=1, side=20), BICUBIC, run)
    folder = Path("results/crops")
    assert sorted(folder.rglob("centre-*/**/*.png")) == [
        folder / name / "centre-20/test/p7.png"
        for name in ("bicubic-x4/bicubic", run, "bicubic-x4/reference")
    ]
    kept = np.asarray(Image.open(folder / "bicubic-x4/reference/centre-20/test/p7.png"))
    assert (kept == np.asarray(Image.open("set/p7.png"))[24:44, 24:44]).all()  # of 68 x 68


def test_an_image_smaller_than_a_picture_is_kept_whole(plan):
    assess(with_pictures(plan, side=256), BICUBIC)
    kept = Image.open("results/crops/bicubic-x4/reference/centre-256/test/p8.png")
    assert kept.size == (68, 68)


def test_pictures_change_no_score(plan, monkeypatch):
    scores = assess(with_pictures(plan, images=0), BICUBIC)
    assert not list(Path("results/crops").rglob("centre-*"))
    measured: list[Any] = []
    monkeypatch.setattr(Metric, "values", lambda *given: measured.append(given))
    # Pictures that are wanted now are made without measuring anything again.
    pd.testing.assert_frame_equal(assess(with_pictures(plan, side=20), BICUBIC), scores)
    assert len(list(Path("results/crops").rglob("centre-20/test/p?.png"))) == 4
    assert measured == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"image": "p9"},
            r"evaluation\.crops\[0\]: 'p9' is not in the set 'test'; it holds p7, p8",
        ),
        (
            {"left": 40},
            r"evaluation\.crops: 32 pixels from \(40, 4\) do not fit into 'p8' of 68x68",
        ),
    ],
)
def test_a_crop_that_is_not_there_is_named(plan, change, message):
    values = plan.study.model_dump(mode="json")
    values["evaluation"]["crops"][0] |= change
    with pytest.raises(UserError, match=message):
        assess(Plan(parse_study(values, "test")), BICUBIC)


def test_a_generator_that_is_not_the_recorded_one_is_refused(plan):
    run = plan.find(train(plan, 0))
    path = run.folder / "generator.safetensors"
    path.write_bytes(path.read_bytes()[:-8])
    with pytest.raises(UserError, match=r"generator\.safetensors: is not the file .* delete the"):
        assess(plan, run.id)
    path.unlink()
    with pytest.raises(UserError, match=r"generator\.safetensors: is missing; delete the folder"):
        assess(plan, run.id)
    assert not OUTPUT.exists()


def test_unknown_or_untrained_runs_are_refused(plan):
    with pytest.raises(UserError, match="'bicubic-x3' is not a task; did you mean 'bicubic-x4'"):
        assess(plan, "bicubic-x3/bicubic")
    with pytest.raises(UserError, match=r"run\.json: cannot be read"):
        assess(plan, plan.runs[0].id)


def test_missing_weights_of_a_required_metric_stop_the_assessment(plan):
    values = plan.study.model_dump(mode="json")
    values["evaluation"]["metrics"].append("niqe")
    with pytest.raises(UserError, match=r"niqe_pristine\.npz: missing"):
        assess(Plan(parse_study(values, "test")), BICUBIC)


def test_assess_part_assesses_the_runs_of_its_table(plan, monkeypatch):
    monkeypatch.setattr(AssessmentStage, "assessed", [BICUBIC])
    (part,) = AssessmentStage(plan).parts
    engine.assess_part(plan, part.path)
    assert set(pd.read_parquet(part.path)["run"]) == {BICUBIC}

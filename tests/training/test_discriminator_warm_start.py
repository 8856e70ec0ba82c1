"""Discriminators that are trained alone first: their runs, their bytes, and the cells after it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import safetensors.torch
import torch

from asymmetry.artifacts.rekey import rekey
from asymmetry.discriminators.build import build_discriminator
from asymmetry.generators.build import build_generator
from asymmetry.monitor.run_state import state_of
from asymmetry.planning.packs import check_pack, planned_packs
from asymmetry.planning.plan import Plan
from asymmetry.planning.run import Run
from asymmetry.training.checkpoint import load_checkpoint
from asymmetry.training.deadline import EXIT_CONTINUE
from asymmetry.training.job import train
from asymmetry.training.replay import check_replay
from tests.training.conftest import Trained, pack_of

SECTION = {"steps": 8, "batch": 2, "crop": 32, "head_learning_rate": 1e-3}
STILL = {"learning_rate": 1e-30, "discriminator_learning_rate": 1e-30}


@pytest.fixture
def plan(make_plan: Callable[..., Plan], trained: Trained) -> Plan:
    """Cells that stand still, with balanced weights; all that they begin from is trained."""
    plan = make_plan(
        discriminator_warm_start=SECTION,
        training=STILL | {"steps": 33, "balance": "gradient", "pixel_weight": 0.0},
    )
    for run in [*plan.warm_starts, *plan.discriminator_warm_starts]:
        trained(plan, run)
    return plan


def record(run: Run) -> dict:
    return dict(json.loads(run.record.read_text()))


def files(run: Run) -> dict[str, bytes]:
    names = ("discriminator.safetensors", "generator.safetensors", "log.csv", "state_digests.json")
    return {n: (run.folder / n).read_bytes() for n in names if (run.folder / n).is_file()}


def stop_after(monkeypatch: pytest.MonkeyPatch, rounds: int) -> None:
    calls = iter(range(1, 10**6))
    monkeypatch.setattr(
        "asymmetry.training.deadline.Deadline.reached", lambda *_: next(calls) > rounds
    )


def test_one_serves_all_losses_and_weights(make_plan: Callable[..., Plan]):
    grid = {"fidelity": ["l1", "mse"], "seeds": [0, 1]}
    plan = make_plan(discriminator_warm_start=SECTION, grid=grid)
    starts = plan.discriminator_warm_starts
    assert len(starts) == 2 * 2  # discriminators and seeds
    ids = {run.id for run in starts}
    for run in plan.runs:
        expected = [plan.find(str(run.warm_start)).record]
        if run.cell.adversarial_weight:
            (own,) = [one for one in starts if one.id == run.discriminator_warm_start]
            assert own.cell.discriminator == run.cell.discriminator
            assert own.warm_start == run.warm_start
            expected.append(own.record)
        assert run.reads == expected
    changed = make_plan(
        discriminator_warm_start=SECTION,
        grid=grid | {"adversarial_weights": [0.5], "fidelity": ["ssim"]},
        training={"pixel_weight": 0.3},
    )
    assert {run.id for run in changed.discriminator_warm_starts} == ids
    other_loss = make_plan(
        discriminator_warm_start=SECTION, grid=grid, training={"adversarial_loss": "hinge"}
    )
    assert ids.isdisjoint(run.id for run in other_loss.discriminator_warm_starts)


def test_without_the_section_no_setting_is_new(make_plan: Callable[..., Plan]):
    plain = make_plan()
    assert plain.discriminator_warm_starts == []
    assert plain.trainings == [*plain.warm_starts, *plain.runs]
    for run in plain.runs:
        assert "discriminator_warm_start" not in run.settings
        assert {"balance", "head_learning_rate"}.isdisjoint(run.settings["training"])
    begun = make_plan(discriminator_warm_start=SECTION)
    same = {run.id for run in plain.runs} & {run.id for run in begun.runs}
    assert same == {run.id for run in plain.runs if not run.cell.adversarial_weight}


def test_they_are_packed_apart_from_cells(make_plan: Callable[..., Plan]):
    plan = make_plan(discriminator_warm_start=SECTION)
    first, second = planned_packs(plan, 1)
    assert list(first.runs) == plan.discriminator_warm_starts
    assert first.reads == [plan.warm_starts[0].record]
    assert {run.cell.adversarial_weight for run in second.runs} == {0.01, 0.1}
    starts = [run.record for run in plan.discriminator_warm_starts]
    assert second.reads == [plan.warm_starts[0].record, *starts]
    with pytest.raises(Exception, match="sees other batches"):
        check_pack([first.runs[0], second.runs[0]])


def test_stopped_and_packed_it_leaves_the_same_bytes(plan: Plan, monkeypatch: pytest.MonkeyPatch):
    one, other = plan.discriminator_warm_starts
    alone = [files(run) for run in (one, other)]
    assert set(alone[0]) == {"discriminator.safetensors", "log.csv", "state_digests.json"}
    for run in (one, other):
        shutil.rmtree(run.folder)
    with monkeypatch.context() as patch:
        stop_after(patch, 2 * 5)
        assert train(plan, one.id, other.id) == EXIT_CONTINUE
    header, tensors = load_checkpoint(one.folder / "checkpoint.bin", one.id)
    assert header.step == 5
    assert {name.partition("/")[0] for name in tensors} == {
        "discriminator",
        "discriminator_optimizer",
    }
    assert train(plan, one.id, other.id) == 0
    assert [files(run) for run in (one, other)] == alone


def test_it_faces_the_generator_that_the_cells_begin_with(plan: Plan):
    """The first loss, again: from the warm start's file and a discriminator of the seed."""
    run = plan.discriminator_warm_starts[0]
    generator = build_generator("compact-tiny", 4, 0)
    warm = plan.find(str(run.warm_start)).folder / "generator.safetensors"
    generator.load_state_dict(safetensors.torch.load_file(warm))
    spec = plan.study.discriminators[run.cell.discriminator]
    discriminator = build_discriminator(spec, 0, Path())
    first = record(run)["losses"]
    shutil.rmtree(run.folder)
    (trainer,) = pack_of(plan, run).trainers
    low, reference = trainer._shared.batch(0)
    with torch.no_grad():
        fake, real = discriminator(generator(low)), discriminator(reference)
    bce = torch.nn.functional.binary_cross_entropy_with_logits
    expected = bce(real, torch.ones_like(real)) + bce(fake, torch.zeros_like(fake))
    assert first["discriminator"]["first"] == pytest.approx(float(expected), rel=1e-4)


def test_cells_begin_from_it_and_balanced_weights_are_ratios_of_norms(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
):
    """Cells that stand still: over the batches of the measurement the mean ratio is the weight."""
    run = next(run for run in plan.runs if run.cell.adversarial_weight == 0.1)
    with monkeypatch.context() as patch:
        stop_after(patch, 32 + 3)  # after the measurement and three steps
        assert train(plan, run.id) == EXIT_CONTINUE
    assert train(plan, run.id) == 0
    begun = plan.find(str(run.discriminator_warm_start))
    theirs, ours = (
        safetensors.torch.load_file(one.folder / "discriminator.safetensors")
        for one in (begun, run)
    )
    assert all(torch.allclose(ours[name], theirs[name], atol=1e-6) for name in theirs)
    fresh = build_discriminator(plan.study.discriminators[run.cell.discriminator], 0, Path())
    assert not all(
        torch.allclose(theirs[name], value) for name, value in fresh.state_dict().items()
    )
    kept = record(run)
    assert set(kept["balance"]) == {"fidelity", "adversarial"}
    lines = (run.folder / "log.csv").read_text().splitlines()
    column = lines[0].split(",").index("|adversarial|")
    norms = [float(line.split(",")[column]) for line in lines[1:33]]
    assert sum(norms) / 32 == pytest.approx(kept["balance"]["adversarial"], rel=1e-4)
    assert kept["gradient_ratio"] == pytest.approx(0.1, rel=0.05)  # of 33 steps

    resumed = files(run)
    shutil.rmtree(run.folder)
    assert train(plan, run.id) == 0
    assert files(run) == resumed
    kept_folder = run.folder.rename(run.folder.with_name("former"))
    check_replay(plan, run, kept_folder, 5)


def test_adopt_takes_it_over_to_other_code(plan: Plan, monkeypatch: pytest.MonkeyPatch):
    """As it begins from a warm start that is taken over itself."""
    monkeypatch.setattr("asymmetry.planning.run_settings.code_digest", lambda roots: "another code")
    after = Plan(plan.study)
    starts = [*after.warm_starts, *after.discriminator_warm_starts]
    assert not after.by_id.keys() & plan.by_id.keys()
    assert rekey(after, 3) == (starts, [])
    for old, new in zip(plan.discriminator_warm_starts, starts[1:], strict=True):
        assert files(new) == files(old)


def test_one_that_diverged_is_data(make_plan: Callable[..., Plan], trained: Trained):
    plan = make_plan(discriminator_warm_start=SECTION | {"learning_rate": 1e30})
    trained(plan, plan.warm_starts[0])
    start = plan.discriminator_warm_starts[0]
    assert train(plan, start.id) == 0
    assert record(start)["status"] == "diverged"
    assert record(start)["outputs"] == {}
    cells = [run for run in plan.runs if run.discriminator_warm_start == start.id]
    assert train(plan, *(run.id for run in cells)) == 0
    for run in cells:
        assert record(run)["diverged"] == {"step": 0, "term": "discriminator-warm-start"}
        assert record(run)["outputs"] == {}
        assert state_of(run, 0.0).name == "diverged"

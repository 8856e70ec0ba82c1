"""A generator from a file: trainings begin from its weights; no kill or pack changes a byte."""

import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from asymmetry.artifacts.release import release
from asymmetry.assessment.targets import find_target, restorer
from asymmetry.generators.from_file import load_generator
from asymmetry.pipeline.stages import Stages
from asymmetry.planning.plan import Plan
from asymmetry.training.job import train
from tests.generators.networks import write_network
from tests.training.conftest import Start, pack_of, step_of


@pytest.fixture
def make(make_plan: Callable[..., Plan], workplace: Path) -> Callable[..., Plan]:
    """Plans cells that begin from a tiny file, without a warm start."""

    def plan(**changes: dict[str, Any]) -> Plan:
        file = write_network("Compact", workplace)
        grid = {"generators": ["mine"], "discriminators": ["vgg-patch"]}
        return make_plan(generators={"mine": {"file": file.name}}, grid=grid, **changes)

    return plan


def outputs(plan: Plan) -> dict[str, bytes]:
    files = [file for run in plan.runs for file in run.folder.glob("*.safetensors")]
    return {
        str(file): file.read_bytes()
        for file in [*files, *(r.folder / "log.csv" for r in plan.runs)]
    }


def test_a_discriminator_first_faces_the_file_s_network(make: Callable[..., Plan]):
    steps = {"steps": 2, "batch": 2, "crop": 32}
    plan = make(discriminator_warm_start=steps)
    (start,) = plan.discriminator_warm_starts
    (trainer,) = pack_of(plan, start).trainers
    shared = trainer._shared
    faced, low = shared.restored(0, start), shared.batch(0)[0]
    with torch.no_grad():
        network = load_generator(Path("compact-0.pth"), scale=4)
        assert torch.allclose(faced, network(low), atol=1e-6)
    assert train(plan, start.id) == 0
    game = next(run for run in plan.runs if run.begins_from)
    (trainer,) = pack_of(plan, game).trainers
    left = load_file(start.folder / "discriminator.safetensors")
    assert trainer.state.discriminator
    begun = trainer.state.discriminator.state_dict()
    assert all(torch.equal(begun[name], tensor) for name, tensor in left.items())


def test_a_training_begins_from_the_file_and_its_result_is_assessed_and_released(
    make: Callable[..., Plan], workplace: Path
):
    plan = make()
    run = plan.runs[-1]
    (trainer,) = pack_of(plan, run).trainers
    told = torch.load(workplace / "compact-0.pth", weights_only=True)["params_ema"]
    begun = trainer.state.generator.state_dict()
    assert set(begun) == {f"module.{name}" for name in told}
    assert all(torch.equal(begun[f"module.{name}"], tensor) for name, tensor in told.items())
    assert plan.warm_starts == []

    assert train(plan, run.id) == 0
    left = load_file(run.folder / "generator.safetensors")
    assert not any(torch.equal(left[name], begun[name]) for name in begun if "weight" in name)
    low = torch.rand(1, 3, 9, 7)
    with torch.no_grad():
        restored = restorer(find_target(plan, run.id), 4, torch.device("cpu"))(low)
    folder = release(Stages(plan), run.id, Path("models"))
    card = (folder / "README.md").read_text()
    assert (
        f"| begins from | `compact-0.pth`, sha256 `{run.settings['generator']['sha256']}` |" in card
    )
    # As the card says, in a process that knows nothing of the study.
    code = card.split("```python\n")[1].split("```")[0]
    code += "import torch\ntorch.save(generator(torch.load('low.pt')).clamp(0, 1), 'restored.pt')\n"
    torch.save(low, "low.pt")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert torch.allclose(torch.load("restored.pt"), restored, atol=1e-5)


def test_a_warm_start_trains_the_file_s_network_first(
    make_plan: Callable[..., Plan], workplace: Path
):
    file = write_network("Compact", workplace)
    plan = make_plan(
        generators={"mine": {"file": file.name, "warm_start": True}}, grid={"generators": ["mine"]}
    )
    (warm,) = plan.warm_starts
    train(plan, warm.id)
    warmed = load_file(warm.folder / "generator.safetensors")
    (trainer,) = pack_of(plan, plan.runs[0]).trainers
    begun = trainer.state.generator.state_dict()
    assert all(torch.equal(begun[name], tensor) for name, tensor in warmed.items())


def test_a_pack_and_a_stop_change_no_byte(
    make: Callable[..., Plan], monkeypatch: pytest.MonkeyPatch
):
    plan = make()
    for run in plan.runs:
        assert train(plan, run.id) == 0
    alone = outputs(plan)
    shutil.rmtree("runs")
    with monkeypatch.context() as patch:
        calls = iter(range(10**6))
        reached = "asymmetry.training.deadline.Deadline.reached"
        patch.setattr(reached, lambda *_: next(calls) > 3 * len(plan.runs))
        assert train(plan, *(run.id for run in plan.runs)) == 75
    assert train(plan, *(run.id for run in plan.runs)) == 0
    assert outputs(plan) == alone


@pytest.mark.slow
def test_a_kill_changes_no_byte(make: Callable[..., Plan], start: Start, workplace: Path):
    plan = make(training={"steps": 60}, execution={"checkpoint_seconds": 0.1})
    run = plan.runs[-1]
    assert train(plan, run.id) == 0
    undisturbed = (run.folder / "generator.safetensors").read_bytes()
    shutil.rmtree(run.folder)
    process = start(run.id, workplace)
    assert process.stderr
    for line in process.stderr:
        if step_of(line) >= 10 and (run.folder / "checkpoint.bin").is_file():
            break
    process.send_signal(signal.SIGKILL)
    process.stderr.read()
    assert process.wait() == -signal.SIGKILL
    assert not run.record.exists()
    last = start(run.id, workplace)
    _, messages = last.communicate()
    assert last.returncode == 0, messages
    assert (run.folder / "generator.safetensors").read_bytes() == undisturbed

"""Every task with an architecture of each kind: some steps, then the restored images."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from skimage.metrics import peak_signal_noise_ratio

from asymmetry.assessment.images import all_images, reference_and_low
from asymmetry.assessment.targets import Model, Target, restorer
from asymmetry.generators.catalog import GENERATORS
from asymmetry.planning.plan import Plan
from asymmetry.training.job import train
from tests.training.conftest import pack_of

TASKS = {
    "bicubic-x4": {"degradation": "bicubic"},
    "blind-x4": {"degradation": "blind"},
    "denoise": {"degradation": "noise", "scale": 1, "noise": [15, 15]},
    "deblur": {"degradation": "blur", "scale": 1, "blur": [1.5, 1.5], "noise": [0, 2]},
    "motion": {"degradation": "blur", "scale": 1, "psf": [[1, 1, 1, 1, 1]]},
}
# The smallest of each architecture.
ARCHITECTURES = ["compact-tiny", "rrdb-small", "swinir-tiny"]


@pytest.fixture
def plan_of(workplace: Path, make_plan: Callable[..., Plan]) -> Callable[[str, str], Plan]:
    """Plans a task and a generator over four small photos of smooth waves."""
    folder = workplace / "photos"
    folder.mkdir()
    rows, columns = np.mgrid[0:96, 0:120] / 8.0
    for number in range(4):
        wave = 127 + 90 * np.sin(rows * np.cos(number) + columns * np.sin(number))
        Image.fromarray(np.stack([wave] * 3, -1).astype(np.uint8)).save(folder / f"{number}.png")

    def plan(task: str, generator: str) -> Plan:
        return make_plan(
            photos={"source": "photos"},
            tasks=TASKS,
            grid={"tasks": [task], "generators": [generator], "adversarial_weights": [0.1]},
            warm_start={"steps": 3},
        )

    return plan


def test_the_smallest_of_each_architecture_is_named_here():
    assert {GENERATORS[name].architecture for name in ARCHITECTURES} == {
        spec.architecture for spec in GENERATORS.values()
    }


@pytest.mark.parametrize("generator", ARCHITECTURES)
@pytest.mark.parametrize("task", TASKS)
def test_every_task_trains_with_every_architecture(
    task: str, generator: str, plan_of: Callable[[str, str], Plan]
):
    plan = plan_of(task, generator)
    warm, cell = plan.warm_starts[0], plan.runs[0]
    assert train(plan, warm.id) == 0
    (trainer,) = pack_of(plan, cell).trainers
    before = [parameter.detach().clone() for parameter in trainer.state.generator.parameters()]
    for _ in range(2):
        logs = trainer.step()
        assert all(value.isfinite() for value in logs.values())
    assert not all(map(torch.equal, before, trainer.state.generator.parameters()))
    image = all_images(plan.study, plan.photos)[0]
    reference, low = reference_and_low(image, plan.study.tasks[task])
    scale = plan.study.tasks[task].scale
    model = Model(generator, warm.folder / "generator.safetensors")
    target = Target(warm.id, warm.folder, task, model)
    restored = restorer(target, scale, torch.device("cpu"))
    assert restored(low).shape == reference.shape


def test_the_baseline_at_scale_one_is_the_input(plan_of: Callable[[str, str], Plan]):
    plan = plan_of("denoise", "compact-tiny")
    task = plan.study.tasks["denoise"]
    reference, low = reference_and_low(all_images(plan.study, plan.photos)[0], task)
    baseline = restorer(Target("denoise/bicubic", Path(), "denoise"), 1, torch.device("cpu"))
    assert torch.equal(baseline(low), low)
    # Noise of sigma 15; no pixel of these photos is near enough to black or white to be clipped.
    psnr = peak_signal_noise_ratio(reference.numpy(), baseline(low).numpy(), data_range=1)
    assert psnr == pytest.approx(20 * np.log10(255 / 15), abs=0.1)


def test_denoising_learns(plan_of: Callable[[str, str], Plan], make_plan: Callable[..., Plan]):
    plan_of("denoise", "compact-tiny")
    plan = make_plan(
        photos={"source": "photos"},
        tasks=TASKS,
        grid={"tasks": ["denoise"]},
        warm_start={"steps": 200, "batch": 4, "learning_rate": 2e-3, "ema": 0.9},
    )
    warm = plan.warm_starts[0]
    train(plan, warm.id)
    image = all_images(plan.study, plan.photos)[0]
    reference, low = reference_and_low(image, plan.study.tasks["denoise"])
    model = Model("compact-tiny", warm.folder / "generator.safetensors")
    target = Target(warm.id, warm.folder, "denoise", model)
    restored = restorer(target, 1, torch.device("cpu"))
    before, after = ((image - reference).square().mean() for image in (low, restored(low)))
    assert after < 0.8 * before

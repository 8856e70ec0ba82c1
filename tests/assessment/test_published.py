"""PSNR and SSIM of bicubic x4 on the sets of the literature, through our own pipeline."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from asymmetry.assessment.targets import Target, restorer
from asymmetry.core.randomness import draws
from asymmetry.data.images import Rgb, to_tensor
from asymmetry.data.photos import folder_photos
from asymmetry.data.sets import reference_and_input
from asymmetry.fidelity.as_metric import build_metric
from asymmetry.study import Task

TASK, SCALE, CPU = Task(degradation="bicubic"), 4, torch.device("cpu")
# Y, four pixels of border left out. By PIL's bicubic, as ../shared/README.md says; the published
# numbers are of MATLAB's, 28.42 on Set5 and 25.96 on BSD100, and that is ours.
BY_PIL = {"set5": (28.42, 0.810), "set14": (26.09, 0.704), "bsd100": (25.96, 0.667)}
PUBLISHED = {"set5": 28.42, "bsd100": 25.96}


def by_pil(reference: Rgb) -> Rgb:
    """A reference [H, W, 3], reduced and enlarged again by PIL."""
    height, width = reference.shape[:2]
    image = Image.fromarray(reference)
    for size in ((width // SCALE, height // SCALE), (width, height)):
        image = image.resize(size, Image.Resampling.BICUBIC)
    return np.asarray(image)


def means(folder: Path, restore: Callable[[Rgb, Rgb], torch.Tensor]) -> list[float]:
    """PSNR-Y and SSIM-Y over a set, of what `restore` makes of references and inputs."""
    metrics = [build_metric(name, Path("none"), CPU) for name in ("psnr_y", "ssim_y")]
    values = []
    for photo in folder_photos(folder):
        reference, low = reference_and_input(photo, TASK, 1, draws(0, "unused"))
        restored = restore(reference, low)
        values.append([metric(restored, to_tensor(reference), SCALE) for metric in metrics])
    return list(np.mean(values, axis=0))


@pytest.mark.slow
@pytest.mark.parametrize("name", BY_PIL)
def test_bicubic_by_pil_as_known(name: str, shared: Path):
    psnr, ssim = means(shared / "data" / name, lambda reference, low: to_tensor(by_pil(reference)))
    assert psnr == pytest.approx(BY_PIL[name][0], abs=0.01)
    assert ssim == pytest.approx(BY_PIL[name][1], abs=1.5e-3)


@pytest.mark.slow
@pytest.mark.parametrize("name", PUBLISHED)
def test_our_baseline_as_published(name: str, shared: Path):
    baseline = restorer(Target("x4/bicubic", Path(), "x4"), SCALE, CPU)
    psnr, _ = means(shared / "data" / name, lambda reference, low: baseline(to_tensor(low)))
    assert psnr == pytest.approx(PUBLISHED[name], abs=0.015)

import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import settings

from asymmetry.backbones.catalog import BACKBONES
from asymmetry.core import torchvision_ops  # noqa: F401 - before any test imports torchvision
from asymmetry.generators.catalog import GENERATOR_FILES
from asymmetry.metrics.contracts import METRICS
from asymmetry.study.own_parts import define_own_parts
from asymmetry.weights.manifest import WEIGHTS

# Several tests run side by side; and one thread and two differ in the last bits.
torch.set_num_threads(1)
# No test is about how long it takes.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

ROOT = Path(__file__).resolve().parents[1]
# The general tests are of parts in the current folder, too.
define_own_parts()


# What takes long: these tests are shared out one by one, and first, so that no worker is left with
# the rest of them at the end. What several of them need is made once for all workers: one test of
# each such kind begins, and the others come when it is there, so that no worker waits for it.
_APART = {ROOT / "tests/workflow", ROOT / "tests/training"}
_MADE_ONCE = ("reproduced", "finished")


def _order(item: pytest.Item, begun: set[str]) -> tuple[bool, int, bool]:
    needed = [name for name in _MADE_ONCE if name in getattr(item, "fixturenames", ())]
    slow = item.get_closest_marker("slow") is not None
    if needed and begun.isdisjoint(needed):
        begun.update(needed)
        return False, 0, False
    return item.path.parent not in _APART, 2 if needed else 1, not slow


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Of all other tests a file is a worker's, with what it makes once for its tests."""
    for item in items:
        if item.path.parent not in _APART:
            item.add_marker(pytest.mark.xdist_group(str(item.path.relative_to(ROOT))))
    yield  # what is not asked for is taken out
    begun: set[str] = set()
    items.sort(key=lambda item: _order(item, begun))


def pytest_collection_finish() -> None:
    """What has been imported and collected stays to the end: no search through it for garbage."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _registries() -> Iterator[None]:
    """Names that a study defines have a meaning for one test only."""
    every: list[dict[str, Any]] = [BACKBONES, GENERATOR_FILES, METRICS, WEIGHTS]
    before = [dict(one) for one in every]
    yield
    for registry, entries in zip(every, before, strict=True):
        registry.clear()
        registry.update(entries)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of photos, weights and published values beside the checkout."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("no ../shared beside the checkout: its data are needed here")
    return folder


def small_values() -> dict[str, Any]:
    """A study of five cells whose trainings take a second each."""
    return {
        "tasks": {"bicubic-x4": {"degradation": "bicubic"}, "blind-x4": {"degradation": "blind"}},
        "discriminators": {
            "vgg-patch": {"backbone": "vgg-small", "head": "patch"},
            "vit-vanilla": {"backbone": "vit-small", "head": "vanilla", "spectral_norm": True},
        },
        "grid": {
            "tasks": ["bicubic-x4"],
            "generators": ["compact-tiny"],
            "fidelity": ["l1"],
            "discriminators": ["vgg-patch", "vit-vanilla"],
            "adversarial_weights": [0, 0.01, 0.1],
            "seeds": [0],
        },
        "warm_start": {"steps": 20, "batch": 2, "crop": 32, "learning_rate": 1e-3},
        "training": {"steps": 12, "batch": 2, "crop": 32},
        "evaluation": {"metrics": ["psnr_y", "gmsd"], "distortion": ["gmsd"]},
        "iqa_sets": {
            "severity": {"kind": "severity", "distortions": ["blur"], "levels": 3, "crop": 64}
        },
        "transfer": {"sets": ["severity"], "steps": 4, "batch": 4, "crop": 32, "validate_every": 2},
        "optimisability": {"images": 1, "crop": 32, "steps": 2, "draws": 2},
        "execution": {"device": "cpu", "log_every": 1, "bootstrap": 50},
    }


@pytest.fixture
def study_values() -> dict[str, Any]:
    return small_values()


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder as the current one: runs, caches and results of a test lie there."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Debian's Chromium, headless."""
    api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("no `chromium` on this machine: no page was opened in a browser")
    options = ["--force-color-profile=srgb"] + (["--no-sandbox"] if os.getuid() == 0 else [])
    with api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=options)
        yield opened
        opened.close()

"""Cells an hour: `asymmetry train` of K cells a process beside one basicsr process a cell.

The cells are those of the default study: its generator, pixel, fidelity and adversarial losses,
batch, crop, learning rates and moving average. Two processes of one thread each train at a time.
"""

import csv
import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from contextlib import chdir
from functools import partial
from pathlib import Path
from typing import Any

import torch

from asymmetry.planning.plan import Plan
from bench.basicsr_options import prepare_photos, training_options, write_options
from bench.compare import Aim, Sample, interleave, measurement
from bench.sides import Outcome, python, run_together
from bench.studies import default_study, write_study

PACKS = (1, 2, 4, 8)
STEPS = 60
SEEDS = (0, 1)  # one process each
_UNIT = "cells/h"
FIDELITY, DISCRIMINATOR = "dists-efficientnet-lite0", "vgg-patch"
# Two float32 implementations of one step, on losses of order one.
TOLERANCE = 1e-5
_NOTES = [
    "Training: cells of the default study (compact-tiny, L1 + DISTS on EfficientNet-Lite0 + BCE "
    f"with a VGG patch discriminator, batch 4, crop 64), {STEPS} steps each. Both sides train with "
    "two processes of one thread each at a time; the other side builds the same networks and "
    "losses, and a first step on the same batch gives the same losses (to 1e-5) and generator.",
    "basicsr's settings: SRGANModel, PairedImageDataset from lmdb, photos cut into tiles of 192 "
    "pixels beforehand (its own advice; whole photos decode slower), flips and rotations, "
    "dataset_enlarge_ratio 200, num_worker_per_gpu 0 (reading takes 1 % of a CPU step; on a GPU "
    "4, and its cuda prefetcher), no validation, no checkpoint but the last, no tensorboard.",
    "In the loop: the time from a training's first step to its last, without start-up, of which "
    "longer cells have less.",
]


def study_of(steps: int, device: str, log_every: int = 50) -> dict[str, Any]:
    """The default study's cells of one loss and discriminator, with eight adversarial weights."""
    values = default_study()
    values["grid"] |= {
        "fidelity": [FIDELITY],
        "discriminators": [DISCRIMINATOR],
        "adversarial_weights": [0.01 * (index + 1) for index in range(max(PACKS))],
        "seeds": list(SEEDS),
    }
    values["warm_start"]["steps"] = 2
    values["training"]["steps"] = steps
    values["execution"] |= {"device": device, "log_every": log_every}
    return values


def measure(runs: int) -> dict[str, Any]:
    """Cells an hour of both sides on the CPU, and on a GPU where there is one."""
    devices = {"cpu": 1.5} | ({"cuda": 3.0} if torch.cuda.is_available() else {})
    rows, checks = [], {}
    for device, aim in devices.items():
        with tempfile.TemporaryDirectory() as name, chdir(name):
            folder = Path(name)
            plan = write_study(folder, study_of(STEPS, device))
            photos = prepare_photos(plan, folder / "photos")
            _train(folder, [[run.id] for run in plan.warm_starts])
            if device == "cpu":
                checks = check_same_step(folder, photos)
            rows += _rows(plan, folder, photos, runs, f"training on {device}", aim)
    settings = {"steps": STEPS, "packs": PACKS, "seeds": SEEDS, "check": checks}
    return {"settings": settings, "notes": _NOTES, "rows": rows}


def _rows(
    plan: Plan, folder: Path, photos: Path, runs: int, title: str, aim: float
) -> list[dict[str, Any]]:
    """Two rows for each K: whole processes, and their loops, which the aim is for."""
    sides: dict[str, Callable[[], Mapping[str, Sample]]] = {
        "basicsr": lambda: _theirs(plan, folder, photos)
    }
    for size in PACKS:
        sides[f"K = {size}"] = partial(_ours, plan, folder, size)
    found = interleave(sides, runs)
    rows = []
    for whole in (f"K = {size}" for size in PACKS):
        loop = Aim("ratio", aim) if whole == "K = 4" else None
        rows += [
            measurement(f"{title}, {whole}", _UNIT, found[whole], found["basicsr"]),
            measurement(
                f"in the loop, {whole}",
                _UNIT,
                found[f"{whole}, loop"],
                found["basicsr, loop"],
                aim=loop,
            ),
        ]
    return rows


def _ours(plan: Plan, folder: Path, size: int) -> Mapping[str, Sample]:
    """The first `size` cells of each seed, trained anew in a process a seed."""
    groups = [[run for run in plan.runs if run.cell.seed == seed][:size] for seed in SEEDS]
    for run in (run for group in groups for run in group):
        shutil.rmtree(folder / run.folder, ignore_errors=True)
    outcomes = _train(folder, [[run.id for run in group] for group in groups])
    # The cells of a pack share its time: the sum of theirs is the pack's.
    loops = [
        sum(json.loads((folder / run.record).read_text())["seconds"] for run in group)
        for group in groups
    ]
    return _samples(f"K = {size}", len(SEEDS) * size, outcomes, max(loops))


def _train(folder: Path, groups: list[list[str]]) -> list[Outcome]:
    return run_together([python("asymmetry", "train", *ids) for ids in groups], folder)


def _theirs(plan: Plan, folder: Path, photos: Path) -> Mapping[str, Sample]:
    """A cell of each seed, in a process a cell."""
    commands = []
    for run in (next(run for run in plan.runs if run.cell.seed == seed) for seed in SEEDS):
        project = folder / "basicsr" / f"seed{run.cell.seed}"
        shutil.rmtree(project, ignore_errors=True)
        options = write_options(project, training_options(plan, run, photos))
        commands.append(python("bench.basicsr_train", str(project), str(options)))
    outcomes = run_together(commands, folder)
    loop = max(outcome.facts["loop_seconds"] for outcome in outcomes)
    return _samples("basicsr", len(SEEDS), outcomes, loop)


def _samples(name: str, cells: int, outcomes: list[Outcome], loop: float) -> Mapping[str, Sample]:
    wall = max(outcome.seconds for outcome in outcomes)
    peak = sum(outcome.peak_mb for outcome in outcomes)
    return {name: Sample(3600 * cells / wall, peak), f"{name}, loop": Sample(3600 * cells / loop)}


def check_same_step(folder: Path, photos: Path) -> dict[str, float]:
    """The largest difference of losses and of the averaged generator after the same first step.

    Ours is trained for one step as any cell is; raises SystemExit where the other side differs.
    """
    plan = write_study(folder / "check", study_of(1, "cpu", log_every=1))
    run = plan.runs[0]
    with chdir(folder / "check"):
        _train(Path(), [[run.warm_start]])
        _train(Path(), [[run.id]])
        options = write_options(Path("basicsr").absolute(), training_options(plan, run, photos))
        (outcome,) = run_together([python("bench.basicsr_check", str(options), run.id)], Path())
        with (run.folder / "log.csv").open() as file:
            row = {key: float(value) for key, value in next(csv.DictReader(file)).items()}
    theirs = outcome.facts
    names = ("pixel", "fidelity", "adversarial", "discriminator")
    found = {name: abs(row[name] - theirs[name]) for name in names}
    found["generator"] = theirs["generator"]
    if max(found.values()) > TOLERANCE:
        raise SystemExit(f"bench: the sides do not train the same: {found}")
    return found

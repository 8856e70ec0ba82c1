"""What planning costs: `snakemake -n` of large studies, and a finished study with nothing to do."""

import tempfile
from collections.abc import Callable, Mapping
from contextlib import chdir
from functools import partial
from pathlib import Path
from typing import Any

from asymmetry.pipeline.stages import Stages
from bench.compare import Aim, Sample, interleave, measurement
from bench.overhead import local, train_all
from bench.overhead import study as short_trainings
from bench.sides import python, run_together
from bench.studies import LINKS, default_study, write_study

SIZES = (300, 3_000, 10_000)
LOSSES = [
    *("l1", "mse", "charbonnier", "ms_ssim", "ssim_y", "gmsd", "fsim", "vsi", "nlpd"),
    "dists-efficientnet-lite0",
]
# The cells whose overhead is measured, losses x weights, and how many are trained at a time.
_OVERHEAD_CELLS, _SLOTS = 3 * 2, 2


def study_of(cells: int) -> dict[str, Any]:
    """The default study with that many cells, a multiple of 100: 10 losses, up to ten seeds."""
    values = default_study()
    seeds = min(10, cells // 100)
    # A weight above zero gives ten cells a seed with one discriminator; the last ten have none.
    games = cells // seeds // len(LOSSES)
    values["grid"] |= {
        "fidelity": LOSSES,
        "discriminators": ["vgg-patch"],
        "adversarial_weights": [0.001 * index for index in range(games)],
        "seeds": list(range(seeds)),
    }
    return values


def measure(runs: int) -> dict[str, Any]:
    """The seconds of planning and of doing nothing, and the overhead of a cell."""
    with tempfile.TemporaryDirectory() as folder:
        sides = {}
        for cells in SIZES:
            project = Path(folder, str(cells))
            write_study(project, study_of(cells), LINKS)
            sides[f"-n {cells}"] = _timed(f"-n {cells}", ["snakemake", "-n"], project)
        largest = Path(folder, str(SIZES[-1]))
        sides["quiet"] = _timed("quiet", ["snakemake", "-n", "--quiet"], largest)
        sides["ours"] = partial(_our_part, largest)
        finished = Path(folder, "finished")
        plant_finished(finished, study_of(SIZES[0]))
        sides["nothing"] = _timed("nothing", ["sh", "workflow/run.sh"], finished)
        for side in sides.values():
            side()  # warm-up: the photos are looked at, the modules are compiled
        found = interleave(sides, runs)
        overhead = [_overhead(Path(folder, f"overhead-{index}")) for index in range(runs)]
    rows = [
        measurement(
            f"`snakemake -n` of {cells:,} cells",
            "s",
            found[f"-n {cells}"],
            aim=Aim("at most", 15) if cells == SIZES[-1] else None,
        )
        for cells in SIZES
    ]
    rows += [
        measurement(f"the same of {SIZES[-1]:,}, without listing each job", "s", found["quiet"]),
        measurement("our part of it: ids, paths and stamps", "s", found["ours"]),
        measurement(
            f"nothing to do, {SIZES[0]} finished cells",
            "s",
            found["nothing"],
            aim=Aim("at most", 5),
        ),
        measurement("overhead of a cell, beside its steps", "s", overhead),
    ]
    return {
        "settings": {"sizes": SIZES, "losses": LOSSES, "overhead_cells": _OVERHEAD_CELLS},
        "notes": [
            "Planning: nearly all of it is Snakemake's own: the graph of its jobs, and with -n a "
            "listing of each. Ours looks for no garbage while the graph grows, and makes what all "
            "cells share once.",
            f"Overhead: what {_SLOTS} slots spend on anything but steps, a cell, where "
            f"{_OVERHEAD_CELLS} short cells are trained, {_SLOTS} processes at a time.",
        ],
        "rows": rows,
    }


def plant_finished(folder: Path, values: dict[str, Any]) -> None:
    """A study whose every file is there (empty), and whose history Snakemake knows."""
    plan = write_study(folder, values, LINKS)
    with chdir(folder):
        stages = Stages(plan)
        stamps = stages.stamps
        for name in stamps.by_name:
            stamps.stamp(name)
        made = [*stages.trained, *stages.fitted, *(part.path for part in stages.parts)]
        made += [path for stage in stamps.by_name.values() for path in stage.outputs]
        for path in made:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
    # Snakemake's own record of each file, which it reads again at every start.
    run_together([["snakemake", "--touch", "--forceall", "--cores", "1", "--quiet"]], folder)


def _timed(name: str, command: list[str], folder: Path) -> Callable[[], Mapping[str, Sample]]:
    def side() -> Mapping[str, Sample]:
        (outcome,) = run_together([command], folder)
        return {name: Sample(outcome.seconds, outcome.peak_mb)}

    return side


def _our_part(folder: Path) -> Mapping[str, Sample]:
    (outcome,) = run_together([python("bench.plan_time")], folder)
    return {"ours": Sample(outcome.facts["seconds"])}


def _overhead(folder: Path) -> Sample:
    values = short_trainings(weights=_OVERHEAD_CELLS // 3, seeds=1, steps=50)
    cost = train_all(folder, values, _SLOTS, *local(_SLOTS))
    return Sample(cost.overhead, cost.peak_mb)

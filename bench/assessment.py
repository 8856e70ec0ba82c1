"""Scores of 20 generators: ours beside pyiqa's API, one image at a time as its README shows."""

import math
import tempfile
from contextlib import chdir
from pathlib import Path
from typing import Any

from bench.compare import Aim, Sample, interleave, measurement
from bench.generators import METRICS, plant_generators, restored_images, write_references
from bench.sides import python, run_together
from bench.studies import default_study, write_study

GENERATORS, PHOTOS, SIDE = 20, 25, 192
# A run of the other side takes so many generators: it does for each what it does for any other.
SHARE = 4
_NOTES = [
    f"Assessment: {GENERATORS} generators (compact-tiny, random weights), {PHOTOS} crops of {SIDE} "
    f"pixels of the wheels' photos, {len(METRICS)} metrics ({', '.join(METRICS)}), one thread on "
    "each side. Ours is the whole of it, from reading photos and weights to the table, the "
    "generators included. pyiqa's metrics are made once and called with two paths of PNG files "
    f"that are there already; its runs take {SHARE} generators each and count {GENERATORS}/{SHARE} "
    "times, imports and the making of metrics not at all. Values agree within 1e-5 (psnr, fsim), "
    "1e-4 (vsi), the others within 1e-3 (ssim 5e-3): pyiqa's grey has other digits than MATLAB's.",
]


def study_of(references: Path) -> dict[str, Any]:
    """The default study with a cell a generator, on one set of references and eight metrics."""
    values = default_study()
    values["grid"] |= {
        "fidelity": ["l1"],
        "adversarial_weights": [0],
        "seeds": list(range(GENERATORS)),
    }
    values["evaluation"] = {
        "sets": {"bench": str(references)},
        "metrics": list(METRICS),
    }
    values["execution"]["device"] = "cpu"
    return values


def measure(runs: int) -> dict[str, Any]:
    """Seconds of both sides for all scores, and the largest differences between them."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        references = write_references(folder / "references", PHOTOS, SIDE)
        plan = write_study(folder / "study", study_of(references))
        with chdir(folder / "study"):
            ids = plant_generators(plan)
            outputs = restored_images(plan, ids, folder / "outputs", references)
        found: dict[str, dict[str, float]] = {"ours": {}, "theirs": {}}
        turn = 0

        def ours() -> dict[str, Sample]:
            (outcome,) = run_together([python("bench.assess_ours", *ids)], folder / "study")
            found["ours"] = outcome.facts["scores"]
            return {"asymmetry": Sample(outcome.facts["seconds"], outcome.peak_mb)}

        def theirs() -> dict[str, Sample]:
            nonlocal turn
            taken = [ids[(turn * SHARE + index) % len(ids)] for index in range(SHARE)]
            turn += 1
            command = python("bench.assess_pyiqa", str(references), str(outputs), *taken)
            (outcome,) = run_together([command], folder)
            found["theirs"] |= outcome.facts["scores"]
            seconds = outcome.facts["seconds"] * GENERATORS / SHARE
            return {"pyiqa": Sample(seconds, outcome.peak_mb)}

        samples = interleave({"pyiqa": theirs, "asymmetry": ours}, runs)
    largest = largest_differences(found["ours"], found["theirs"])
    row = measurement(
        f"{GENERATORS} x {PHOTOS} x {len(METRICS)} scores",
        "s",
        samples["asymmetry"],
        samples["pyiqa"],
        higher_is_better=False,
        aim=Aim("ratio", 5),
    )
    settings = {"largest_differences": largest, "side": SIDE, "metrics": list(METRICS)}
    return {"settings": settings, "notes": _NOTES, "rows": [row]}


def largest_differences(ours: dict[str, float], theirs: dict[str, float]) -> dict[str, float]:
    """The largest difference of each metric, relative above 1; SystemExit where too large."""
    largest: dict[str, float] = {}
    for key, value in theirs.items():
        metric = key.split()[-1]
        difference = abs(ours.get(key, math.inf) - value) / max(abs(value), 1.0)
        largest[metric] = max(difference, largest.get(metric, 0.0))
    if wrong := {name: far for name, far in largest.items() if not far <= METRICS[name]}:
        raise SystemExit(f"bench: the sides do not measure the same: {wrong}")
    return largest

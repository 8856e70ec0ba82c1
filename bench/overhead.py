"""What Snakemake, SLURM and start-up cost beside the trainings themselves: `make bench-overhead`.

Sixty trainings of some ten seconds on four GPUs, that are slots here and need not exist. Busy is
the share of the slots' time in which a training made steps; overhead is the rest, a cell.
"""

import argparse
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.sides import ROOT, run_together
from bench.studies import LINKS, default_study, write_study

SLOTS = 4
STEPS = 200


@dataclass(frozen=True)
class Cost:
    """What the trainings of a study took: seconds, of `slots` that `wall` passed on.

    `training` is what steps took, `process` what the training jobs did, both summed over cells.
    """

    cells: int
    slots: int
    wall: float
    training: float
    process: float
    peak_mb: float

    @property
    def overhead(self) -> float:
        """Seconds of a slot that went into anything but steps, a cell."""
        return (self.slots * self.wall - self.training) / self.cells


def study(weights: int = 10, seeds: int = 2, steps: int = STEPS) -> dict[str, Any]:
    """Sixty cells: 3 losses x 10 adversarial weights x 2 seeds, on the default study's photos."""
    values = default_study()
    values["grid"] |= {
        "fidelity": ["l1", "mse", "charbonnier"],
        "discriminators": ["vgg-patch"],
        "adversarial_weights": [0.001 * 2**power for power in range(weights)],
        "seeds": list(range(seeds)),
    }
    values["warm_start"] |= {"steps": 20, "crop": 32, "batch": 2}
    values["training"] |= {"steps": steps, "crop": 32, "batch": 2}
    values["execution"]["resources"] = {"train": {"gpu": 1, "mem_mb": 2000}}
    return values


def train_all(folder: Path, values: dict[str, Any], slots: int, *arguments: str) -> Cost:
    """Train all cells of a study in a new folder, as `snakemake train` does it."""
    write_study(folder, values, LINKS)
    (outcome,) = run_together([["snakemake", "train", *arguments]], folder)
    records = [json.loads(path.read_text()) for path in folder.glob("runs/**/run.json")]
    cells = [record for record in records if "/warm-start/" not in record["id"]]
    training = sum(record["seconds"] for record in cells)
    process = sum(record["usage"]["device_seconds"] for record in cells)
    return Cost(len(cells), slots, outcome.seconds, training, process, outcome.peak_mb)


def local(slots: int) -> tuple[str, ...]:
    """The arguments of Snakemake for that many trainings at a time on this machine."""
    return ("--cores", str(slots), "--resources", f"gpu={slots}")


def row(name: str, *arguments: str) -> str:
    """A row of the table."""
    with tempfile.TemporaryDirectory(dir=ROOT / ".asymmetry") as folder:
        cost = train_all(Path(folder, "project"), study(), SLOTS, *arguments)
    busy = cost.training / cost.wall / SLOTS
    return (
        f"| {name} | {cost.cells} | {cost.training / cost.cells:.1f} | {cost.wall:.0f} "
        f"| {busy:.0%} | {cost.overhead:.1f} | {(cost.process - cost.training) / cost.cells:.1f} |"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slurm", action="store_true", help="the cluster of `sinfo`, too")
    parser.add_argument("--poll", type=int, nargs="*", default=[10], help="seconds between polls")
    asked = parser.parse_args()
    (ROOT / ".asymmetry").mkdir(exist_ok=True)
    print("| how | cells | training s | wall s | busy | overhead s/cell | of it in the process |")
    print("|---|---|---|---|---|---|---|")
    print(row("this machine", *local(SLOTS)), flush=True)
    for seconds in asked.poll if asked.slurm else []:
        settings = ("--slurm-init-seconds-before-status-checks", str(seconds))
        name = f"SLURM, status after {seconds} s"
        print(row(name, "--cores", "all", "--profile", "slurm", *settings), flush=True)


if __name__ == "__main__":
    main()

"""What Snakemake, SLURM and start-up cost beside the trainings themselves: `make bench-overhead`.

Sixty trainings of some ten seconds on four GPUs, that are slots here and need not exist. Busy is
the share of the slots' time in which a training made steps; overhead is the rest, a cell.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
SLOTS = 4
STEPS = 200


def study() -> dict[str, Any]:
    """Sixty cells: 3 losses x 10 adversarial weights x 2 seeds, on the default study's photos."""
    values: dict[str, Any] = yaml.safe_load((ROOT / "params.yaml").read_text())
    values["grid"] |= {
        "fidelity": ["l1", "mse", "charbonnier"],
        "discriminators": ["vgg-patch"],
        "adversarial_weights": [0.001 * 2**power for power in range(10)],
        "seeds": [0, 1],
    }
    values["warm_start"] |= {"steps": 20, "crop": 32, "batch": 2}
    values["training"] |= {"steps": STEPS, "crop": 32, "batch": 2}
    values["execution"]["resources"] = {"train": {"gpu": 1, "mem_mb": 2000}}
    return values


def prepare(folder: Path) -> None:
    """A project in an empty folder, its warm start done."""
    for name in ("Snakefile", "workflow", "slurm"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "params.yaml").write_text(yaml.safe_dump(study()))


def snakemake(folder: Path, *arguments: str) -> float:
    """Train all cells; the seconds that it took."""
    scripts = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    began = time.monotonic()
    subprocess.run(
        ["snakemake", "train", *arguments],
        cwd=folder,
        env=os.environ | {"PATH": scripts},
        check=True,
        capture_output=True,
    )
    return time.monotonic() - began


def measure(name: str, *arguments: str) -> str:
    """A row of the table."""
    with tempfile.TemporaryDirectory(dir=ROOT / ".asymmetry") as folder:
        prepare(Path(folder))
        wall = snakemake(Path(folder), *arguments)
        records = [json.loads(path.read_text()) for path in Path(folder).glob("runs/**/run.json")]
    cells = [record for record in records if "/warm-start/" not in record["id"]]
    training = sum(record["seconds"] for record in cells)
    process = sum(record["ledger"]["device_seconds"] for record in cells)
    count = len(cells)
    return (
        f"| {name} | {count} | {training / count:.1f} | {wall:.0f} | {training / wall / SLOTS:.0%} "
        f"| {(SLOTS * wall - training) / count:.1f} | {(process - training) / count:.1f} |"
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
    local = ("--cores", str(SLOTS), "--resources", f"gpu={SLOTS}")
    print(measure("this machine", *local), flush=True)
    for seconds in asked.poll if asked.slurm else []:
        settings = ("--slurm-init-seconds-before-status-checks", str(seconds))
        row = measure(
            f"SLURM, status after {seconds} s", "--cores", "all", "--profile", "slurm", *settings
        )
        print(row, flush=True)


if __name__ == "__main__":
    main()

"""What the stage `analyse` costs on a large study: `python bench/hypotheses.py`.

300 cells x 100 images x 12 judges with 2,000 draws: every hypothesis with its tables, and each
again without every judge and family of backbones. The tables are made up; nothing is trained.
"""

import argparse
import resource
import tempfile
import time
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from asymmetry.analysis.analyse import analyse
from asymmetry.metrics.contracts import METRICS
from asymmetry.study import Study, parse_study
from asymmetry.tables.read import load_tables

ROOT = Path(__file__).resolve().parents[1]
LOSSES = [
    *("l1", "ms_ssim", "ssim", "gmsd", "vif", "nlpd", "lpips-alex", "dists-vgg16-random"),
    *("dists-vgg16", "dists-resnet50", "dists-swin-tiny", "dists-clip-vit-b32"),
]
TRUNKS = {"resnet-small": ("patch", "vanilla"), "vit-small": ("patch", "vanilla")}
WEIGHTS, SEEDS = [0.001, 0.1], 3
JUDGES = [
    *("psnr_y", "ssim_y", "fsim", "vsi", "cw_ssim", "piqe", "niqe", "lpips-squeeze", "lpips-vgg"),
    *("dists-alexnet", "dists-efficientnet-lite0", "dists-convnext-tiny"),
]


def study(draws: int) -> Study:
    """The study that the tables belong to."""
    values = yaml.safe_load((ROOT / "params.yaml").read_text())
    values["evaluation"] |= {"metrics": JUDGES, "metrics_with_weights": []}
    values["evaluation"] |= {"distortion": JUDGES[:5], "perception": JUDGES[5:]}
    values["execution"]["bootstrap"] = draws
    return parse_study(values, "bench")


def runs() -> pd.DataFrame:
    """12 losses x (1 + 4 discriminators x 2 weights) x 3 seeds, done but each eleventh."""
    discriminators = [
        (f"{trunk}-{head}", trunk, head) for trunk in TRUNKS for head in TRUNKS[trunk]
    ]
    settings = [("none", None, None, 0.0), *((*d, w) for d, w in product(discriminators, WEIGHTS))]
    rows = [
        {"run": f"{loss}/{name}/{weight}/{seed}", "kind": "cell", "task": "bicubic-x4"}
        | {"generator": "compact", "fidelity": loss, "discriminator": name, "backbone": backbone}
        | {"head": head, "initialisation": backbone and "scratch", "frozen": False, "seed": seed}
        | {"adversarial_weight": weight}
        for seed, loss, (name, backbone, head, weight) in product(range(SEEDS), LOSSES, settings)
    ]
    place = np.arange(len(rows))
    return pd.DataFrame(rows).assign(status=np.where(place % 11 == 10, "diverged", "done"))


def scores(cells: pd.DataFrame, images: int) -> pd.DataFrame:
    """A value for each judge, cell that is done, and image."""
    names = cells.loc[cells["status"] == "done", "run"].tolist()
    photos = [f"photo{place:03}" for place in range(images)]
    index = pd.MultiIndex.from_product([JUDGES, names, photos], names=["metric", "run", "image"])
    table = index.to_frame(index=False)
    values = np.random.default_rng(0).standard_normal(len(table))
    conventions = table["metric"].map({name: METRICS[name].convention for name in JUDGES})
    return table.assign(
        value=values, convention=conventions, task="bicubic-x4", set="held-out", status="ok"
    )


def skill() -> pd.DataFrame:
    """SRCC of each loss on two sets."""
    rng = np.random.default_rng(1)
    rows = [
        {"metric": loss, "role": "fidelity", "set": kind, "kind": kind, "subset": "all"}
        | {"statistic": "srcc", "value": rng.uniform(0.5, 0.95), "n": 100}
        for loss, kind in product(LOSSES, ("live", "pipal"))
    ]
    table = pd.DataFrame(rows)
    return table.assign(low=table["value"] - 0.05, high=table["value"] + 0.04)


def transfer() -> pd.DataFrame:
    """Three starts of each discriminator, seed and split, both kinds of model, two modes."""
    rng = np.random.default_rng(2)
    starts = {"random": 0.4, "discriminator": 0.5, "pretrained": 0.8}
    rows = [
        {"run": "", "discriminator": f"{trunk}-{head}", "backbone": trunk, "head": head}
        | {"fidelity": None, "adversarial_weight": np.nan, "seed": seed, "initialisation": start}
        | {"mode": mode, "reference": kind, "set": "live", "split": split, "part": "test"}
        | {"statistic": "srcc", "value": starts[start] + 0.05 * rng.standard_normal()}
        | {"n": 40, "status": "ok"}
        for trunk, heads in TRUNKS.items()
        for head, seed, start, mode, kind, split in product(
            heads, range(SEEDS), starts, ("fine-tune", "probe"), ("nr", "fr"), range(3)
        )
    ]
    table = pd.DataFrame(rows)
    return table.assign(low=table["value"] - 0.1, high=table["value"] + 0.1)


def optimisability() -> pd.DataFrame:
    """PSNR recovered of twenty images by each loss."""
    index = pd.MultiIndex.from_product([LOSSES, range(20)], names=["fidelity", "image"])
    table = index.to_frame(index=False)
    values = np.random.default_rng(3).normal(30, 3, len(table))
    return table.assign(statistic="recovery", value=values, status="ok")


def main() -> None:
    """Print a row of wall and CPU time and peak memory."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=100)
    parser.add_argument("--draws", type=int, default=2000)
    asked = parser.parse_args()
    cells = runs()
    with tempfile.TemporaryDirectory() as folder:
        made = {"runs": cells, "scores": scores(cells, asked.images), "skill": skill()}
        made |= {"transfer": transfer(), "optimisability": optimisability()}
        for name, table in made.items():
            table.to_parquet(Path(folder) / f"{name}.parquet", index=False)
        del made
        began, worked = time.monotonic(), time.process_time()
        analyse(study(asked.draws), Path(folder))
        wall, busy = time.monotonic() - began, time.process_time() - worked
        tables = load_tables(Path(folder))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20  # Linux counts in KiB
    counts = [len(cells), asked.images, len(JUDGES), asked.draws, len(tables.hypotheses)]
    counts.append(len(tables.robustness))
    print("| cells | images | judges | draws | conclusions | one left out | wall s | CPU s | GB |")
    print("|---|---|---|---|---|---|---|---|---|")
    print(f"| {' | '.join(map(str, counts))} | {wall:.1f} | {busy:.1f} | {peak:.2f} |")


if __name__ == "__main__":
    main()

"""Transfer on BIQ2021 beside a hand-made baseline: `python bench/biq2021.py FOLDER`.

FOLDER holds the images and `scores.csv` with the columns image, mos and split: 600 images to
train, 400 that every model predicts once. The baseline is BRISQUE (Mittal et al. 2012), 36
statistics of natural scenes under a support vector regression with its authors' settings, on all
600: an SRCC of .624, or .612 where the EXIF orientation of the photos is ignored. Beside it stand
linear probes of EfficientNet-Lite0, random and with ImageNet weights, on 408 of the 600: of the
others 178 choose the penalty, and 14 show what a test image does and are left out.
"""

import argparse
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from scipy.stats import spearmanr
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler
from sklearn.svm import SVR

from asymmetry.core import torchvision_ops  # noqa: F401

# isort: split
from pyiqa.archs.brisque_arch import natural_scene_statistics
from pyiqa.matlab_utils import imresize
from pyiqa.utils.color_util import to_y_channel

from asymmetry.data.images import Rgb, read_rgb, to_tensor
from asymmetry.iqa.transfer.measure import transfer_runs
from asymmetry.planning.plan import Plan
from asymmetry.study import Study, parse_study

CONTROLS = ("random", "pretrained")


def brisque(rgb: Rgb) -> np.ndarray:
    """The 36 features of an image [H,W,3]: 18 of its luma, and 18 at half the size."""
    luma = to_y_channel(to_tensor(rgb), 255.0)
    scales = [luma, imresize(luma, scale=0.5, antialiasing=True)]
    return torch.cat([natural_scene_statistics(scale) for scale in scales], dim=1)[0].numpy()


def baseline(folder: Path) -> float:
    """The SRCC on the test images of BRISQUE's features with its regression."""
    table = pd.read_csv(folder / "scores.csv")
    features = np.stack([brisque(read_rgb(folder / "Images" / name)) for name in table["image"]])
    train = (table["split"] == "train").to_numpy()
    # As its authors' release: features in -1..1, C = 1024, gamma = 0.05.
    regression = make_pipeline(MinMaxScaler((-1, 1)), SVR(C=1024, gamma=0.05))
    regression.fit(features[train], table["mos"][train])
    return float(spearmanr(regression.predict(features[~train]), table["mos"][~train])[0])


def study(folder: Path, crop: int) -> Study:
    """A study whose transfer is linear probes of EfficientNet-Lite0 on five crops an image."""
    return parse_study(
        {
            "tasks": {"bicubic-x4": {"degradation": "bicubic"}},
            "discriminators": {"lite": {"backbone": "efficientnet-lite0", "head": "patch"}},
            "grid": {
                "tasks": ["bicubic-x4"],
                "generators": ["compact-tiny"],
                "fidelity": ["l1"],
                "discriminators": ["lite"],
                "adversarial_weights": [0.01],
                "seeds": [0],
            },
            "warm_start": {"steps": 1},
            "training": {"steps": 1},
            "evaluation": {"metrics": ["psnr_y"], "distortion": ["psnr_y"]},
            "iqa_sets": {
                "biq2021": {
                    "kind": "scores",
                    "table": str(folder / "scores.csv"),
                    "folder": "Images",
                    "image": "image",
                    "score": "mos",
                    "split": "split",
                    "split_as_released": True,
                    "higher_is_better": True,
                }
            },
            "transfer": {"sets": ["biq2021"], "modes": ["probe"], "crop": crop},
        },
        "bench",
    )


def probes(folder: Path, crop: int, controls: Sequence[str] = CONTROLS) -> pd.DataFrame:
    """The rows of the test part's SRCC, by start; written below the current folder."""
    declared, output = study(folder, crop), Path("transfer.parquet")
    transfer_runs(declared, Plan(declared), [f"{name}/lite/seed0" for name in controls], output)
    table = pd.read_parquet(output).query("part == 'test' and statistic == 'srcc'")
    return table.set_index("initialisation")


def main() -> None:
    """Print the SRCC of each model."""
    parser = argparse.ArgumentParser(description="Transfer on BIQ2021 beside BRISQUE.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--crop", type=int, default=224)
    arguments = parser.parse_args()
    folder = arguments.folder.resolve()
    with tempfile.TemporaryDirectory() as scratch:
        os.chdir(scratch)
        for name, row in probes(folder, arguments.crop).iterrows():
            interval = f"{row['low']:.3f} to {row['high']:.3f}"
            print(f"EfficientNet-Lite0 {name}, probe: {row['value']:.3f} ({interval})")
        print(f"BRISQUE and SVR: {baseline(folder):.3f}")


if __name__ == "__main__":
    main()

"""A small set of distorted images with scores, and a study that fits channel weights to it."""

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageFilter

from tests.conftest import small_values

LOSS = "dists-vgg-small-random-calibrated"
CONTENTS = [f"r{number}.png" for number in range(6)]


def write_scored_set(folder: Path) -> Path:
    """Six references, each blurred three times and noisy three times; the path of the table.

    People, it says, mind blur and hardly noise.
    """
    folder.mkdir(parents=True)
    lines = ["image,ref,mos"]
    for number, reference in enumerate(CONTENTS):
        rng = np.random.default_rng(number)
        coarse = Image.fromarray(rng.integers(0, 256, (9, 11 + number, 3), dtype=np.uint8))
        image = coarse.resize((56, 48), Image.Resampling.BICUBIC)
        image.save(folder / reference)
        for level in (1, 2, 3):
            image.filter(ImageFilter.GaussianBlur(level)).save(folder / f"b{number}{level}.png")
            noise = rng.normal(0, 8 * level, (48, 56, 3))
            noisy = np.clip(np.asarray(image) + noise, 0, 255).astype(np.uint8)
            Image.fromarray(noisy).save(folder / f"n{number}{level}.png")
            lines.append(f"b{number}{level}.png,{reference},{5 - level + 0.01 * number}")
            lines.append(f"n{number}{level}.png,{reference},{5 - 0.1 * level}")
    table = folder / "scores.csv"
    table.write_text("\n".join(lines) + "\n")
    return table


def calibrated_values(table: Path | str = "mine/scores.csv") -> dict[str, Any]:
    """The small study with a calibrated loss beside `l1`, fitted to half of the set."""
    values = small_values()
    values["grid"] |= {"fidelity": ["l1", LOSS], "adversarial_weights": [0]}
    values["iqa_sets"]["mine"] = {
        "kind": "scores",
        "table": str(table),
        "image": "image",
        "reference": "ref",
        "score": "mos",
        "higher_is_better": True,
    }
    values["calibration"] = {"set": "mine"}
    return values

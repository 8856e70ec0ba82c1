from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from asymmetry.study import Study, parse_study
from tests.conftest import small_values

SCORED = {
    "kind": "scores",
    "image": "image",
    "reference": "ref",
    "score": "mos",
    "higher_is_better": True,
    "folder": "images",
}


def picture(seed: int, size: tuple[int, int] = (48, 32)) -> Image.Image:
    """A picture of soft patches, of another content for each seed."""
    coarse = np.random.default_rng(seed).integers(0, 256, (9, 9, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)


def declare(photos: Path, **changes: Any) -> Study:
    """The small study over the photos of a folder; `changes` replace its sections."""
    return parse_study(small_values() | {"photos": {"source": str(photos)}} | changes, "test")


@pytest.fixture
def photos(workplace: Path) -> Path:
    """A folder of ten small photos of different contents: noise of different spectra."""
    folder = workplace / "photos"
    folder.mkdir()
    for number in range(10):
        rng = np.random.default_rng(number)
        coarse = rng.integers(0, 256, (8 + number, 9, 3), dtype=np.uint8)
        texture = rng.integers(-40, 41, (80, 96, 3))
        image = np.asarray(Image.fromarray(coarse).resize((96, 80), Image.Resampling.BICUBIC))
        noisy = np.clip(image.astype(int) + texture, 0, 255).astype(np.uint8)
        Image.fromarray(noisy).save(folder / f"p{number}.png")
    return folder


@pytest.fixture
def table(workplace: Path) -> Path:
    """A table of three scored images of two contents, beside the images."""
    folder = workplace / "set" / "images"
    folder.mkdir(parents=True)
    for seed, name in enumerate(("a1", "a2", "b1", "a", "b")):
        picture(seed, (20, 12)).save(folder / f"{name}.png")
    path = folder.with_name("scores.csv")
    path.write_text("image,ref,mos\na1.png,a.png,2.5\na2.png,a.png,1\nb1.png,b.png,4\n")
    return path

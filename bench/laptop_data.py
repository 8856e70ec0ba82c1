"""The images of `studies/laptop.yaml`: `python -m bench.laptop_data FOLDER`, into `data/laptop/`.

FOLDER holds the folders `gb82`, `photos`, `kodak24`, `set14` and `bsd100` of images of any size.

- `photos`, for training: the images of `gb82` as they are, and those of `photos`, most of which are
  soft at full size, reduced to a third by the mean of 3 x 3 pixels; of each the central square of
  at most 576 pixels.
- `kodak24`, `set14`, `bsd100`, for evaluation: the central square of 208 pixels of each, so that
  twelve core-hours suffice; smaller images are left out, and of `bsd100` every eighth is taken.

Files are PNG, so without loss, and equal on all machines.
"""

import argparse
from pathlib import Path

from PIL import Image

TARGET = Path("data/laptop")
TRAINING_SIDE, SIDE = 576, 208
SOFT = 3  # the reduction of photos that are soft at full size
EVERY = {"kodak24": 1, "set14": 1, "bsd100": 8}


def prepare(source: Path, target: Path = TARGET) -> dict[str, int]:
    """Write all images; the number of each folder. FileNotFoundError where a folder has none."""
    sets = {"photos": [*_training(source / "gb82", 1), *_training(source / "photos", SOFT)]}
    for name, every in EVERY.items():
        found = [(path, _square(_read(path), SIDE)) for path in _images(source / name)[::every]]
        sets[name] = [(path, image) for path, image in found if min(image.size) == SIDE]
    for name, images in sets.items():
        (target / name).mkdir(parents=True, exist_ok=True)
        for path, image in images:
            image.save(target / name / f"{path.stem}.png")
    return {name: len(images) for name, images in sets.items()}


def _training(folder: Path, reduction: int) -> list[tuple[Path, Image.Image]]:
    return [
        (path, _square(_read(path).reduce(reduction), TRAINING_SIDE)) for path in _images(folder)
    ]


def _images(folder: Path) -> list[Path]:
    known = Image.registered_extensions()
    found = sorted(path for path in folder.glob("*") if path.suffix.lower() in known)
    if not found:
        raise FileNotFoundError(f"{folder}: has no images; put them there")
    return found


def _read(path: Path) -> Image.Image:
    return Image.open(path).convert("RGB")


def _square(image: Image.Image, side: int) -> Image.Image:
    """The central square of at most `side` pixels."""
    side = min(side, *image.size)
    left, top = ((length - side) // 2 for length in image.size)
    return image.crop((left, top, left + side, top + side))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    for name, count in prepare(parser.parse_args().folder).items():
        print(f"{TARGET / name}: {count} images")

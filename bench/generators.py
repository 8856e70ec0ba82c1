"""Generators with random weights, planted as finished runs, and what they make of references."""

import json
from itertools import cycle, islice
from pathlib import Path

import torch
from PIL import Image
from safetensors.torch import load_file, save_file

from asymmetry.core.files import sha256_of
from asymmetry.data.images import read_rgb, to_tensor, to_uint8
from asymmetry.data.load import load_photo
from asymmetry.data.operations import reduce_bicubic
from asymmetry.data.photos import read_photos
from asymmetry.generators.build import build_generator
from asymmetry.planning.plan import Plan
from asymmetry.study import Photos

# pyiqa calls them the same; those that need weights it would fetch. Beside each, how far the values
# may be apart, relatively above 1: the grey of ours is MATLAB's, of pyiqa's that of YIQ with three
# digits, and both round it to 8 bits. VSI takes a power .02 of a similarity of colours that can be
# nothing but rounding: there a single pixel counts as 0 or as .5.
METRICS = {
    "psnr": 1e-5,
    "ssim": 5e-3,
    "ms_ssim": 1e-3,
    "cw_ssim": 1e-3,
    "gmsd": 1e-3,
    "fsim": 1e-5,
    "vif": 1e-3,
    "vsi": 1e-4,
}


def write_references(folder: Path, count: int, side: int) -> Path:
    """`count` squares of the wheels' photos as PNG: the photos in turn, each time a step on."""
    folder.mkdir(parents=True)
    photos = [load_photo(photo) for photo in read_photos(Photos()).photos]
    for index, photo in enumerate(islice(cycle(photos), count)):
        height, width = photo.shape[:2]
        part = (index // len(photos) + 1) / (count // len(photos) + 2)
        top, left = round((height - side) * part), round((width - side) * part)
        square = photo[top : top + side, left : left + side]
        Image.fromarray(square).save(folder / f"{index:02d}.png")
    return folder


def plant_generators(plan: Plan) -> list[str]:
    """Every cell of the plan as a finished run whose generator has other random weights; its id."""
    for run in plan.runs:
        run.folder.mkdir(parents=True, exist_ok=True)
        file = run.folder / "generator.safetensors"
        scale = plan.study.tasks[run.cell.task].scale
        generator = build_generator(run.cell.generator, scale, run.cell.seed)
        save_file({key: t.contiguous() for key, t in generator.state_dict().items()}, file)
        record = {"id": run.id, "status": "done", "outputs": {file.name: sha256_of(file)}}
        run.record.write_text(json.dumps(record))
    return [run.id for run in plan.runs]


def restored_images(plan: Plan, ids: list[str], folder: Path, references: Path) -> Path:
    """What each generator makes of the reduced references, as `<folder>/<run>/<image>.png`."""
    for run_id in ids:
        run = plan.find(run_id)
        scale = plan.study.tasks[run.cell.task].scale
        generator = build_generator(run.cell.generator, scale, run.cell.seed).eval()
        generator.load_state_dict(load_file(run.folder / "generator.safetensors"))
        (folder / run_id).mkdir(parents=True)
        for path in sorted(references.glob("*.png")):
            low = to_tensor(reduce_bicubic(read_rgb(path), scale))
            with torch.inference_mode():
                restored = generator(low).clamp(0, 1)
            Image.fromarray(to_uint8(restored)).save(folder / run_id / path.name)
    return folder

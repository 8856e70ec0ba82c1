"""A cell of a study as basicsr's own options, and its photos as basicsr wants them."""

from pathlib import Path
from typing import Any

import torch
import yaml
from PIL import Image
from safetensors.torch import load_file

from asymmetry.core import torchvision_ops  # noqa: F401
from asymmetry.data.images import Rgb, crop_to_multiple
from asymmetry.data.load import load_photo
from asymmetry.data.operations import reduce_bicubic
from asymmetry.planning.plan import Plan
from asymmetry.planning.run import Run
from asymmetry.study import Discriminator

TILE = 192


def prepare_photos(plan: Plan, folder: Path) -> Path:
    """The training photos and their bicubic reductions as tiles in `gt.lmdb` and `lq.lmdb`.

    Tiles overlap by half; `folder/gt` holds the tiles of the references as PNG, and `meta.txt`
    their names.
    """
    from basicsr.utils.lmdb_util import make_lmdb_from_imgs  # only `make bench` installs it

    scale, names = 4, []
    for photo in plan.photos.split("train"):
        reference = crop_to_multiple(load_photo(photo, plan.study.photos.reduce), scale)
        reduced = reduce_bicubic(reference, scale)
        for top, left in _places(reference):
            name = f"{photo.name}-{top}-{left}"
            for kind, image, at in (("gt", reference, 1), ("lq", reduced, scale)):
                y, x, side = top // at, left // at, TILE // at
                path = folder / kind / f"{name}.png"
                path.parent.mkdir(parents=True, exist_ok=True)
                Image.fromarray(image[y : y + side, x : x + side]).save(path)
            names.append(name)
    (folder / "meta.txt").write_text("".join(f"{name}.png\n" for name in names))
    for kind in ("gt", "lq"):
        files = [f"{name}.png" for name in names]
        lmdb = str(folder / f"{kind}.lmdb")
        make_lmdb_from_imgs(str(folder / kind), lmdb, files, names, map_size=2**30)
    return folder


def _places(image: Rgb) -> list[tuple[int, int]]:
    height, width = image.shape[:2]
    rows, columns = (range(0, side - TILE + 1, TILE // 2) for side in (height, width))
    return [(top, left) for top in rows for left in columns]


def training_options(plan: Plan, run: Run, photos: Path) -> dict[str, Any]:
    """The options of basicsr's training pipeline for a run; its warm start must be there."""
    study, cell = plan.study, run.cell
    gpu = study.execution.device == "cuda"
    section, scale = study.training, study.tasks[cell.task].scale
    generator = {"name": cell.generator, "scale": scale, "seed": cell.seed}
    discriminator: Discriminator = study.discriminators[cell.discriminator]
    adam = {"type": "Adam", "weight_decay": 0, "betas": list(section.betas)}
    rates = section.schedule
    return {
        "name": "cell",
        "model_type": "SRGANModel",
        "scale": scale,
        "num_gpu": int(gpu),
        "manual_seed": cell.seed,
        "datasets": {"train": _dataset(photos, section.crop, section.batch, gpu)},
        "network_g": {"type": "asymmetry_generator", **generator},
        "network_d": {
            "type": "asymmetry_discriminator",
            "spec": discriminator.model_dump(mode="json"),
            "seed": cell.seed,
        },
        "path": {
            "pretrain_network_g": str(_warm_weights(plan, run, photos)),
            "strict_load_g": True,
            "resume_state": None,
        },
        "train": {
            "ema_decay": section.ema,
            "optim_g": {"lr": section.learning_rate, **adam},
            "optim_d": {"lr": section.discriminator_learning_rate, **adam},
            "scheduler": {
                "type": "MultiStepLR",
                "milestones": [round(at * section.steps) for at in rates.milestones],
                "gamma": rates.factor,
            },
            "total_iter": section.steps,
            "warmup_iter": -1,
            "pixel_opt": {
                "type": "L1Loss",
                "loss_weight": section.pixel_weight,
                "reduction": "mean",
            },
            "perceptual_opt": {
                "type": "AsymmetryFidelity",
                "name": cell.fidelity,
                "loss_weight": section.fidelity_weight,
            },
            "gan_opt": {
                "type": "GANLoss",
                "gan_type": "vanilla",
                "loss_weight": cell.adversarial_weight,
            },
            "net_d_iters": 1,
            "net_d_init_iters": 0,
        },
        "logger": {
            "print_freq": study.execution.log_every,
            "save_checkpoint_freq": 10**9,
            "use_tb_logger": False,
            "wandb": {"project": None, "resume_id": None},
        },
        "dist_params": {"backend": "gloo"},
    }


def write_options(folder: Path, options: dict[str, Any]) -> Path:
    """The options as a YAML file in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "options.yml"
    path.write_text(yaml.safe_dump(options))
    return path


def _dataset(photos: Path, crop: int, batch: int, gpu: bool) -> dict[str, Any]:
    return {
        "name": "photos",
        "type": "PairedImageDataset",
        "dataroot_gt": str(photos / "gt.lmdb"),
        "dataroot_lq": str(photos / "lq.lmdb"),
        "io_backend": {"type": "lmdb"},
        "gt_size": crop,
        "use_hflip": True,
        "use_rot": True,
        "num_worker_per_gpu": 4 if gpu else 0,
        "batch_size_per_gpu": batch,
        "dataset_enlarge_ratio": 200,
        "prefetch_mode": "cuda" if gpu else None,
        "pin_memory": gpu,
    }


def _warm_weights(plan: Plan, run: Run, folder: Path) -> Path:
    """The generator of the warm start as basicsr loads it."""
    warm = plan.find(str(run.warm_start))
    state = load_file(warm.folder / "generator.safetensors")
    path = folder / f"warm-{run.cell.seed}.pth"
    torch.save({"params": state, "params_ema": state}, path)
    return path

"""Seconds of Real-ESRGAN batches by basicsr, in one process of one thread.

`python -m bench.data_basicsr CROP BATCH BATCHES PHOTOS [--references]`: with `--references` its
data set alone, without the degradation that its model does.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

import torch
from torch.utils.data import DataLoader, RandomSampler

from bench import basicsr_parts  # noqa: F401

# isort: split
from basicsr.data.realesrgan_dataset import RealESRGANDataset
from basicsr.models import realesrgan_model
from basicsr.utils import DiffJPEG, USMSharp
from basicsr.utils.img_process_util import filter2D

# As options/train_realesrgan_x4plus.yml of Real-ESRGAN has them.
_KERNELS = ["iso", "aniso", "generalized_iso", "generalized_aniso", "plateau_iso", "plateau_aniso"]
_SHARES = [0.45, 0.25, 0.12, 0.03, 0.12, 0.03]
_DEGRADATION: dict[str, Any] = {
    "resize_prob": [0.2, 0.7, 0.1],
    "resize_range": [0.15, 1.5],
    "gaussian_noise_prob": 0.5,
    "noise_range": [1, 30],
    "poisson_scale_range": [0.05, 3],
    "gray_noise_prob": 0.4,
    "jpeg_range": [30, 95],
    "second_blur_prob": 0.8,
    "resize_prob2": [0.3, 0.4, 0.3],
    "resize_range2": [0.3, 1.2],
    "gaussian_noise_prob2": 0.5,
    "noise_range2": [1, 25],
    "poisson_scale_range2": [0.05, 2.5],
    "gray_noise_prob2": 0.4,
    "jpeg_range2": [30, 95],
}

# On a CPU the layout of what JPEG gives is one that basicsr's filter refuses.
realesrgan_model.filter2D = lambda image, kernel: filter2D(image.contiguous(), kernel)


class Degradation(realesrgan_model.RealESRGANModel):
    """basicsr's model without its networks: `feed_data` makes `lq` and `gt` of a batch.

    It puts two helpers on a GPU and keeps a pool of pairs there; here neither is done.
    """

    def __init__(self, crop: int) -> None:
        self.opt = {**_DEGRADATION, "scale": 4, "gt_size": crop}
        self.is_train, self.device = True, torch.device("cpu")
        self.jpeger, self.usm_sharpener = DiffJPEG(differentiable=False), USMSharp()

    def _dequeue_and_enqueue(self) -> None:
        pass


def dataset(photos: Path) -> RealESRGANDataset:
    """The data set with Real-ESRGAN's own settings."""
    blur = {
        f"{key}{order}": value
        for order, sigmas in (("", [0.2, 3]), ("2", [0.2, 1.5]))
        for key, value in {
            "blur_kernel_size": 21,
            "kernel_list": _KERNELS,
            "kernel_prob": _SHARES,
            "sinc_prob": 0.1,
            "blur_sigma": sigmas,
            "betag_range": [0.5, 4],
            "betap_range": [1, 2],
        }.items()
    }
    source = {"dataroot_gt": str(photos / "gt.lmdb"), "io_backend": {"type": "lmdb"}}
    turns = {"use_hflip": True, "use_rot": False}
    return RealESRGANDataset({**source, **turns, **blur, "final_sinc_prob": 0.8})


def main() -> None:
    """Print the seconds that the batches after the first one took."""
    crop, size, batches = map(int, sys.argv[1:4])
    references_only = "--references" in sys.argv
    torch.set_num_threads(1)
    photos = dataset(Path(sys.argv[4]))
    drawn = RandomSampler(photos, replacement=True, num_samples=size * (batches + 1))
    loader = iter(DataLoader(photos, size, sampler=drawn))
    degradation = Degradation(crop)

    def batch() -> None:
        data = next(loader)
        if not references_only:
            degradation.feed_data(data)
            assert degradation.lq.shape[2:] == (crop // 4, crop // 4)

    batch()
    began = time.monotonic()
    for _ in range(batches):
        batch()
    print(json.dumps({"seconds": time.monotonic() - began}))


if __name__ == "__main__":
    main()

"""Seconds of batches of a task, in a study's folder.

`python -m bench.data_ours CROP BATCH BATCHES TASK`
"""

import json
import sys
import time

import torch

from asymmetry.cli.options import DEFAULT, plan_of
from asymmetry.data.crops import TrainingCrops


def main() -> None:
    """Print the seconds that the batches after the first one took."""
    crop, batch, batches = map(int, sys.argv[1:4])
    torch.set_num_threads(1)
    plan = plan_of(DEFAULT)
    photos, task = plan.photos.split("train"), plan.study.tasks[sys.argv[4]]
    crops = TrainingCrops(photos, task, crop, batch, seed=0, reduce=plan.study.photos.reduce)
    crops.batch(0)
    began = time.monotonic()
    for step in range(1, batches + 1):
        crops.batch(step)
    print(json.dumps({"seconds": time.monotonic() - began}))


if __name__ == "__main__":
    main()

"""Scores by pyiqa's API: `python -m bench.assess_pyiqa REFERENCES OUTPUTS RUN...`.

As its README shows: a metric is made once, and called with the paths of an image and its reference.
"""

import json
import sys
import time
from pathlib import Path

import torch

from asymmetry.core import torchvision_ops  # noqa: F401

# isort: split
import pyiqa

from bench.generators import METRICS


def main() -> None:
    """Print the seconds of all calls, and every score by run, image and metric."""
    references, outputs, *ids = sys.argv[1:]
    torch.set_num_threads(1)
    metrics = {name: pyiqa.create_metric(name, device=torch.device("cpu")) for name in METRICS}
    scores = {}
    began = time.monotonic()
    for run_id in ids:
        for reference in sorted(Path(references).glob("*.png")):
            restored = Path(outputs, run_id, reference.name)
            for name, metric in metrics.items():
                paths = [str(restored)] + ([str(reference)] if metric.metric_mode == "FR" else [])
                scores[f"{run_id} {reference.stem} {name}"] = float(metric(*paths))
    seconds = time.monotonic() - began
    print()
    print(json.dumps({"seconds": seconds, "scores": scores}))


if __name__ == "__main__":
    main()

"""Training pairs an hour under blind degradation, beside basicsr's Real-ESRGAN data set."""

import tempfile
from contextlib import chdir
from pathlib import Path
from typing import Any

from bench.basicsr_options import prepare_photos
from bench.compare import Aim, Sample, interleave, measurement
from bench.sides import python, run_together
from bench.studies import default_study, write_study

CROP, BATCH = 256, 12  # Real-ESRGAN's own
# Batches that are measured, after one that is not.
OURS, PAIRS, REFERENCES = 40, 2, 40
_NOTES = [
    f"Data: crops of {CROP} pixels, batches of {BATCH}, one process of one thread on each side; "
    "start-up and the first batch are not counted. Ours is one order of degradation (blur, bicubic "
    "reduction, noise, JPEG); basicsr's RealESRGANDataset with its model's feed_data is two, on "
    "crops of 400 pixels that it cuts afterwards, with resizing, sinc filters and USM: the two do "
    "different work for the same thing, a pair to train on. In both rows ours is the whole pair. "
    "basicsr reads the tiles of 192 pixels from lmdb and pads them; its pool of pairs is left out.",
]


def measure(runs: int) -> dict[str, Any]:
    """Crops an hour: ours, basicsr's whole pair, and its data set without the degradation."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plan = write_study(folder, default_study())
        with chdir(folder):
            photos = prepare_photos(plan, folder / "photos")

        def ours() -> dict[str, Sample]:
            return {"ours": _rate("bench.data_ours", folder, OURS)}

        def theirs() -> dict[str, Sample]:
            return {"pair": _rate("bench.data_basicsr", folder, PAIRS, str(photos))}

        def references() -> dict[str, Sample]:
            arguments = (str(photos), "--references")
            return {"references": _rate("bench.data_basicsr", folder, REFERENCES, *arguments)}

        sides = {"asymmetry": ours, "basicsr": theirs, "basicsr, references": references}
        found = interleave(sides, runs)
    unit = "crops/h"
    rows = [
        measurement("blind pairs", unit, found["ours"], found["pair"], aim=Aim("ratio", 2)),
        measurement("its data set alone, no input made", unit, found["ours"], found["references"]),
    ]
    return {
        "settings": {"crop": CROP, "batch": BATCH, "batches": [OURS, PAIRS, REFERENCES]},
        "notes": _NOTES,
        "rows": rows,
    }


def _rate(module: str, folder: Path, batches: int, *arguments: str) -> Sample:
    sizes = (str(CROP), str(BATCH), str(batches))
    (outcome,) = run_together([python(module, *sizes, *arguments)], folder)
    return Sample(3600 * BATCH * batches / outcome.facts["seconds"], outcome.peak_mb)

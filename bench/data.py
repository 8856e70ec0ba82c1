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
OURS, SECOND_ORDER, PAIRS, REFERENCES = 40, 4, 2, 40
_NOTES = [
    f"Data: crops of {CROP} pixels, batches of {BATCH}, one process of one thread on each side; "
    "start-up and the first batch are not counted. Equal work: both sides do the two rounds of "
    "Real-ESRGAN, with its ranges; basicsr (RealESRGANDataset and its model's feed_data) does them "
    "on crops of 400 pixels, with border effects that it cuts off afterwards, and sharpens the "
    "reference (USM). The blind pairs of the default study have one round (blur, bicubic "
    "reduction, noise, JPEG), so that row compares different work for the same thing, a pair to "
    "train on. In all rows ours is the whole pair. basicsr reads the tiles of 192 pixels from lmdb "
    "and pads them; its pool of pairs is left out.",
]


def measure(runs: int) -> dict[str, Any]:
    """Crops an hour: ours, basicsr's whole pair, and its data set without the degradation."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        values = default_study()
        values["tasks"]["second-order-x4"] = {"degradation": "second-order", "scale": 4}
        plan = write_study(folder, values)
        with chdir(folder):
            photos = prepare_photos(plan, folder / "photos")

        def ours() -> dict[str, Sample]:
            return {"ours": _rate("bench.data_ours", folder, OURS, "blind-x4")}

        def second_order() -> dict[str, Sample]:
            rate = _rate("bench.data_ours", folder, SECOND_ORDER, "second-order-x4")
            return {"second-order": rate}

        def theirs() -> dict[str, Sample]:
            return {"pair": _rate("bench.data_basicsr", folder, PAIRS, str(photos))}

        def references() -> dict[str, Sample]:
            arguments = (str(photos), "--references")
            return {"references": _rate("bench.data_basicsr", folder, REFERENCES, *arguments)}

        sides = {
            "asymmetry": ours,
            "asymmetry, second-order": second_order,
            "basicsr": theirs,
            "basicsr, references": references,
        }
        found = interleave(sides, runs)
    unit = "crops/h"
    rows = [
        measurement(
            "second-order pairs, equal work",
            unit,
            found["second-order"],
            found["pair"],
            aim=Aim("ratio", 2),
        ),
        measurement("blind pairs", unit, found["ours"], found["pair"], aim=Aim("ratio", 2)),
        measurement("its data set alone, no input made", unit, found["ours"], found["references"]),
    ]
    return {
        "settings": {
            "crop": CROP,
            "batch": BATCH,
            "batches": [OURS, SECOND_ORDER, PAIRS, REFERENCES],
        },
        "notes": _NOTES,
        "rows": rows,
    }


def _rate(module: str, folder: Path, batches: int, *arguments: str) -> Sample:
    sizes = (str(CROP), str(BATCH), str(batches))
    (outcome,) = run_together([python(module, *sizes, *arguments)], folder)
    return Sample(3600 * BATCH * batches / outcome.facts["seconds"], outcome.peak_mb)

"""Every published value beside the checkout, against the metric of that name.

`TOLERANCE` is what is left between the published value and ours; where it is more than half a unit
of the last published digit, the reason stands beside it. Rows that cannot be computed are skipped,
each with its reason.
"""

import csv
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from asymmetry.fidelity.as_metric import build_measure, build_metric
from asymmetry.imaging.colour import grey, to_8_bits
from asymmetry.metrics.build import Metric
from asymmetry.metrics.contracts import METRICS
from asymmetry.metrics.psnr import psnr
from asymmetry.metrics.srsim import srsim_of
from asymmetry.metrics.ssim import SCALE_WEIGHTS, scale_moments, scale_terms, ssim
from asymmetry.weights.store import has_weights

CALIBRATION = Path(__file__).resolve().parents[3] / "shared/data/calibration"
WEIGHTS = CALIBRATION.parents[1] / "weights"
CPU = torch.device("cpu")

TOLERANCE = {
    ("pyiqa", "psnr"): 0.005,
    ("pyiqa", "ssim"): 5e-5,
    ("pyiqa", "ms_ssim"): 5e-5,
    ("pyiqa", "cw_ssim"): 5e-5,
    ("pyiqa", "fsim"): 1e-4,  # phase congruency in single precision
    ("pyiqa", "vif"): 5e-5,
    # Not MATLAB's: the value is of another Python implementation, which reduces images otherwise.
    ("pyiqa", "vsi"): 0.0125,
    ("pyiqa", "gmsd"): 1e-12,
    ("pyiqa", "nlpd"): 1e-12,
    ("pyiqa", "lpips"): 5e-5,
    ("pyiqa", "dists"): 5e-5,
    ("pyiqa", "piqe"): 0.005,
    ("pyiqa", "niqe"): 1e-11,
    ("pyiqa", "musiq"): 0.05,  # its authors' value is of another framework's resizing
    ("piq", "ssim"): 5e-5,
    ("piq", "fsim"): 1e-5,
    ("piq", "gmsd"): 1e-11,
    ("piq", "dists"): 5e-6,
    ("piq", "mdsi-sum"): 1e-12,
    ("piq", "srsim"): 1e-8,
    ("piq", "iw_ssim"): 1e-12,
    ("piq", "dss"): 5e-9,
    ("basicsr", "psnr"): 2e-6,
    ("basicsr", "ssim"): 2e-6,
    ("basicsr", "psnr_y"): 2e-6,
    ("basicsr", "ssim_y"): 2e-6,
    ("basicsr", "niqe"): 1e-6,
    ("lpips", "lpips"): 5e-4,
}
# Of one image, where it has another tolerance than the others.
OF_IMAGE = {("niqe", "I03"): 7e-4}  # mostly flat areas, whose rounding errors NIQE sees
OTHER_PRISTINE = "another pristine model, which is not in the weights manifest"
# What a row calls otherwise.
OTHER_NAMES = {"lpips": "lpips-alex", "mdsi-sum": "mdsi"}
NO_WEIGHTS = "its weights are not in the weights manifest"
NOT_BUILT = "not a metric of this project"
SKIPPED = {
    "niqe_matlab": OTHER_PRISTINE,
    "mad": "20 s an image: too slow to be of use",
    "entropy": NOT_BUILT + ": it has no direction",
    "mdsi-mult": NOT_BUILT + ": MDSI here is the sum, the default",
    "vifp": NOT_BUILT + ": VIF here is the one of steerable pyramids",
    **dict.fromkeys(["brisque", "brisque_matlab", "ckdn", "nrqm", "pi"], NO_WEIGHTS),
    **dict.fromkeys(["ilniqe", "paq2piq", "laion_aes"], NO_WEIGHTS),
    **dict.fromkeys(["musiq-ava", "musiq-paq2piq", "musiq-spaq"], NO_WEIGHTS),
}


def rows() -> list[dict[str, str]]:
    table = CALIBRATION / "reference_values.csv"
    if not table.is_file():
        return []  # pytest then shows the test as skipped
    with table.open(newline="") as file:
        return list(csv.DictReader(file))


def read(path: str) -> Tensor:
    pixels = np.array(Image.open(CALIBRATION / path).convert("RGB"))
    return torch.from_numpy(pixels).permute(2, 0, 1).unsqueeze(0).double() / 255


@cache
def metric(name: str) -> Metric:
    return build_metric(name, WEIGHTS, CPU)


def value_of(row: dict[str, str]) -> float:
    """The row's number by our code, in the row's convention."""
    distorted = read(row["distorted"])
    reference = read(row["reference"]) if row["reference"] else distorted
    both = (distorted, reference)
    match row["set"], row["metric"]:
        case "basicsr", "psnr" | "ssim":
            measure = {"psnr": psnr, "ssim": ssim}[row["metric"]]
            return float(measure(*(image[..., 4:-4, 4:-4] for image in both)))
        case "piq", "ssim":
            return float(ssim(*(F.avg_pool2d(grey(image), 2) for image in both)))
        case "pyiqa", "ms_ssim":
            # These are of MATLAB's option `wtd_sum`; the paper, and our metric, multiply.
            terms = scale_terms(*(scale_moments(to_8_bits(grey(image))) for image in both))
            weights = terms.new_tensor(SCALE_WEIGHTS)
            return float((terms * weights / weights.sum()).sum())
        case "piq", "srsim":
            # Of an odd window; the authors', and ours, is of 10: test_srsim.py.
            return float(srsim_of(9)(*map(grey, both)))
        case "pyiqa", "niqe":
            return float(build_measure("niqe", WEIGHTS)(to_8_bits(grey(distorted)), reference))
        case _, name:
            scale = 4 if row["set"] == "basicsr" else 1
            return metric(OTHER_NAMES.get(name, name))(*both, scale)


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row['metric']}-{row['distorted']}")
def test_published_value(row: dict[str, str]) -> None:
    if row["metric"] in SKIPPED:
        pytest.skip(f"{row['metric']}: {SKIPPED[row['metric']]}")
    if row["metric"] == "dists" and not all(has_weights(n, WEIGHTS) for n in ("dists", "vgg16")):
        pytest.skip("dists: needs VGG-16 and the package dists-pytorch")
    if row["metric"] == "musiq" and not has_weights("musiq_koniq", WEIGHTS):
        pytest.skip("musiq: needs its weights, musiq_koniq")
    tolerance = TOLERANCE[row["set"], row["metric"]]
    tolerance = OF_IMAGE.get((row["metric"], Path(row["distorted"]).stem), tolerance)
    assert value_of(row) == pytest.approx(float(row["value"]), abs=tolerance, rel=0)


def test_a_metric_that_can_be_checked_is_checked() -> None:
    published = {OTHER_NAMES.get(name, name) for _, name in TOLERANCE}
    unchecked = set(METRICS) - published
    assert {name for name in unchecked if not name.startswith("dists-")} == {
        "lpips-squeeze",
        "lpips-vgg",
        "psnry",  # psnr_y on the whole image
        "ssimc",  # against scikit-image, in test_build.py
        "haarpsi",  # against its authors' code, in test_haarpsi.py
        "ms_gmsd",  # against piq, in test_ms_gmsd.py
        # Ours: against planted truths, in test_claims.py and the files of their names.
        *("sharpness", "coherence", "lattice", "artifacts_ldl", "semantics", "sifid"),
        "topiq_fr",  # these have no published value: test_learned.py
        "topiq_nr",
        "pieapp",
    }

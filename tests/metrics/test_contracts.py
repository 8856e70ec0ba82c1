import subprocess
import sys
from pathlib import Path

import yaml

from asymmetry.fidelity.registry import code_of
from asymmetry.metrics.contracts import METRICS, weighted_metrics
from asymmetry.metrics.learned import NETWORKS
from asymmetry.planning.identity import closure
from asymmetry.weights.store import WEIGHTS


def test_naming_a_metric_imports_no_torch():
    code = "import sys, asymmetry.metrics.contracts as c; c.METRICS['niqe'].convention; "
    code += "sys.exit('torch' in sys.modules or 'numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_the_default_study_has_no_part_that_is_not_for_commercial_use():
    """Nor does a metric that is not pyiqa's import it."""
    root = Path(__file__).resolve().parents[2]
    study = yaml.safe_load((root / "params.yaml").read_text())
    evaluation = study["evaluation"]
    named = {
        *evaluation["metrics"],
        *evaluation["metrics_with_weights"],
        *evaluation["distortion"],
        *evaluation["perception"],
    }
    named |= METRICS.keys() & set(study["grid"]["fidelity"])
    assert not [name for name in named if METRICS[name].measure == "pyiqa"]
    code = """
import sys
from pathlib import Path
from asymmetry.fidelity.as_metric import build_measure
from asymmetry.metrics.contracts import METRICS
for name, contract in METRICS.items():
    contract.measure == "pyiqa" or contract.weights or build_measure(name, Path())
sys.exit("pyiqa" in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_the_code_of_a_metric_is_found_by_its_name():
    """So a changed formula makes new scores, and a new metric leaves those of others alone."""
    assert code_of("psnr_y") == ["asymmetry.metrics.psnr:psnr", "asymmetry.fidelity.toolbox:build"]
    assert code_of("musiq") == []
    for name, contract in METRICS.items():
        assert contract.module is None or contract.module in closure(code_of(name))


def test_weights_of_metrics_are_in_the_manifest():
    assert {METRICS[name].weights for name in weighted_metrics()} <= set(WEIGHTS)


def test_a_no_reference_metric_is_no_loss():
    for contract in METRICS.values():
        assert contract.full_reference or not contract.differentiable


def test_a_convention_names_version_and_weights():
    niqe = METRICS["niqe"].convention
    assert niqe.startswith("asymmetry, y, ")
    assert METRICS["musiq"].convention.startswith("pyiqa 0.")
    assert "lower is better" in niqe
    assert niqe.endswith(f"niqe_pristine {WEIGHTS['niqe_pristine'].sha256[:8]}")
    assert "border cropped" in METRICS["psnr_y"].convention


def test_the_backbone_inside_a_metric_is_named():
    """What shares a network with a loss or a discriminator can be left out by its family."""
    inside = {"lpips-vgg": "vgg", "lpips-squeeze": "squeezenet", "dists-resnet50": "resnet"}
    inside |= {"dists-clip-vit-b32": "clip", "dists-swin-tiny": "swin", "fsim": None, "niqe": None}
    inside |= {"topiq_nr": "resnet", "musiq": "vit", "pieapp": "pieapp"}
    inside |= {"semantics": "inception", "sifid": "inception", "sharpness": None}
    assert {name: METRICS[name].backbone for name in inside} == inside
    on_trunks = {name for name, contract in METRICS.items() if contract.measure == "fidelity"}
    with_backbone = {name for name, contract in METRICS.items() if contract.backbone}
    assert with_backbone == on_trunks | NETWORKS.keys() | {"semantics", "sifid"}

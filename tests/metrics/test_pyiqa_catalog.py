"""What is read of pyiqa's registry as text, against pyiqa itself."""

import subprocess
import sys

from pyiqa.archs.qrealign_arch import MODELS
from pyiqa.default_model_configs import DEFAULT_CONFIGS

from asymmetry.metrics.borrowed import borrow
from asymmetry.metrics.pyiqa_catalog import catalog, not_usable, repositories


def test_the_registry_is_read_whole():
    assert list(catalog()) == list(DEFAULT_CONFIGS)
    for name, entry in catalog().items():
        config = DEFAULT_CONFIGS[name]
        assert {"type": entry.cls, **entry.options} == config["metric_opts"]
        assert entry.full_reference == (config["metric_mode"] == "FR")
        assert entry.higher_is_better != config.get("lower_better", False)
        assert entry.score_range == config["score_range"]


def test_neither_pyiqa_nor_torch_is_imported_to_read_a_study_that_names_one():
    code = """
import sys
from asymmetry.study import Study
from asymmetry.study.metrics import BorrowedMetric
BorrowedMetric(pyiqa="maniqa").contract.convention
sys.exit(bool({"pyiqa", "torch"} & sys.modules.keys()))
"""
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_what_gives_no_number_for_an_image_is_known():
    refused = {name for name in catalog() if not_usable(name)}
    several = {"fid", "sfid", "fid_dinov2", "inception_score"}
    assert refused == several | {"clipscore", "compare2score", "fgresq_pair"}


def test_repositories_are_pyiqas():
    for size, repository in MODELS.items():
        assert repositories(catalog()[f"qrealign-{size}"]) == (repository,)
    assert repositories(catalog()["qalign_4bit"]) == ("q-future/one-align",)
    assert repositories(catalog()["maniqa"]) == ()


def test_the_family_of_the_network_inside_is_named():
    """By the papers, and by the options of pyiqa's registry."""
    known = {"maniqa": "vit", "clipiqa+": "clip", "liqe": "clip", "hyperiqa": "resnet"}
    known |= {"arniqa": "resnet", "dbcnn": "vgg", "nima": "inception", "nima-vgg16-ava": "vgg"}
    known |= {"topiq_nr": "resnet", "topiq_nr_swin-face": "swin", "lpips": "alexnet"}
    known |= {"qalign": "llama", "qrealign": "qwen", "brisque": None, "cnniqa": "cnniqa"}
    assert {name: borrow(name).backbone for name in known} == known
    assert borrow("cnniqa", backbone="vgg").backbone == "vgg"

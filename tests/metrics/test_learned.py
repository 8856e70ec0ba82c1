"""Learned metrics on random weights in their published containers, against pyiqa's own loading."""

import importlib
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from pyiqa.default_model_configs import DEFAULT_CONFIGS

from asymmetry.core.errors import UserError
from asymmetry.core.files import sha256_of
from asymmetry.fidelity.as_metric import build_metric
from asymmetry.metrics.build import Metric
from asymmetry.metrics.contracts import METRICS
from asymmetry.metrics.learned import NETWORKS, network_of
from asymmetry.weights.store import WEIGHTS

CPU = torch.device("cpu")


@pytest.fixture(scope="module", params=NETWORKS)
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def published(name: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of random weights as pyiqa publishes them."""
    torch.manual_seed(1)
    entry = str(METRICS[name].weights)
    state = {f"module.{key}": value for key, value in network_of(name).state_dict().items()}
    path, key = tmp_path_factory.mktemp(name) / WEIGHTS[entry].file, NETWORKS[name].key
    torch.save({key: state} if key else state, path)
    return path


@pytest.fixture(scope="module")
def metric(name: str, published: Path) -> Metric:
    """The metric on that file, as if the manifest named it."""
    entry = str(METRICS[name].weights)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(WEIGHTS, entry, replace(WEIGHTS[entry], sha256=sha256_of(published)))
        return build_metric(name, published.parent, CPU)


def test_values_are_those_of_pyiqas_own_loading(name: str, published: Path, metric: Metric):
    network = NETWORKS[name]
    module = importlib.import_module(f"pyiqa.archs.{network.module}")
    options = network.options | {"pretrained_model_path": str(published)}
    original = getattr(module, network.cls)(**options).eval()
    # 8-bit images, so that the rounding of the contract changes nothing.
    images = [(torch.rand(1, 3, 96, 72) * 255).round() / 255 for _ in range(2)]
    with torch.no_grad():
        own = original(*(images if METRICS[name].full_reference else images[:1]))
    assert metric(*images) == pytest.approx(float(own), rel=1e-6)


def test_missing_weights_are_named_and_not_fetched(name: str, tmp_path: Path):
    file = WEIGHTS[str(METRICS[name].weights)].file
    with pytest.raises(UserError, match=file):
        build_metric(name, tmp_path, CPU)
    assert list(tmp_path.iterdir()) == []


def test_contract_and_manifest_are_what_pyiqa_says(name: str):
    contract, config = METRICS[name], DEFAULT_CONFIGS[name]
    assert contract.higher_is_better == (not config.get("lower_better", False))
    assert contract.full_reference == (config["metric_mode"] == "FR")
    module = importlib.import_module(f"pyiqa.archs.{NETWORKS[name].module}")
    options = config["metric_opts"]
    key = options.get("model_name") or options.get("pretrained") or "url"
    entry = WEIGHTS[str(contract.weights)]
    assert module.default_model_urls[key] in entry.urls
    assert entry.file.removesuffix(".pth").endswith(f"-{entry.sha256}")


def test_the_smallest_image_is_measured(name: str, metric: Metric):
    side = METRICS[name].minimum_side
    image = torch.rand(1, 3, side, side)
    assert torch.tensor(metric(image, image)).isfinite()
    with pytest.raises(UserError, match=f"at least {side} pixels"):
        metric(image[..., 1:], image[..., 1:])

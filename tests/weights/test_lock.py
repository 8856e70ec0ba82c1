import json
from hashlib import sha256
from pathlib import Path

import pytest

from asymmetry.core.errors import UserError
from asymmetry.weights.lock import Lock, LockedFile, lock_path, read_lock, write_lock

# The sha256 of the three bytes "abc" (FIPS 180-2, appendix B.1).
ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
FILE = LockedFile(ABC, 3, "https://example.org/abc.pth", "MIT")


@pytest.fixture
def study(workplace: Path) -> Path:
    return Path("params.yaml")


@pytest.fixture
def lock(study: Path) -> Lock:
    return Lock(study).with_part("pyiqa:abc", {"pyiqa/abc.pth": FILE})


@pytest.fixture
def file(workplace: Path) -> Path:
    path = workplace / "weights/pyiqa/abc.pth"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"abc")
    return path


def test_a_lock_is_read_as_it_was_written(lock: Lock):
    assert write_lock(lock) == Path("params.weights.lock")
    assert read_lock(lock.study) == lock
    content = json.loads(Path("params.weights.lock").read_text())
    assert content == {
        "files": {"pyiqa/abc.pth": {"sha256": ABC, "size": 3, "source": FILE.source} | licence()},
        "parts": {"pyiqa:abc": ["pyiqa/abc.pth"]},
    }


def licence() -> dict[str, str]:
    return {"licence": "MIT"}


def test_without_a_lock_nothing_is_locked(study: Path):
    lock = read_lock(study)
    assert lock == Lock(study)
    assert not lock.has("pyiqa:abc", Path())
    line = r"^pyiqa:abc: is not in params\.weights\.lock; "
    with pytest.raises(UserError, match=f"{line}run `asymmetry weights get --study params.yaml`$"):
        lock.verified("pyiqa:abc", Path())


def test_a_copy_for_the_jobs_names_the_study(lock: Lock):
    path = write_lock(lock, beside=Path("state/1234.yaml"))
    assert path == Path("state/1234.weights.lock")
    assert read_lock(Path("state/1234.yaml")) == lock
    assert not lock_path(lock.study).exists()


def test_the_bytes_are_those_of_the_lock(lock: Lock, file: Path):
    folder = Path("weights")
    assert lock.has("pyiqa:abc", folder)
    assert lock.verified("pyiqa:abc", folder) == {FILE.source: folder / "pyiqa/abc.pth"}
    file.write_bytes(b"abd")
    other = sha256(b"abd").hexdigest()[:12]
    with pytest.raises(UserError) as caught:
        lock.verified("pyiqa:abc", folder)
    assert str(caught.value) == (
        "weights/pyiqa/abc.pth: has other bytes than params.weights.lock says "
        f"(sha256 {other}…, wanted {ABC[:12]}…); remove it and run "
        "`asymmetry weights get --study params.yaml`"
    )
    file.unlink()
    with pytest.raises(UserError, match=r"^weights/pyiqa/abc\.pth: missing; run `asymmetry w"):
        lock.verified("pyiqa:abc", folder)


def test_what_no_part_needs_leaves(lock: Lock):
    more = lock.with_part("vgg16", {"vgg.pth": FILE})
    assert more.only(["vgg16", "unknown"]).files == {"vgg.pth": FILE}
    assert more.only(["pyiqa:abc"]) == lock


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"files": {}}', '{"files": {}, "parts": {"a": ["b"]}}', "<<<<<<< HEAD"]
)
def test_a_file_that_is_no_lock_is_one_line(study: Path, text: str):
    lock_path(study).write_text(text)
    with pytest.raises(UserError, match=r"^params\.weights\.lock: is no lock of weights") as caught:
        read_lock(study)
    assert "\n" not in str(caught.value)

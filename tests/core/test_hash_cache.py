import os
import time
from hashlib import sha256
from pathlib import Path

import pytest

from asymmetry.core import hash_cache
from asymmetry.core.hash_cache import CACHE, cached_sha256


@pytest.fixture
def files(workplace: Path) -> list[Path]:
    paths = [workplace / name for name in ("a", "b")]
    for path in paths:
        path.write_bytes(path.name.encode())
        os.utime(path, (1000, 1000))
    return paths


def digests(paths: list[Path]) -> list[str]:
    return list(cached_sha256(paths).values())


def test_digests_are_those_of_the_bytes(files: list[Path]):
    assert digests(files) == [sha256(name).hexdigest() for name in (b"a", b"b")]


def test_an_unchanged_file_is_not_read_again(files: list[Path], monkeypatch: pytest.MonkeyPatch):
    before = digests(files)
    read = []
    monkeypatch.setattr(hash_cache, "sha256_of", lambda path: read.append(path) or "new")
    assert digests(files) == before
    files[0].write_bytes(b"longer")
    os.utime(files[1], (1, 1))
    assert digests(files) == ["new", "new"]
    assert read == files


def test_a_file_dated_ahead_is_read_once(files: list[Path], monkeypatch: pytest.MonkeyPatch):
    """As a clock that was ahead leaves it."""
    for path in files:
        os.utime(path, (time.time() + 3600,) * 2)
    before = digests(files)
    monkeypatch.setattr(hash_cache, "sha256_of", lambda path: "new")
    assert digests(files) == before


def test_a_change_within_one_second_is_seen(files: list[Path]):
    now = int(time.time())
    for content in (b"1", b"2"):
        files[0].write_bytes(content)
        os.utime(files[0], (now, now))  # what a file system with whole seconds would say
        assert digests(files[:1]) == [sha256(content).hexdigest()]


@pytest.mark.parametrize("damage", ["", "[]", '{"a": 1}', "{"])
def test_a_damaged_cache_is_ignored(files: list[Path], damage: str):
    before = digests(files)
    CACHE.write_text(damage)
    assert digests(files) == before

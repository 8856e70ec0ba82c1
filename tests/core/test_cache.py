import os
import time
from pathlib import Path

import pytest

from asymmetry.core.cache import Cache, file_version


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder/cache.json"


def test_a_value_is_valid_while_its_version_stays(path: Path):
    with Cache(path) as cache:
        cache.put("a", [1, 2], {"x": 0.5})
    again = Cache(path)
    assert again.get("a", [1, 2]) == {"x": 0.5}
    assert again.get("a", [1, 3]) is None
    assert again.get("b", [1, 2]) is None


def test_a_new_version_replaces_the_former(path: Path):
    for version in ("one", "two"):
        with Cache(path) as cache:
            cache.put("a", version, version)
    assert Cache(path).get("a", "two") == "two"
    assert Cache(path).get("a", "one") is None


def test_without_a_version_nothing_is_kept(path: Path):
    with Cache(path) as cache:
        cache.put("a", None, 1)
        assert cache.get("a", None) is None
    assert not path.exists()


def test_what_was_found_before_an_interruption_is_kept(path: Path):
    def interrupted() -> None:
        with Cache(path) as cache:
            cache.put("a", 1, 2)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert Cache(path).get("a", 1) == 2


@pytest.mark.parametrize("content", ["", "{", "[]", '{"a": 1}', '{"a": [1]}', '{"a": [1, 2, 3]}'])
def test_a_damaged_file_is_an_empty_cache(path: Path, content: str):
    path.parent.mkdir()
    path.write_text(content)
    with Cache(path) as cache:
        assert cache.get("a", 1) is None
        cache.put("a", 1, 2)
    assert Cache(path).get("a", 1) == 2


@pytest.mark.parametrize(("age", "known"), [(1000, True), (0, False), (-1000, True)])
def test_a_file_that_was_just_modified_has_no_version(tmp_path: Path, age: int, known: bool):
    path = tmp_path / "file"
    path.write_bytes(b"four")
    modified = int(time.time()) - age
    os.utime(path, (modified, modified))
    assert file_version(path) == ([4, modified * 10**9] if known else None)

import errno
import os
from pathlib import Path

import pytest

from asymmetry.core.lock import try_lock


def test_one_holds_it_at_a_time(tmp_path: Path):
    path = tmp_path / "lock"
    with try_lock(path) as first:
        with try_lock(path) as second:
            assert (first, second) == (True, False)
        with try_lock(path) as third:  # who did not get it did not free it
            assert not third
    with try_lock(path) as again:
        assert again
    assert path.is_file()


def test_an_exception_frees_it(tmp_path: Path):
    with pytest.raises(RuntimeError), try_lock(tmp_path / "lock"):
        raise RuntimeError
    with try_lock(tmp_path / "lock") as held:
        assert held


@pytest.mark.parametrize("number", [errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOLCK])
def test_a_file_system_without_locks_is_no_obstacle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
):
    refuse(monkeypatch, number)
    for _ in range(2):  # nothing is left that would hold up the next one
        with try_lock(tmp_path / "lock") as held:
            assert held


def test_another_error_is_raised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    refuse(monkeypatch, errno.EIO)
    with pytest.raises(OSError, match="Input/output"), try_lock(tmp_path / "lock"):
        pass


def refuse(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def flock(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("fcntl.flock", flock)

import os
import subprocess
from pathlib import Path

import pytest

from asymmetry.core.errors import UserError
from asymmetry.core.files import digest, sha256_of, write_atomically, write_if_changed


def test_an_equal_file_keeps_its_time(tmp_path: Path):
    path = tmp_path / "a" / "b.txt"
    write_if_changed(path, b"one")
    os.utime(path, (1, 1))
    write_if_changed(path, b"one")
    assert path.stat().st_mtime == 1
    write_if_changed(path, b"two")
    assert path.read_bytes() == b"two"
    assert path.stat().st_mtime > 1


def test_sha256_is_that_of_the_standard(tmp_path: Path):
    (tmp_path / "abc").write_bytes(b"abc")  # FIPS 180-2, appendix B.1
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert sha256_of(tmp_path / "abc") == expected
    assert digest({"b": 1, "a": 2}) == digest({"a": 2, "b": 1})


@pytest.fixture
def full_disk(tmp_path: Path):
    """A file system of 64 KiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder])
    if mounted.returncode:
        pytest.skip("mounting a small tmpfs needs root")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_full_disk_is_named_and_the_former_file_stays(full_disk: Path):
    path = full_disk / "checkpoint.bin"
    write_atomically(path, b"whole")
    with pytest.raises(UserError, match=r"checkpoint.bin: cannot be written, the disk"):
        write_atomically(path, bytes(10**6))
    assert path.read_bytes() == b"whole"
    assert [file.name for file in full_disk.iterdir()] == ["checkpoint.bin"]


def test_where_nothing_can_be_written_it_is_a_line(tmp_path, monkeypatch):
    """As in a read-only checkout; root may write everywhere, so the system's answer is given."""

    def refuse(self, *arguments, **options):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(UserError) as caught:
        write_atomically(tmp_path / "a/b", b"")
    assert str(caught.value) == (
        f"{tmp_path}/a/b: cannot be written (Permission denied); make its folder writable, "
        "or work in another one"
    )

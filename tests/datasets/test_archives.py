import io
import stat
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from asymmetry.core.errors import UserError
from asymmetry.datasets.archives import Limits, stem, unpack

ROOM = Limits(1_000_000, 100)


def write_zip(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def write_tar(path: Path, members: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz" if path.suffix in (".gz", ".tgz") else "w") as archive:
        for name, content in members.items():
            add(archive, name, content)
    return path


def add(archive: tarfile.TarFile, name: str, content: bytes = b"", **header: object) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    for key, value in header.items():
        setattr(member, key, value)
    archive.addfile(member, io.BytesIO(content))


WRITERS: dict[str, Callable[[Path, dict[str, bytes]], Path]] = {
    "a.zip": write_zip,
    "a.tar": write_tar,
    "a.tar.gz": write_tar,
    "a.tgz": write_tar,
}


@pytest.fixture(params=WRITERS)
def write(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[dict[str, bytes]], Path]:
    return lambda members: WRITERS[request.param](tmp_path / request.param, members)


def content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_all_is_unpacked(write, tmp_path: Path):
    members = {"a.png": b"one", "deep/b.png": b"two"}
    unpack(write(members), tmp_path / "out", ROOM)
    assert content(tmp_path / "out") == members


def test_a_lone_folder_is_left_out_once(write, tmp_path: Path):
    unpack(write({"set/set": b"one", "set/x/b.png": b"two"}), tmp_path / "out", ROOM)
    assert content(tmp_path / "out") == {"set": b"one", "x/b.png": b"two"}


def test_a_folder_inside_is_taken_alone(write, tmp_path: Path):
    members = {"set/HR/x/a.png": b"one", "set/HRs/b.png": b"two", "set/c.png": b"three"}
    unpack(write(members), tmp_path / "out", ROOM, "set/HR")
    assert content(tmp_path / "out") == {"x/a.png": b"one"}


def test_nothing_inside(write, tmp_path: Path):
    with pytest.raises(UserError, match="holds no file in its folder set/HR"):
        unpack(write({"set/c.png": b""}), tmp_path / "out", ROOM, "set/HR")


def test_hidden_files_are_left_out(write, tmp_path: Path):
    members = {"s/a.png": b"one", "__MACOSX/s/._a.png": b"", "s/.DS_Store": b"", "./.x/y": b""}
    unpack(write(members), tmp_path / "out", ROOM)
    assert content(tmp_path / "out") == {"a.png": b"one"}


@pytest.mark.parametrize("name", ["/absolute.png", "../up.png", "a/../../up.png", "..", "a/.."])
def test_names_that_lead_outside_are_refused(name: str, write, tmp_path: Path):
    with pytest.raises(UserError, match="a name that leads outside"):
        unpack(write({"a.png": b"one", name: b"two"}), tmp_path / "out", ROOM)
    assert not (tmp_path / "up.png").exists()
    assert not Path("/absolute.png").exists()


@pytest.mark.parametrize(
    "kind",
    [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE],
)
def test_links_and_devices_in_a_tar_are_refused(kind: bytes, tmp_path: Path):
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        add(archive, "a.png", b"one")
        add(archive, "b.png", type=kind, linkname="a.png")
    with pytest.raises(UserError, match=r"'b\.png' is a link or a device"):
        unpack(tmp_path / "a.tar", tmp_path / "out", ROOM)


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO])
def test_links_and_devices_in_a_zip_are_refused(kind: int, tmp_path: Path):
    member = zipfile.ZipInfo("b.png")
    member.external_attr = (kind | 0o644) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(member, "/etc/passwd")
    with pytest.raises(UserError, match=r"'b\.png' is a link or a device"):
        unpack(tmp_path / "a.zip", tmp_path / "out", ROOM)


def test_a_bomb_is_stopped_while_it_is_written(write, tmp_path: Path):
    archive = write({f"{number}.png": bytes(400_000) for number in range(9)})
    with pytest.raises(UserError, match="unpacks to more than 1,000,000 bytes"):
        unpack(archive, tmp_path / "out", ROOM)
    assert sum(map(len, content(tmp_path / "out").values())) <= ROOM.size


def test_a_bomb_that_lies_about_its_size_is_stopped(tmp_path: Path):
    path = write_zip(tmp_path / "a.zip", {"a.png": bytes(4_000_000)})
    true, false = (4_000_000).to_bytes(4, "little"), (4).to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(true, false))
    with pytest.raises(UserError, match=r"is damaged|unpacks to more than"):
        unpack(path, tmp_path / "out", ROOM)
    assert sum(map(len, content(tmp_path / "out").values())) <= ROOM.size


def test_a_sparse_bomb_is_stopped(tmp_path: Path):
    headers = {"GNU.sparse.major": "0", "GNU.sparse.minor": "1", "GNU.sparse.name": "a.png"}
    headers |= {"GNU.sparse.map": "0,1", "GNU.sparse.size": str(10**12)}
    with tarfile.open(tmp_path / "a.tar", "w", format=tarfile.PAX_FORMAT) as archive:
        add(archive, "a.png", b"x", pax_headers=headers)
    with pytest.raises(UserError, match="unpacks to more than"):
        unpack(tmp_path / "a.tar", tmp_path / "out", ROOM)


def test_too_many_members_are_refused(write, tmp_path: Path):
    archive = write({f"{number}/": b"" for number in range(101)})
    with pytest.raises(UserError, match="has more than 100 members"):
        unpack(archive, tmp_path / "out", ROOM)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_comes_twice_is_refused(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.png", "one")
        archive.writestr("a.png", "two")
    with pytest.raises(UserError, match=r"holds 'a\.png' twice"):
        unpack(tmp_path / "a.zip", tmp_path / "out", ROOM)


@pytest.mark.parametrize("other", ["a.png/b.png", "x" * 300])
def test_names_that_the_disk_refuses_are_a_line(other: str, write, tmp_path: Path):
    with pytest.raises(UserError, match=r"twice|cannot be unpacked"):
        unpack(write({"a.png": b"one", other: b"two"}), tmp_path / "out", ROOM)


def test_a_damaged_archive_is_a_line(write, tmp_path: Path):
    path = write({"a.png": bytes(range(256)) * 40, "b.png": b"two"})
    whole = path.read_bytes()
    for index, length in enumerate(range(0, len(whole) // 2, len(whole) // 9)):
        path.write_bytes(whole[:length])
        with pytest.raises(UserError) as error:
            unpack(path, tmp_path / f"out{index}", ROOM)
        assert "\n" not in str(error.value)


@pytest.mark.parametrize("suffix", [".zip", ".tgz"])
def test_a_flipped_byte_is_noticed(suffix: str, tmp_path: Path):
    write = write_zip if suffix == ".zip" else write_tar
    path = write(tmp_path / f"a{suffix}", {"a.png": bytes(range(256)) * 40})
    damaged = bytearray(path.read_bytes())
    damaged[60] ^= 1
    path.write_bytes(damaged)
    with pytest.raises(UserError, match=r"damaged|cannot be unpacked"):
        unpack(path, tmp_path / "out", ROOM)


def test_an_encrypted_zip_is_left_to_its_owner(tmp_path: Path):
    path = write_zip(tmp_path / "a.zip", {"a.png": b"one"})
    content = bytearray(path.read_bytes())
    content[content.find(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    with pytest.raises(UserError, match="is encrypted; unpack it yourself and use --from FOLDER"):
        unpack(path, tmp_path / "out", ROOM)


@pytest.mark.parametrize(
    ("start", "message"),
    [
        (b"Rar!\x1a\x07\x00", "is a RAR archive; unpack it yourself and use --from FOLDER"),
        (b"7z\xbc\xaf\x27\x1c", "is a 7-Zip archive; unpack it yourself"),
        (b"<html>Log in</html>", "is no zip or tar archive"),
        (b"", "is no zip or tar archive"),
    ],
)
def test_other_files_are_refused(start: bytes, message: str, tmp_path: Path):
    (tmp_path / "a.zip").write_bytes(start)
    with pytest.raises(UserError, match=message):
        unpack(tmp_path / "a.zip", tmp_path / "out", ROOM)


def test_a_tar_that_ends_with_a_zip_is_a_tar(tmp_path: Path):
    zipped = write_zip(tmp_path / "in.zip", {"x.png": b"one"}).read_bytes()
    write_tar(tmp_path / "a.tar", {"in.zip": zipped})
    unpack(tmp_path / "a.tar", tmp_path / "out", ROOM)
    assert content(tmp_path / "out") == {"in.zip": zipped}


def test_a_lone_folder_that_is_to_be_kept_is_kept(tmp_path: Path):
    archive = write_zip(tmp_path / "a.zip", {"Train_Label/a.txt": b"1"})
    unpack(archive, tmp_path / "kept", ROOM, keep={"train_label"})
    assert content(tmp_path / "kept") == {"Train_Label/a.txt": b"1"}
    unpack(archive, tmp_path / "lifted", ROOM, keep={"train_ref"})
    assert content(tmp_path / "lifted") == {"a.txt": b"1"}


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a.b.tar.gz", "a.b"), ("A.ZIP", "A"), ("folder", "folder"), ("x.csv", "x.csv")],
)
def test_the_stem_is_the_name_without_the_ending_of_an_archive(name: str, expected: str):
    assert stem(Path(name)) == expected

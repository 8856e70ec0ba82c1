import fcntl
import hashlib
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from asymmetry.core.errors import UserError
from asymmetry.datasets import take
from asymmetry.datasets.catalogue import CATALOGUE
from asymmetry.datasets.entry import BY_TEXT, DataSet, Published, Remote
from asymmetry.datasets.get import check, get
from tests.datasets.test_archives import content, write_tar, write_zip
from tests.http_server import Served, Server

IMAGES = {"tiny/a.png": b"one" * 50, "tiny/deep/b.png": b"two" * 50}
FOLDER = Path("data/tiny")
RECORD = Path("data/tiny.json")
DOWNLOADS = Path("data/.downloads")


TINY = DataSet("Tiny", "two images", 2, 0.001, "MIT", "https://a.test/", "tests", BY_TEXT)


def declare(monkeypatch: pytest.MonkeyPatch, *files: Remote, ask: str = "", name: str = "tiny"):
    ways = (files,) if files else ()
    monkeypatch.setitem(CATALOGUE, name, replace(TINY, ways=ways, ask=ask))


def published(archive: Path, algorithm: str = "sha256") -> Published:
    return Published(algorithm, hashlib.new(algorithm, archive.read_bytes()).hexdigest(), "a test")


@pytest.fixture
def archive(workplace: Path) -> Path:
    (workplace / "published").mkdir()
    return write_zip(workplace / "published/tiny.zip", IMAGES)


@pytest.fixture
def served(server: Server, archive: Path) -> Served:
    served = Served(archive.read_bytes())
    server.publish("tiny.zip", served)
    return served


@pytest.fixture
def remote(server: Server, served: Served, archive: Path) -> Remote:
    return Remote(f"{server.address}/tiny.zip", published(archive), len(served.content))


@pytest.fixture(autouse=True)
def said(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.INFO, "asymmetry"):
        yield caplog


def nothing_is_left(*kept: str) -> bool:
    return {path.name for path in DOWNLOADS.iterdir()} == {"lock", *kept} and not FOLDER.exists()


@pytest.mark.parametrize("algorithm", ["sha256", "md5"])
def test_a_set_is_fetched_verified_unpacked_and_recorded(
    algorithm: str, remote: Remote, archive: Path, monkeypatch, said
):
    declare(monkeypatch, replace(remote, checksum=published(archive, algorithm)))
    get(["tiny"])
    assert content(FOLDER) == {"a.png": b"one" * 50, "deep/b.png": b"two" * 50}
    assert "licence: MIT (https://a.test/)" in said.text
    assert f"{algorithm} as published by a test" in said.text
    assert "data/tiny: 2 images (the set has 2)" in said.text
    record = json.loads(RECORD.read_text())
    assert (record["licence"], record["source"]) == ("MIT", "https://a.test/")
    assert record["origins"] == [
        {
            "file": "tiny.zip",
            "url": remote.url,
            "sha256": hashlib.sha256(archive.read_bytes()).hexdigest(),
            "published_by": "a test",
        }
    ]
    sha256 = hashlib.sha256(b"one" * 50).hexdigest()
    assert record["files"]["a.png"] == {"bytes": 150, "sha256": sha256}
    assert [path.name for path in DOWNLOADS.iterdir()] == ["lock"]


def test_what_is_there_is_left_alone(remote: Remote, server: Server, monkeypatch, said):
    declare(monkeypatch, remote)
    get(["tiny"])
    before, asked = (FOLDER / "a.png").stat(), len(server.asked)
    said.clear()
    get(["tiny"])
    assert "tiny: is there, as recorded in data/tiny.json" in said.text
    assert ((FOLDER / "a.png").stat(), len(server.asked)) == (before, asked)


def test_two_sets_of_one_archive_are_fetched_once(server: Server, workplace: Path, monkeypatch):
    path = write_tar(workplace / "both.tar", {"in/one/a.png": b"1", "in/two/b.png": b"2"})
    url = server.publish("both.tar", Served(path.read_bytes()))
    for name in ("one", "two"):
        declare(monkeypatch, Remote(url, published(path), inside=f"in/{name}"), name=name)
    get(["one", "two"])
    assert content(Path("data/one")) == {"a.png": b"1"}
    assert content(Path("data/two")) == {"b.png": b"2"}
    assert len(server.asked) == 1


def test_parts_of_a_set_come_into_their_folders(server: Server, workplace: Path, monkeypatch):
    flat = write_zip(workplace / "flat.zip", {"a.png": b"1"})
    deep = write_zip(workplace / "deep.zip", {"deep/b.png": b"2"})
    files = [
        Remote(server.publish("flat.zip", Served(flat.read_bytes())), into="flat"),
        Remote(server.publish("deep.zip", Served(deep.read_bytes())), into="deep"),
        Remote(server.publish("scores.xlsx", Served(b"PK no archive to unpack"))),
    ]
    declare(monkeypatch, *files)
    get(["tiny"])
    assert content(FOLDER) == {
        "flat/a.png": b"1",
        "deep/b.png": b"2",
        "scores.xlsx": b"PK no archive to unpack",
    }


def test_a_wrong_checksum_is_refused_and_fetched_anew(remote: Remote, served: Served, monkeypatch):
    declare(monkeypatch, remote)
    right = served.content
    served.content = right[:-1] + bytes([right[-1] ^ 1])
    with pytest.raises(UserError, match=r"tiny\.zip: sha256 is \w{64}, a test publishes \w{64}; "):
        get(["tiny"])
    assert nothing_is_left()
    assert not RECORD.exists()
    served.content = right
    get(["tiny"])
    assert check("tiny") == []


def test_a_truncated_body_is_no_set(remote: Remote, served: Served, monkeypatch):
    declare(monkeypatch, replace(remote, checksum=None, size=None))
    served.cuts = [100] + [0] * 4
    with pytest.raises(UserError, match="cut off after 100 bytes"):
        get(["tiny"])
    assert nothing_is_left("tiny.zip.part", "tiny.zip.part.json")
    get(["tiny"])
    assert check("tiny") == []


def test_an_archive_that_is_gone(remote: Remote, server: Server, monkeypatch):
    declare(monkeypatch, remote)
    server.files.clear()
    with pytest.raises(UserError, match="the server answers 404"):
        get(["tiny"])


def test_without_a_published_checksum_the_first_fetch_counts(
    remote: Remote, served: Served, workplace: Path, monkeypatch, said
):
    declare(monkeypatch, replace(remote, checksum=None, size=None))
    get(["tiny"])
    sha256 = hashlib.sha256(served.content).hexdigest()
    assert f"tiny.zip: no published checksum; sha256 {sha256} is recorded" in said.text
    (FOLDER).rename("elsewhere")
    other = write_zip(workplace / "other.zip", IMAGES | {"tiny/a.png": b"another"})
    served.content = other.read_bytes()
    with pytest.raises(UserError, match=r"records another content of this set \(a\.png: 7 bytes"):
        get(["tiny"])
    assert not FOLDER.exists()
    RECORD.unlink()
    get(["tiny"])
    assert (FOLDER / "a.png").read_bytes() == b"another"


def test_a_page_in_place_of_an_archive_is_not_kept(remote: Remote, served: Served, monkeypatch):
    declare(monkeypatch, replace(remote, checksum=None, size=None))
    right, served.content = served.content, b"<html>please log in</html>"
    with pytest.raises(UserError, match="is no zip or tar archive"):
        get(["tiny"])
    assert nothing_is_left()
    served.content = right
    get(["tiny"])
    assert check("tiny") == []


def test_an_interrupted_unpacking_leaves_nothing_half(remote: Remote, monkeypatch, server: Server):
    declare(monkeypatch, remote)

    def interrupted(*_: object) -> None:
        Path(DOWNLOADS / "tiny.set").mkdir()
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(take, "unpack", interrupted)
        with pytest.raises(KeyboardInterrupt):
            get(["tiny"])
    assert nothing_is_left("tiny.zip")
    # And what only a kill -9 leaves.
    (DOWNLOADS / "tiny.set").mkdir()
    (DOWNLOADS / "tiny.set/half.png").touch()
    get(["tiny"])
    assert "half.png" not in content(FOLDER)
    assert len(server.asked) == 1


def test_a_bomb_is_refused(server: Server, workplace: Path, monkeypatch):
    members = {f"{number}.png": b"" for number in range(10_100)}
    path = write_tar(workplace / "many.tar", members)
    declare(monkeypatch, Remote(server.publish("many.tar", Served(path.read_bytes()))))
    with pytest.raises(UserError, match="has more than 10,020 members"):
        get(["tiny"])
    assert nothing_is_left()


def test_a_set_on_request_says_where_to_ask(workplace: Path, monkeypatch):
    declare(monkeypatch, ask="fill in the form at https://a.test/")
    with pytest.raises(UserError) as error:
        get(["tiny"])
    assert str(error.value) == (
        "tiny: cannot be fetched; fill in the form at https://a.test/, "
        "then run `asymmetry data get tiny --from PATH`"
    )


def test_from_an_archive(archive: Path, monkeypatch, said):
    declare(monkeypatch, ask="ask")
    get(["tiny"], [archive])
    assert content(FOLDER) == {"a.png": b"one" * 50, "deep/b.png": b"two" * 50}
    assert archive.is_file()
    assert "licence: MIT" in said.text
    assert json.loads(RECORD.read_text())["origins"][0]["url"] is None


def test_from_an_archive_with_the_published_name(
    remote: Remote, archive: Path, monkeypatch, server
):
    declare(monkeypatch, remote)
    good = archive.read_bytes()
    archive.write_bytes(good[:-1])
    with pytest.raises(UserError, match="sha256 is"):
        get(["tiny"], [archive])
    assert archive.is_file()
    archive.write_bytes(good)
    get(["tiny"], [archive])
    assert json.loads(RECORD.read_text())["origins"][0]["published_by"] == "a test"
    assert server.asked == []


def test_from_a_folder(workplace: Path, monkeypatch):
    declare(monkeypatch, ask="ask")
    source = workplace / "source"
    (source / "in").mkdir(parents=True)
    (source / "in/a.png").write_bytes(b"one")
    (source / "b.png").symlink_to(source / "in/a.png")
    (source / ".DS_Store").touch()
    get(["tiny"], [source])
    assert content(FOLDER) == {"in/a.png": b"one", "b.png": b"one"}
    assert not (FOLDER / "b.png").is_symlink()
    assert check("tiny") == []


def test_from_several_sources(archive: Path, workplace: Path, monkeypatch):
    declare(monkeypatch, ask="ask")
    (workplace / "scores").mkdir()
    (workplace / "scores/mos.csv").write_text("a.png,3")
    get(["tiny"], [archive, workplace / "scores"])
    assert sorted(content(FOLDER)) == ["a.png", "deep/b.png", "mos.csv"]


def test_what_comes_twice_must_be_the_same(archive: Path, workplace: Path, monkeypatch):
    declare(monkeypatch, ask="ask")
    other = write_zip(workplace / "other.zip", IMAGES | {"tiny/a.png": b"another"})
    with pytest.raises(UserError, match=r"a\.png: comes twice, and differs"):
        get(["tiny"], [archive, other])
    assert nothing_is_left()
    get(["tiny"], [archive, archive])
    assert content(FOLDER) == {"a.png": b"one" * 50, "deep/b.png": b"two" * 50}


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: None, "there is no such archive or folder"),
        (lambda path: path.mkdir(), "the folder holds no file"),
        (lambda path: path.write_text("x"), "is no zip or tar archive"),
        (lambda path: (path.mkdir(), (path / "a").symlink_to("gone")), "is a broken link"),
        (lambda path: (path.mkdir(), (path / "a").symlink_to("/")), "is a link to a folder"),
    ],
)
def test_bad_sources(make, message: str, workplace: Path, monkeypatch):
    declare(monkeypatch, ask="ask")
    make(workplace / "source")
    with pytest.raises(UserError, match=message):
        get(["tiny"], [workplace / "source"])
    assert nothing_is_left()


def test_a_source_belongs_to_one_set(workplace: Path):
    with pytest.raises(UserError, match="--from: gives one set"):
        get(["set5", "set14"], [workplace])


def test_an_unknown_set(workplace: Path):
    with pytest.raises(UserError, match="did you mean 'kadid10k'"):
        get(["kadid-10k"])


def test_a_folder_without_its_record_is_not_touched(remote: Remote, monkeypatch):
    declare(monkeypatch, remote)
    FOLDER.mkdir(parents=True)
    (FOLDER / "mine.png").touch()
    with pytest.raises(UserError, match=r"is there without its record data/tiny\.json; move it"):
        get(["tiny"])
    assert (FOLDER / "mine.png").is_file()


def test_a_folder_edited_by_hand_is_named_and_kept(remote: Remote, monkeypatch):
    declare(monkeypatch, remote)
    get(["tiny"])
    (FOLDER / "a.png").write_bytes(b"ONE" * 50)
    (FOLDER / "deep/b.png").write_bytes(b"short")
    (FOLDER / "new.png").touch()
    lines = check("tiny")
    assert [line.split(" ")[0] for line in lines] == [
        "data/tiny/a.png:",
        "data/tiny/deep/b.png:",
        "data/tiny/new.png:",
    ]
    assert "sha256" in lines[0]
    assert "5 bytes, recorded are 150" in lines[1]
    assert lines[2].endswith("not in the record")
    with pytest.raises(UserError, match="3 files are not as recorded; `asymmetry data check tiny`"):
        get(["tiny"])
    assert (FOLDER / "a.png").read_bytes() == b"ONE" * 50


@pytest.mark.parametrize("make", [Path.touch, lambda path: path.symlink_to("nowhere")])
def test_something_in_the_way(make, remote: Remote, monkeypatch, server: Server):
    declare(monkeypatch, remote)
    FOLDER.parent.mkdir()
    make(FOLDER)
    with pytest.raises(UserError, match="data/tiny: is a link or a file, in the way"):
        get(["tiny"])
    assert server.asked == []


def test_no_permission_is_a_line(remote: Remote, monkeypatch):
    declare(monkeypatch, remote)

    def refused(*_: object) -> None:
        raise PermissionError(13, "Permission denied", "data/.downloads/x")

    monkeypatch.setattr(take, "unpack", refused)
    with pytest.raises(UserError, match=r"data/\.downloads/x: no permission"):
        get(["tiny"])


def test_check_names_what_is_missing(remote: Remote, monkeypatch):
    declare(monkeypatch, remote)
    get(["tiny"])
    (FOLDER / "a.png").unlink()
    assert check("tiny") == ["data/tiny/a.png: missing"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"name": 3}'])
def test_a_damaged_record(text: str, workplace: Path, monkeypatch):
    declare(monkeypatch, ask="ask")
    with pytest.raises(UserError, match="there is no such record; run `asymmetry data get tiny`"):
        check("tiny")
    RECORD.parent.mkdir()
    RECORD.write_text(text)
    with pytest.raises(UserError, match=r"tiny\.json: is damaged"):
        check("tiny")


def test_one_start_at_a_time(workplace: Path):
    DOWNLOADS.mkdir(parents=True)
    with (DOWNLOADS / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(UserError, match="another `asymmetry data get` is at it"):
            get(["set5"])


def test_a_full_disk_is_a_line(remote: Remote, monkeypatch):
    declare(monkeypatch, remote)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(take, "unpack", full)
    with pytest.raises(UserError, match="data: the disk or quota is full"):
        get(["tiny"])
    assert nothing_is_left("tiny.zip")

"""Several addresses of a set, tried in turn against a real server."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from asymmetry.core.errors import UserError
from asymmetry.datasets.catalogue import CATALOGUE
from asymmetry.datasets.entry import Published, Remote, Way
from asymmetry.datasets.get import check, get
from tests.datasets.test_archives import content, write_zip
from tests.datasets.test_get import (
    DOWNLOADS,
    FOLDER,
    IMAGES,
    RECORD,
    TINY,
    nothing_is_left,
    published,
)
from tests.http_server import Served, Server

DEAD = "http://127.0.0.1:9"


@pytest.fixture
def archive(workplace: Path) -> Path:
    return write_zip(workplace / "tiny.zip", IMAGES)


@pytest.fixture
def pin(archive: Path) -> Published:
    return published(archive)


def declare(monkeypatch: pytest.MonkeyPatch, *ways: Way | Remote, **changes: object) -> None:
    whole = tuple(way if isinstance(way, tuple) else (way,) for way in ways)
    monkeypatch.setitem(CATALOGUE, "tiny", replace(TINY, ways=whole, **changes))


def test_a_dead_a_wrong_and_a_cut_address_then_a_good_one(
    archive: Path, pin: Published, server: Server, monkeypatch, caplog
):
    right = archive.read_bytes()
    wrong = server.publish("wrong/tiny.zip", Served(right[:-1] + b"x"))
    cut = server.publish("cut/tiny.zip", Served(right, '"cut"', cuts=[100] + [0] * 4))
    good = server.publish("good/tiny.zip", Served(right))
    dead = f"{DEAD}/tiny.zip"
    declare(monkeypatch, *(Remote(url, pin) for url in (dead, wrong, cut, good)))
    get(["tiny"])
    assert check("tiny") == []
    assert content(FOLDER) == {"a.png": b"one" * 50, "deep/b.png": b"two" * 50}
    assert json.loads(RECORD.read_text())["origins"][0]["url"] == good
    said = [record.message for record in caplog.records if record.levelname == "WARNING"]
    assert len(said) == 3
    assert said[0].startswith(f"{dead}: cannot be reached (")
    assert said[1].startswith(f"{wrong}: sha256 is ")
    assert f"a test publishes {pin.digest}" in said[1]
    assert said[2].startswith(f"{cut}: cut off after 100 bytes, which are kept (")
    assert all(line.endswith("; trying the next address") for line in said)
    assert [path.name for path in DOWNLOADS.iterdir()] == ["lock"]


def test_an_address_with_a_published_checksum_is_tried_first(
    archive: Path, pin: Published, server: Server, monkeypatch
):
    free = server.publish("free.zip", Served(archive.read_bytes()))
    pinned = server.publish("pinned.zip", Served(archive.read_bytes()))
    declare(monkeypatch, Remote(free), Remote(pinned, pin))
    get(["tiny"])
    assert [path for path, _ in server.asked] == ["pinned.zip"]


def test_when_all_fail_one_line_names_each_address_its_reason_and_the_remedy(
    pin: Published, server: Server, monkeypatch
):
    page = server.publish("page.zip", Served(b"<html>please log in</html>"))
    large = server.publish("large.zip", Served(b"123"))
    gone = f"{server.address}/gone.zip"
    declare(monkeypatch, Remote(gone, pin), Remote(large, pin, 4), Remote(page))
    with pytest.raises(UserError) as error:
        get(["tiny"])
    assert str(error.value) == (
        f"tiny: no address serves it: {gone}: the server answers 404 (Not Found); "
        f"{large}: has 3 bytes, published are 4; "
        f"{page}: is no zip or tar archive, or damaged; "
        "get a copy elsewhere, see https://a.test/, "
        "then run `asymmetry data get tiny --from PATH`"
    )
    assert nothing_is_left()


def test_a_single_address_that_fails_names_the_way_by_hand(server: Server, monkeypatch, workplace):
    url = f"{server.address}/gone.zip"
    declare(monkeypatch, Remote(url), ask="fill in the form at https://a.test/")
    with pytest.raises(UserError) as error:
        get(["tiny"])
    assert str(error.value) == (
        f"tiny: no address serves it: {url}: the server answers 404 (Not Found); fill in the form "
        "at https://a.test/, then run `asymmetry data get tiny --from PATH`"
    )


def test_an_address_of_several_files_fails_as_a_whole(
    archive: Path, server: Server, monkeypatch, workplace
):
    first = Remote(server.publish("first.zip", Served(archive.read_bytes())))
    whole = Remote(server.publish("whole.zip", Served(archive.read_bytes())))
    declare(monkeypatch, (first, Remote(f"{server.address}/gone.xlsx")), whole)
    get(["tiny"])
    origins = json.loads(RECORD.read_text())["origins"]
    assert [origin["file"] for origin in origins] == ["whole.zip"]
    assert [path.name for path in DOWNLOADS.iterdir()] == ["lock"]


def test_an_address_with_another_content_than_recorded_is_passed_over(
    archive: Path, server: Server, monkeypatch, workplace: Path
):
    other = write_zip(workplace / "other.zip", IMAGES | {"tiny/a.png": b"another"})
    good = Remote(server.publish("good.zip", Served(archive.read_bytes())))
    changed = Remote(server.publish("changed.zip", Served(other.read_bytes())))
    declare(monkeypatch, good)
    get(["tiny"])
    FOLDER.rename("elsewhere")
    declare(monkeypatch, changed, good)
    get(["tiny"])
    assert check("tiny") == []
    FOLDER.rename("elsewhere again")
    declare(monkeypatch, changed, Remote(f"{server.address}/gone.zip"))
    with pytest.raises(UserError, match=r"/changed\.zip: data/tiny\.json: records another content"):
        get(["tiny"])


LAYOUT = ("scores.csv", "deep/*.png")


def test_an_archive_without_the_scores_is_kept_for_the_user_to_complete(
    archive: Path, pin: Published, server: Server, monkeypatch, workplace: Path
):
    url = server.publish("tiny.zip", Served(archive.read_bytes()))
    declare(monkeypatch, Remote(url, pin), ask="ask for it", layout=LAYOUT)
    with pytest.raises(UserError) as error:
        get(["tiny"])
    assert str(error.value) == (
        f"tiny: no address serves it: {url}: holds no scores.csv; ask for it, then run "
        "`asymmetry data get tiny --from data/.downloads/tiny.zip --from PATH`"
    )
    assert nothing_is_left("tiny.zip")
    (workplace / "scores.csv").write_text("a.png,3")
    get(["tiny"], [DOWNLOADS / "tiny.zip", workplace / "scores.csv"])
    assert sorted(content(FOLDER)) == ["a.png", "deep/b.png", "scores.csv"]
    assert [origin["published_by"] for origin in json.loads(RECORD.read_text())["origins"]] == [
        "a test",
        None,
    ]
    assert (DOWNLOADS / "tiny.zip").is_file()


def test_the_next_address_may_have_the_scores(
    archive: Path, pin: Published, server: Server, monkeypatch, workplace: Path, caplog
):
    lacking = server.publish("lacking.zip", Served(archive.read_bytes()))
    scores = Remote(server.publish("scores.csv", Served(b"a.png,3")))
    images = Remote(server.publish("tiny.zip", Served(archive.read_bytes())))
    declare(monkeypatch, Remote(lacking, pin), (images, scores), layout=LAYOUT)
    get(["tiny"])
    assert f"{lacking}: holds no scores.csv; trying the next address" in caplog.text
    assert sorted(content(FOLDER)) == ["a.png", "deep/b.png", "scores.csv"]
    assert [path.name for path in DOWNLOADS.iterdir()] == ["lock"]


def test_scores_that_the_archive_has_too_come_once(server: Server, monkeypatch, workplace: Path):
    path = write_zip(workplace / "tiny.zip", {"tiny/deep/b.png": b"2", "tiny/scores.csv": b"b,3"})
    images = Remote(server.publish("tiny.zip", Served(path.read_bytes())))
    scores = Remote(server.publish("scores.csv", Served(b"b,3")))
    declare(monkeypatch, (images, scores), layout=LAYOUT)
    get(["tiny"])
    assert content(FOLDER) == {"deep/b.png": b"2", "scores.csv": b"b,3"}


def test_a_file_by_hand_is_verified_and_never_fetched(
    archive: Path, pin: Published, server: Server, monkeypatch, workplace: Path
):
    hand = Remote(f"{server.address}/page", pin, name="tiny.zip")
    declare(monkeypatch, by_hand=(hand,), ask="fetch tiny.zip by hand")
    with pytest.raises(UserError, match=r"tiny: cannot be fetched; fetch tiny\.zip by hand, then"):
        get(["tiny"])
    assert server.asked == []
    right = archive.read_bytes()
    archive.write_bytes(right + b"x")
    with pytest.raises(UserError, match=r"tiny\.zip: sha256 is"):
        get(["tiny"], [archive])
    assert archive.is_file()
    archive.write_bytes(right)
    get(["tiny"], [archive])
    assert json.loads(RECORD.read_text())["origins"][0]["published_by"] == "a test"

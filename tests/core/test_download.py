from pathlib import Path

import pytest
import requests

from asymmetry.core.download import download, forget
from asymmetry.core.errors import UserError
from tests.http_server import Served, Server

CONTENT = bytes(range(256)) * 40


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "downloads"


def test_a_whole_file_is_fetched_once(server: Server, folder: Path):
    url = server.publish("a.zip", Served(CONTENT))
    for _ in range(2):
        assert download(url, folder / "a.zip", len(CONTENT)).read_bytes() == CONTENT
    assert server.asked == [("a.zip", None)]
    assert [path.name for path in folder.iterdir()] == ["a.zip"]


def test_a_file_of_unknown_length_is_fetched(server: Server, folder: Path):
    url = server.publish("a.zip", Served(CONTENT, chunked=True))
    assert download(url, folder / "a.zip").read_bytes() == CONTENT


def test_a_cut_transfer_goes_on_where_it_was_cut(server: Server, folder: Path):
    url = server.publish("a.zip", Served(CONTENT, cuts=[1000, 500]))
    assert download(url, folder / "a.zip").read_bytes() == CONTENT
    assert [wanted for _, wanted in server.asked] == [None, "bytes=1000-", "bytes=1500-"]


def test_a_later_start_goes_on_too(server: Server, folder: Path):
    served = Served(CONTENT, cuts=[1000] + [0] * 4)
    url = server.publish("a.zip", served)
    with pytest.raises(UserError, match="cut off after 1,000 bytes, which are kept"):
        download(url, folder / "a.zip")
    assert (folder / "a.zip.part").stat().st_size == 1000
    assert not (folder / "a.zip").exists()
    server.asked.clear()
    assert download(url, folder / "a.zip").read_bytes() == CONTENT
    assert server.asked == [("a.zip", "bytes=1000-")]


def test_a_server_without_ranges_starts_over(server: Server, folder: Path):
    url = server.publish("a.zip", Served(CONTENT, ranges=False, cuts=[1000]))
    assert download(url, folder / "a.zip").read_bytes() == CONTENT
    assert len(server.asked) == 2


@pytest.mark.parametrize("etag", [None, 'W/"weak"'])
def test_without_proof_of_the_same_file_it_starts_over(
    etag: str | None, server: Server, folder: Path
):
    url = server.publish("a.zip", Served(CONTENT, etag=etag, cuts=[1000]))
    assert download(url, folder / "a.zip").read_bytes() == CONTENT
    assert [wanted for _, wanted in server.asked] == [None, None]


@pytest.mark.parametrize("checks_if_range", [True, False])
def test_a_file_that_changed_between_starts_is_never_mixed(
    checks_if_range: bool, server: Server, folder: Path
):
    url = server.publish("a.zip", Served(CONTENT, cuts=[1000] + [0] * 4))
    with pytest.raises(UserError, match="cut off"):
        download(url, folder / "a.zip")
    other = CONTENT[::-1]
    server.publish("a.zip", Served(other, '"second"', checks_if_range=checks_if_range))
    assert download(url, folder / "a.zip").read_bytes() == other


def test_a_part_of_another_address_is_not_continued(server: Server, folder: Path):
    served = Served(CONTENT, cuts=[1000] + [0] * 4)
    with pytest.raises(UserError, match="cut off"):
        download(server.publish("a.zip", served), folder / "a.zip")
    url = server.publish("b.zip", Served(CONTENT[::-1]))
    assert download(url, folder / "a.zip").read_bytes() == CONTENT[::-1]


def test_a_part_that_is_whole_is_taken(server: Server, folder: Path):
    url = server.publish("a.zip", Served(CONTENT, cuts=[1000] + [0] * 4))
    with pytest.raises(UserError, match="cut off"):
        download(url, folder / "a.zip")
    (folder / "a.zip.part").write_bytes(CONTENT)
    server.asked.clear()
    assert download(url, folder / "a.zip").read_bytes() == CONTENT
    assert len(server.asked) == 1


@pytest.mark.parametrize("ranges", [True, False])
def test_tries_end(ranges: bool, server: Server, folder: Path):
    url = server.publish(
        "a.zip", Served(CONTENT, ranges=ranges, cuts=[9] + [0 if ranges else 9] * 50)
    )
    with pytest.raises(UserError, match="cut off after 9 bytes"):
        download(url, folder / "a.zip")
    assert len(server.asked) == 5


def test_a_busy_server_is_asked_again(server: Server, folder: Path):
    url = server.publish("a.zip", Served(CONTENT, refusals=[503, 429]))
    assert download(url, folder / "a.zip").read_bytes() == CONTENT


def test_no_such_file_is_asked_for_once(server: Server, folder: Path):
    with pytest.raises(UserError, match=r"gone\.zip: the server answers 404 \(Not Found\); see"):
        download(f"{server.address}/gone.zip", folder / "gone.zip")
    assert len(server.asked) == 1


def test_no_server(folder: Path, monkeypatch: pytest.MonkeyPatch, server: Server):
    with pytest.raises(UserError, match="cannot be reached") as error:
        download("http://127.0.0.1:9/a.zip", folder / "a.zip")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("reason", "message", "tries"),
    [
        ("CERTIFICATE_VERIFY_FAILED: certificate has expired", "its certificate is not valid", 1),
        ("UNEXPECTED_EOF_WHILE_READING", "cannot be reached", 4),
    ],
)
def test_a_bad_certificate_is_not_tried_again(
    reason: str, message: str, tries: int, folder: Path, monkeypatch: pytest.MonkeyPatch, server
):
    asked = []

    def refused(_session: object, url: str, **_: object) -> None:
        asked.append(url)
        raise requests.exceptions.SSLError(reason)

    monkeypatch.setattr(requests.Session, "get", refused)
    with pytest.raises(UserError, match=f"https://a.test/a.zip: {message}"):
        download("https://a.test/a.zip", folder / "a.zip")
    assert len(asked) == tries


def test_what_is_forgotten_leaves_no_part(server: Server, folder: Path):
    url = server.publish("a.zip", Served(CONTENT, cuts=[1000] + [0] * 4))
    with pytest.raises(UserError, match="cut off"):
        download(url, folder / "a.zip")
    forget(folder / "a.zip")
    assert list(folder.iterdir()) == []


def test_another_length_than_published_is_refused_before_it_is_fetched(
    server: Server, folder: Path
):
    url = server.publish("a.zip", Served(CONTENT))
    with pytest.raises(UserError, match="has 10,240 bytes, published are 9,999"):
        download(url, folder / "a.zip", 9999)
    assert list(folder.iterdir()) == []


def test_an_archive_marked_as_compressed_comes_as_it_is(server: Server, folder: Path):
    url = server.publish("a.tgz", Served(CONTENT, encoding="gzip"))
    assert download(url, folder / "a.tgz").read_bytes() == CONTENT

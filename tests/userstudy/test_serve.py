import os
import shutil
import socket
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from asymmetry.core.errors import UserError
from asymmetry.userstudy.plan import UserStudy
from asymmetry.userstudy.serve import check_pictures, free
from asymmetry.userstudy.store import Answer, Store
from tests.userstudy.server import Server, serving

Made = tuple[UserStudy, Store]
TOTAL = 30


def begin(link: str) -> requests.Session:
    browser = requests.Session()
    browser.post(f"{link}/begin").raise_for_status()
    return browser


def answer(browser: requests.Session, link: str, trial: int) -> dict[str, int]:
    choice = "left" if trial % 3 else "right"
    response = browser.post(f"{link}/answer", json={"trial": trial, "choice": choice})
    response.raise_for_status()
    return dict(response.json())


def expected(rater: int, count: int = TOTAL) -> list[Answer]:
    return [Answer(rater, trial, "left" if trial % 3 else "right") for trial in range(count)]


def test_answers_survive_a_kill_in_the_middle_and_the_session_goes_on(made: Made, server: Server):
    link = server.links[0]
    browser = begin(link)
    for trial in range(TOTAL):
        if trial in (7, 8, 20):
            server.kill()
            assert made[1].answers == expected(0, trial)
            server.start()
            assert server.links[0] == link
            assert browser.get(f"{link}/state").json()["answered"] == trial
        assert answer(browser, link, trial)["answered"] == trial + 1
    assert made[1].answers == expected(0)


def test_two_raters_answer_at_once(made: Made, server: Server):
    def take(link: str) -> None:
        browser = begin(link)
        for trial in range(TOTAL):
            answer(browser, link, trial)

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(take, server.links[:2]))
    assert made[1].answers == [*expected(0), *expected(1)]


def test_nothing_is_printed_of_who_asks(server: Server):
    browser = begin(server.links[0])
    browser.get(f"{server.links[0]}/state")
    browser.get(f"http://127.0.0.1:{server.port}/nowhere")
    browser.close()
    assert server.stop() == ""


def test_a_busy_port_is_a_line(server: Server, tmp_path: Path):
    second = serving(tmp_path, server.port)
    assert second.communicate()[0] == (
        f"error: 127.0.0.1:{server.port}: cannot be listened at (Address already in use); "
        "choose another --port or --host\n"
    )
    assert second.returncode == 2
    assert begin(server.links[0]).get(f"{server.links[0]}/state").json()["answered"] == 0


def test_it_listens_at_the_loopback_alone_unless_told(server: Server):
    with pytest.raises(OSError, match="refused"):
        socket.create_connection((own_address(), server.port), timeout=5)


def own_address() -> str:
    """An address of this machine that is not the loopback's."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as outward:
        try:
            outward.connect(("192.0.2.1", 9))  # sends nothing
        except OSError:
            pytest.skip("this machine has no address but the loopback's")
        return str(outward.getsockname()[0])


def test_a_read_only_folder_is_a_line(tmp_path: Path, made: Made):
    folder = tmp_path / "userstudy"
    for file in folder.glob("answers*"):
        file.unlink()
    folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        printed = serving(tmp_path, 0, under=without_privilege()).communicate()[0]
    finally:
        folder.chmod(stat.S_IRWXU)
    assert "answers cannot be kept here" in printed
    assert "make the folder writable" in printed
    assert len(printed.splitlines()) == 1


def without_privilege() -> list[str]:
    """What takes from root the right to write where it may not."""
    if os.getuid():
        return []
    if not shutil.which("setpriv"):
        pytest.skip("root may write anywhere, and there is no setpriv")
    return ["setpriv", "--bounding-set", "-dac_override,-dac_read_search", "--"]


def test_a_damaged_picture_is_named(made: Made, tmp_path: Path):
    folder = tmp_path / "userstudy"
    check_pictures(made[0], folder)
    file = folder / "pictures" / max(made[0].files)
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(UserError, match=rf"{file.name}: is missing or damaged"):
        check_pictures(made[0], folder)


def test_a_rater_who_lost_the_browser_is_freed(made: Made, tmp_path: Path):
    made[1].begin(made[1].raters[1].token)
    free(tmp_path / "userstudy", 2)
    assert made[1].raters[1].browser is None
    with pytest.raises(UserError, match="there is no rater 4; they are 1 to 3"):
        free(tmp_path / "userstudy", 4)

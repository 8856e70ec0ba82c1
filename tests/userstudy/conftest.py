import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from asymmetry.userstudy.plan import UserStudy
from asymmetry.userstudy.sessions import Lengths
from asymmetry.userstudy.store import Store
from tests.userstudy.questions import write_study
from tests.userstudy.server import Server, free_port


@pytest.fixture
def made(tmp_path: Path) -> tuple[UserStudy, Store]:
    """A user study of 30 questions a rater, and its answers."""
    return write_study(tmp_path / "userstudy", Lengths(raters=3, pairs=22, repeats=5, catches=3))


@pytest.fixture
def server(made: tuple[UserStudy, Store], tmp_path: Path) -> Iterator[Server]:
    """Its server, started."""
    server = Server(tmp_path, free_port())
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Debian's Chromium, headless."""
    api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("no `chromium` on this machine: the user study was not taken in a browser")
    options = ["--no-sandbox"] if os.getuid() == 0 else []
    with api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=options)
        yield opened
        opened.close()

from collections.abc import Iterator
from pathlib import Path

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

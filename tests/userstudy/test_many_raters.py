"""Very many raters, one after the other, on one real server."""

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from asymmetry.userstudy.answers import read_answers
from asymmetry.userstudy.plan import UserStudy
from asymmetry.userstudy.sessions import Lengths
from asymmetry.userstudy.store import Answer, Side, Store
from tests.userstudy.questions import arena, write_study
from tests.userstudy.server import Server, free_port

FIRST = 10  # raters after whom the server has grown to what it needs


def choice(rater: int, trial: int) -> Side:
    return "left" if (7 * rater + trial) % 3 else "right"


def take(link: str, rater: int) -> None:
    """A session in a browser of its own; its first answer is sent twice, as after a lost reply."""
    with requests.Session() as browser:
        browser.post(f"{link}/begin", allow_redirects=False).raise_for_status()
        state = browser.get(f"{link}/state").json()
        while state["next"]:
            trial = state["next"]["trial"]
            body = {"trial": trial, "choice": choice(rater, trial)}
            for _ in range(2 if trial == 0 else 1):
                state = browser.post(f"{link}/answer", json=body).json()
            assert state["answered"] == trial + 1


def memory(process: int) -> float:
    """The resident memory of a process in MB."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def open_files(process: int) -> int:
    return len(list(Path(f"/proc/{process}/fd").iterdir()))


@pytest.fixture
def many(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Server, Store]]:
    """A started server for so many raters of five questions, six cells and four photos."""
    raters, design = request.param
    lengths, cells = Lengths(raters, pairs=3, repeats=1, catches=1), (arena(6, 4),)
    _, store = write_study(tmp_path / "userstudy", lengths, cells, design=design)
    server = Server(tmp_path, free_port())
    server.start()
    yield server, store
    assert server.stop() == ""


def spread(counts: Counter[str]) -> int:
    return max(counts.values()) - min(counts.values())


def shown(study: UserStudy, answers: list[Answer]) -> tuple[Counter[str], Counter[str]]:
    """How often answered pairs showed each cell, and each photo."""
    trials = [study.trials(rater) for rater in range(len(study.sessions))]
    pairs = [trials[one.rater][one.trial] for one in answers]
    pairs = [one for one in pairs if one.kind == "pair"]
    cells = Counter(side.shows for one in pairs for side in (one.left, one.right))
    return cells, Counter(one.image for one in pairs)


@pytest.mark.parametrize(
    "many",
    [
        pytest.param((25, "balanced"), id="short"),
        pytest.param((25, "adaptive"), id="short-adaptive"),
        pytest.param((1000, "balanced"), marks=pytest.mark.long, id="balanced"),
        pytest.param((1000, "adaptive"), marks=pytest.mark.long, id="adaptive"),
    ],
    indirect=True,
)
def test_each_answer_is_kept_once_and_the_server_does_not_grow(
    many: tuple[Server, Store], tmp_path: Path
):
    server, store = many
    assert server.process
    process, grown, files = server.process.pid, 0.0, 0
    for rater, link in enumerate(server.links):
        if rater == FIRST:
            grown, files = memory(process), open_files(process)
        take(link, rater)
        if (rater + 1) % 100 == 0 or rater == FIRST:
            print(f"{rater + 1} raters, {memory(process):.1f} MB, {open_files(process)} open files")
    expected = [
        Answer(rater, trial, choice(rater, trial))
        for rater in range(len(server.links))
        for trial in range(5)
    ]
    assert store.answers == expected
    assert open_files(process) <= files + 2  # the last browser may still be leaving
    assert memory(process) < grown + 10
    study, answers = read_answers(tmp_path / "userstudy")
    cells, photos = shown(study, answers)
    assert sum(photos.values()) == 3 * len(server.links)
    if study.design == "balanced":
        assert spread(cells) <= 1
        assert spread(photos) <= 1
    assert len(cells) == 6
    assert len(photos) == 4

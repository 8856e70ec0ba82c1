import json
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from starlette.testclient import TestClient

from asymmetry.userstudy.answers import read_answers
from asymmetry.userstudy.app import make_app
from asymmetry.userstudy.consistency import rater_table
from asymmetry.userstudy.fit import fit
from asymmetry.userstudy.plan import Trial, UserStudy
from asymmetry.userstudy.sessions import Lengths
from asymmetry.userstudy.store import Answer, Store
from tests.userstudy.questions import write_study

Made = tuple[UserStudy, Store]
Clients = Callable[[], TestClient]


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return write_study(tmp_path, Lengths(raters=2, pairs=6, repeats=2, catches=1))


@pytest.fixture
def client(made: Made, tmp_path: Path) -> Clients:
    """A browser each, with its own cookies."""
    app = make_app(made[0], tmp_path, made[1])
    return lambda: TestClient(app, base_url="http://study")


def page_of(made: Made, rater: int = 0) -> str:
    return f"/rate/{made[1].raters[rater].token}"


def begun(made: Made, client: Clients, rater: int = 0) -> TestClient:
    browser = client()
    assert browser.post(f"{page_of(made, rater)}/begin").status_code == 200
    return browser


def test_a_whole_session_is_taken_and_kept(made: Made, client: Clients):
    browser, page = begun(made, client), page_of(made)
    state = browser.get(f"{page}/state").json()
    for trial in range(9):
        expected: Trial = made[0].sessions[0][trial]
        assert (state["answered"], state["total"]) == (trial, 9)
        assert state["next"] == {
            "trial": trial,
            "left": expected.left.file,
            "right": expected.right.file,
            "reference": expected.reference,
        }
        choice = ["left", "right"][trial % 2]
        state = browser.post(f"{page}/answer", json={"trial": trial, "choice": choice}).json()
    assert state == {"answered": 9, "total": 9, "next": None}
    assert [answer.choice for answer in made[1].answers] == ["left", "right"] * 4 + ["left"]


def test_a_closed_browser_goes_on_where_it_was(made: Made, client: Clients):
    browser, page = begun(made, client), page_of(made)
    browser.post(f"{page}/answer", json={"trial": 0, "choice": "left"})
    assert "Begin" not in browser.get(page).text
    assert browser.get(f"{page}/state").json()["answered"] == 1


def test_opening_a_link_does_not_use_it(made: Made, client: Clients):
    for _ in range(2):  # as the preview of a messenger does
        assert "Begin" in client().get(page_of(made)).text
    begun(made, client)


def test_two_raters_do_not_disturb_each_other(made: Made, client: Clients):
    one, other = begun(made, client, 0), begun(made, client, 1)
    one.post(f"{page_of(made, 0)}/answer", json={"trial": 0, "choice": "left"})
    other.post(f"{page_of(made, 1)}/answer", json={"trial": 0, "choice": "right"})
    assert made[1].answers == [Answer(0, 0, "left"), Answer(1, 0, "right")]


def test_a_page_names_nothing_but_pictures(made: Made, client: Clients):
    browser, page = begun(made, client), page_of(made)
    seen = client().get(page_of(made, 1)).text + browser.get(page).text
    seen += browser.get(f"{page}/state").text
    for trial in made[0].sessions[0]:
        for name in (trial.image, trial.task, "cell", "worse", "repeat", "catch"):
            assert name not in seen


def test_pictures_come_as_they_are_and_may_be_kept(made: Made, client: Clients, tmp_path: Path):
    file = sorted(made[0].files)[0]
    response = client().get(f"/picture/{file}")
    assert response.content == (tmp_path / "pictures" / file).read_bytes()
    assert response.headers["content-type"] == "image/png"
    assert "immutable" in response.headers["cache-control"]


@pytest.mark.parametrize("path", ["", "/state"])
def test_a_wrong_token_is_refused(path: str, client: Clients):
    response = client().get(f"/rate/wrong{path}")
    assert response.status_code == 404
    assert "This link is not known. Open the link that you were given." in response.text


def test_a_wrong_token_cannot_answer_or_begin(made: Made, client: Clients):
    for end in ("begin", "answer"):
        response = client().post(f"/rate/wrong/{end}", json={"trial": 0, "choice": "left"})
        assert (response.status_code, response.json()["error"][:22]) == (
            404,
            "This link is not known",
        )
    assert made[1].answers == []


def test_a_reused_token_is_refused_and_its_first_browser_goes_on(made: Made, client: Clients):
    browser, page, stranger = begun(made, client), page_of(made), client()
    for response in [
        stranger.get(page),
        stranger.get(f"{page}/state"),
        stranger.post(f"{page}/answer", json={"trial": 0, "choice": "left"}),
        stranger.post(f"{page}/begin"),
    ]:
        assert response.status_code in (403, 409)
        assert "already used in another browser" in response.text
    assert browser.get(f"{page}/state").json()["answered"] == 0


def test_a_token_with_the_cookie_of_another_rater_is_refused(made: Made, client: Clients):
    begun(made, client, 0)
    browser = begun(made, client, 1)
    browser.cookies.set("browser", browser.cookies["browser"], path="/")
    assert browser.get(f"{page_of(made, 0)}/state").status_code == 403


def test_an_answer_before_the_beginning_is_refused(made: Made, client: Clients):
    answer = {"trial": 0, "choice": "left"}
    response = client().post(f"{page_of(made)}/answer", json=answer)
    assert response.status_code == 409
    assert "not begun yet" in response.json()["error"]


@pytest.mark.parametrize(
    ("answer", "status", "reason"),
    [
        ({"trial": 1, "choice": "left"}, 409, "Pair 2 was not asked yet."),
        ({"trial": 9, "choice": "left"}, 400, "There are 9 pairs, and none after them."),
        ({"trial": 10**30, "choice": "left"}, 400, "none after them"),
        ({"trial": -1, "choice": "left"}, 400, "An answer is"),
        ({"trial": True, "choice": "left"}, 400, "An answer is"),
        ({"trial": "0", "choice": "left"}, 400, "An answer is"),
        ({"trial": 0.0, "choice": "left"}, 400, "An answer is"),
        ({"trial": 0, "choice": "both"}, 400, "An answer is"),
        ({"trial": 0, "choice": ["left"]}, 400, "An answer is"),
        ({"trial": 0, "choice": "left", "rater": 1}, 400, "An answer is"),
        ({"choice": "left"}, 400, "An answer is"),
        ([], 400, "An answer is"),
        (None, 400, "An answer is"),
    ],
)
def test_what_is_no_answer_to_the_next_pair_is_refused(
    answer: Any, status: int, reason: str, made: Made, client: Clients
):
    response = begun(made, client).post(f"{page_of(made)}/answer", json=answer)
    assert response.status_code == status
    assert reason in response.json()["error"]
    assert made[1].answers == []


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 900, b'{"trial": NaN}'])
def test_what_is_no_json_is_refused(body: bytes, made: Made, client: Clients):
    response = begun(made, client).post(f"{page_of(made)}/answer", content=body)
    assert response.status_code == 400
    assert "An answer is" in response.json()["error"]


@pytest.mark.parametrize("chunked", [False, True])
def test_a_megabyte_of_json_is_refused(chunked: bool, made: Made, client: Clients):
    body = json.dumps({"trial": 0, "choice": "left", "more": "x" * 2**20}).encode()
    parts = (body[start : start + 4096] for start in range(0, len(body), 4096))
    browser, page = begun(made, client), page_of(made)
    response = browser.post(f"{page}/answer", content=parts if chunked else body)
    assert response.status_code == 413
    assert "at most 1000 bytes" in response.json()["error"]
    assert browser.get(f"{page}/state").json()["answered"] == 0


def test_twice_the_same_answer_counts_once_and_another_is_refused(made: Made, client: Clients):
    browser, page = begun(made, client), page_of(made)
    for _ in range(2):
        response = browser.post(f"{page}/answer", json={"trial": 0, "choice": "left"})
        assert response.json()["answered"] == 1
    response = browser.post(f"{page}/answer", json={"trial": 0, "choice": "right"})
    assert response.status_code == 409
    assert response.json() == {"error": "Pair 1 has another answer already, which stays."}
    assert made[1].answers == [Answer(0, 0, "left")]


@pytest.mark.parametrize(
    "path",
    [
        "/picture/../answers.sqlite",
        "/picture/..%2fanswers.sqlite",
        "/picture/%2e%2e/plan.json",
        "/picture/....//answers.sqlite",
        "/picture/" + "0" * 64 + ".png",
        "/page/../app.py",
        "/page/..%2f..%2fapp.py",
        "/page/base.html",
        "/answers.sqlite",
        "/plan.json",
        "//etc/passwd",
        "/picture/%00",
    ],
)
def test_no_path_leads_to_another_file(path: str, client: Clients):
    response = client().get(path)
    assert response.status_code == 404
    assert b"SQLite" not in response.content


def test_a_script_in_what_is_shown_is_text(made: Made, tmp_path: Path):
    script = "<script>alert(1)</script>"
    study = made[0].model_copy(update={"question": script})
    app = make_app(study, tmp_path, made[1])
    page = TestClient(app).get(page_of(made)).text
    assert script not in page
    assert "&lt;script&gt;" in page
    assert "<script>" not in TestClient(app).get(f"/rate/{script}").text


def test_every_response_forbids_scripts_and_requests_of_others(made: Made, client: Clients):
    browser, page = begun(made, client), page_of(made)
    for path in ("/", page, f"{page}/state", "/page/rate.js", "/nowhere"):
        headers = browser.get(path).headers
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"


def test_the_cookie_is_for_one_link_and_no_script(made: Made, client: Clients):
    response = client().post(f"{page_of(made)}/begin", follow_redirects=False)
    cookie = response.headers["set-cookie"]
    assert f"Path={page_of(made)};" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie


def test_an_answer_that_cannot_be_kept_is_said_and_asked_again(
    made: Made, client: Clients, monkeypatch: pytest.MonkeyPatch
):
    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    browser, page = begun(made, client), page_of(made)
    monkeypatch.setattr(Store, "answer", full)
    response = browser.post(f"{page}/answer", json={"trial": 0, "choice": "left"})
    assert response.status_code == 503
    assert "could not be kept" in response.json()["error"]


def luminance(colour: str) -> float:
    """WCAG 2.2's relative luminance of `#rrggbb`."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(
    ("name", "least"), [("text", 4.5), ("quiet", 4.5), ("line", 3), ("strong", 3)]
)
def test_colours_stand_out_in_light_and_dark(name: str, least: float, client: Clients):
    style = client().get("/page/rate.css").text
    grounds, colours = (re.findall(rf"--{one}: (#\w{{6}})", style) for one in ("ground", name))
    assert len(grounds) == len(colours) == 2
    for pair in zip(grounds, colours, strict=True):
        low, high = sorted(map(luminance, pair))
        assert (high + 0.05) / (low + 0.05) >= least


@pytest.fixture
def open_study(tmp_path: Path) -> Made:
    """One whose pairs are chosen by the answers so far."""
    lengths = Lengths(raters=3, pairs=9, repeats=3, catches=2)
    return write_study(tmp_path, lengths, design="adaptive")


def take(study: UserStudy, browser: TestClient, page: str, better: Callable[[str], int]) -> None:
    """Answer all questions; a picture of more `better` is chosen."""
    shows = {
        file: name
        for arena in study.arenas
        for pictures in arena.pictures.values()
        for name, file in pictures.items()
    }
    state = browser.get(f"{page}/state").json()
    while state["next"]:
        assert browser.get(f"{page}/state").json() == state  # loaded again, it is the same pair
        left, right = (better(shows.get(state["next"][side], "")) for side in ("left", "right"))
        choice = "left" if left >= right else "right"
        body = {"trial": state["next"]["trial"], "choice": choice}
        state = browser.post(f"{page}/answer", json=body).json()


def rank(name: str) -> int:
    return 9 if name == "reference" else int(name[-1]) if name else 0


def test_an_adaptive_session_is_chosen_as_it_goes_and_counts_as_others(
    open_study: Made, tmp_path: Path
):
    study, store = open_study
    app = make_app(study, tmp_path, store)
    for rater in range(2):
        browser = TestClient(app, base_url="http://study")
        page = f"/rate/{store.raters[rater].token}"
        browser.post(f"{page}/begin")
        take(study, browser, page, rank)
    asked = store.asked()
    assert sorted(asked) == sorted(
        (rater, place)
        for rater in range(2)
        for place, one in enumerate(study.sessions[rater])
        if one.kind == "pair"
    )
    read, answers = read_answers(tmp_path)
    table = rater_table(read, answers).set_index("rater")
    assert table["answered"].tolist() == table["asked"].tolist() == [14, 14]
    assert table["repeats_same"].tolist() == table["repeats"].tolist() == [3, 3]
    assert table["catches_right"].tolist() == table["catches"].tolist() == [2, 2]
    assert fit(tmp_path, resamples=20)
    cells = pd.read_csv(tmp_path / "cells.csv")
    assert cells["score"].is_monotonic_increasing
    assert cells["comparisons"].sum() == 2 * 18


def test_what_the_adaptive_design_has_not_asked_cannot_be_answered(
    open_study: Made, tmp_path: Path
):
    study, store = open_study
    rater = next(index for index, session in enumerate(study.sessions) if session[0].kind == "pair")
    page = f"/rate/{store.raters[rater].token}"
    browser = TestClient(make_app(study, tmp_path, store), base_url="http://study")
    browser.post(f"{page}/begin", follow_redirects=False)
    answer = {"trial": 0, "choice": "left"}
    response = browser.post(f"{page}/answer", json=answer)
    assert (response.status_code, response.json()["error"]) == (409, "Pair 1 was not asked yet.")
    browser.get(f"{page}/state")
    assert browser.post(f"{page}/answer", json=answer).json()["answered"] == 1


def test_the_same_answers_are_asked_the_same_questions_again(tmp_path: Path):
    asked = []
    for folder in (tmp_path / "one", tmp_path / "other"):
        study, store = write_study(folder, Lengths(2, 9, 0, 0), design="adaptive")
        app = make_app(study, folder, store)
        browsers = [TestClient(app, base_url="http://study") for _ in range(2)]
        for rater, browser in enumerate(browsers):
            page = f"/rate/{store.raters[rater].token}"
            browser.post(f"{page}/begin")
            take(study, browser, page, rank)
        asked.append(store.asked())
    assert asked[0] == asked[1]

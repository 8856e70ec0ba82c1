"""What a browser is given of the current page."""

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from asymmetry.monitor.live.app import make_app

STATE = {"version": 1, "cells": "2 of 5 cells done"}


class Standing:
    """Rounds that stand still at a page, or before the first one."""

    def __init__(self, page: Path | None) -> None:
        self.page = page

    def state(self) -> dict[str, Any]:
        return STATE


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A page with a figure, a picture behind a link, and a secret beside it."""
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "results/crops").mkdir(parents=True)
    (tmp_path / "results/crops/one.png").write_bytes(b"picture")
    folder = tmp_path / "1"
    (folder / "figures").mkdir(parents=True)
    (folder / "index.html").write_text("<html><body><h1>The page</h1></body></html>")
    (folder / "figures/a.svg").write_text("<svg/>")
    (folder / "crops").symlink_to(tmp_path / "results/crops")
    return folder


def client(folder: Path | None, host: str = "127.0.0.1:8738") -> TestClient:
    return TestClient(make_app(Standing(folder)), base_url=f"http://{host}")  # type: ignore[arg-type]


@pytest.mark.parametrize("path", ["/", "/index.html"])
def test_the_page_follows_the_study(page: Path, path: str):
    answer = client(page).get(path)
    assert "<h1>The page</h1>" in answer.text
    assert answer.text.count('<script src="/live/live.js"') == 1
    assert (page / "index.html").read_text().count("live") == 0


def test_its_files_and_pictures_are_there(page: Path):
    browser = client(page)
    assert browser.get("/figures/a.svg").text == "<svg/>"
    assert browser.get("/crops/one.png").content == b"picture"
    assert browser.get("/live.json").json() == STATE
    for name, kind in {"live.js": "text/javascript", "live.css": "text/css"}.items():
        assert browser.get(f"/live/{name}").headers["content-type"].startswith(kind)


@pytest.mark.parametrize(
    "path",
    [
        "/nothing.svg",
        "/live/app.py",
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/crops/%2e%2e/x.html",
    ],
)
def test_nothing_else_is(page: Path, path: str):
    assert client(page).get(path).status_code == 404


def test_before_the_first_page_there_is_one_that_waits():
    browser = client(None)
    assert "The first page is being made" in browser.get("/").text
    assert browser.get("/figures/a.svg").status_code == 404


def test_another_name_of_this_machine_gets_nothing(page: Path):
    assert client(page, "rebound.example").get("/live.json").status_code == 400
    assert client(page, "localhost:8738").get("/live.json").status_code == 200


def test_a_page_runs_its_own_scripts_and_asks_no_other_site(page: Path):
    policy = client(page).get("/").headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'unsafe-inline' 'self';" in policy
    assert "connect-src 'self'" in policy

"""The page of a study that grows, in a real browser: it follows, and keeps what a reader opened."""

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.page.looks import contrasts, violations
from tests.workflow.conftest import Project

pytestmark = pytest.mark.page
PATIENCE = 900_000  # milliseconds: a page is made by a process of low priority


@pytest.fixture(scope="module")
def growing(study: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The small study before its last cell ended."""
    folder = tmp_path_factory.mktemp("growing") / "study"
    shutil.copytree(study.folder, folder, symlinks=True)
    return Project(folder)


@pytest.fixture(scope="module")
def last(growing: Project) -> tuple[Path, bytes]:
    """The record of the last cell, which is not there yet."""
    record = sorted(growing.folder.glob("runs/*/*/mse/*/*/*/run.json"))[-1]
    content = record.read_bytes()
    record.unlink()
    return record, content


@pytest.fixture(scope="module")
def address(growing: Project, last: object) -> Iterator[str]:
    server = subprocess.Popen(
        [sys.executable, "-m", "asymmetry", "status", "--serve", "--port", "0"],
        cwd=growing.folder,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout
    yield server.stdout.readline().split()[0]
    server.send_signal(signal.SIGINT)
    assert server.communicate()[0] == "ended; the study goes on\n"


@pytest.fixture
def page(browser: Any, address: str) -> Iterator[Any]:
    """The page in a window of its own, once there is one; nothing fails, or asks another host."""
    complaints = []
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    opened = context.new_page()
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda one: complaints.append(one.text))
    opened.on(
        "request",
        lambda one: one.url.startswith((address, "data:")) or complaints.append(one.url),
    )
    opened.goto(address)
    opened.wait_for_selector("#answer", timeout=PATIENCE)
    yield opened
    context.close()
    assert complaints == []


def test_images_are_compared_on_it(page: Any, address: str):
    page.goto(f"{address}compare.html")
    page.wait_for_selector("#stage img")
    page.wait_for_load_state("networkidle")
    widths = page.eval_on_selector_all("#stage img", "all => all.map((one) => one.naturalWidth)")
    assert all(widths)
    assert len(widths) == 2
    page.wait_for_selector("#live b")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_read_the_line_at_its_foot(page: Any, scheme: str):
    page.emulate_media(color_scheme=scheme)
    page.wait_for_selector("#live b")
    assert [one for one in contrasts(page) if one[1] < 4.5] == []
    assert violations(page) == []
    page.set_viewport_size({"width": 360, "height": 740})
    bar = page.locator("#live").bounding_box()
    assert bar["y"] + bar["height"] <= 740
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.emulate_media(media="print")
    assert page.locator("#live").is_hidden()


def test_a_server_that_ended_is_told(page: Any):
    """The page stays as it is."""
    page.route("**/live.json", lambda route: route.fulfill(body="no state"))
    page.wait_for_selector("#live.lost", timeout=PATIENCE)
    assert "The server has ended" in page.locator("#live").inner_text()
    assert page.locator("#answer").is_visible()
    page.unroute("**/live.json")


def test_it_grows_under_the_eyes_of_its_reader(
    page: Any, address: str, last: tuple[Path, bytes], study: Project
):
    page.wait_for_selector("#live b")
    assert page.locator("#live b").inner_text() == "9 of 10 cells done"
    assert "9 of 10 cells done, 1 missing" in page.locator("#answer").inner_text()
    row = page.locator("#runs details").last
    row.locator("summary").click()
    row.scroll_into_view_if_needed()
    top = page.evaluate("scrollY")
    assert top > 800

    record, content = last
    record.write_bytes(content)
    # The page lets no text be run as a script, so Playwright may only wait for what is there.
    page.wait_for_selector("#answer :text('10 of 10 cells done')", timeout=PATIENCE)
    page.wait_for_selector("#live b:text-is('10 of 10 cells done')")
    assert page.locator("#runs details").last.evaluate("one => one.open")
    assert page.evaluate("scrollY") > 800
    # What it came to is what the study's own last stage made of the same runs and parts.
    whole = (study.folder / "results/index.html").read_text("utf-8")
    own = ("/live/live.", "<dt>commit</dt>", "Check out commit")
    live, kept = (
        [line for line in text.splitlines() if not any(one in line for one in own)]
        for text in (requests.get(address).text, whole)
    )
    assert live == kept

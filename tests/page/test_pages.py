"""Both pages as a reader meets them: links, names, colours, widths, and what hostile names do."""

import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit
from zipfile import ZipFile

import pytest

from asymmetry.figures.registry import drawn_figures
from tests.page.conftest import HOSTILE
from tests.page.looks import contrasts, open_all, unnamed, violations, width_of_content
from tests.workflow.test_study import jobs

pytestmark = pytest.mark.page
PAGES = ["index.html", "compare.html"]
SCHEMES = ["light", "dark"]


def address(results: Path, name: str) -> str:
    return (results / name).as_uri()


@pytest.mark.parametrize("name", PAGES)
def test_every_link_leads_somewhere(visit, results, name):
    page = visit(address(results, name))
    links = page.eval_on_selector_all(
        "[href], [src]",
        "all => all.map((o) => new URL(o.getAttribute(o.src ? 'src' : 'href'), location).href)",
    )
    assert len(links) > 10
    for link in links:
        parts = urlsplit(link)
        path = Path(unquote(parts.path))
        assert path.is_relative_to(results)
        assert path.is_file(), link
        if path.name == "index.html" and parts.fragment:
            assert page.locator(f"[id='{unquote(parts.fragment)}']").count() == 1


def test_links_of_disagreements_open_what_they_say(visit, results):
    page = visit(address(results, "index.html"))
    page.locator("#pictures li a").first.click()
    page.wait_for_url("**/compare.html#*")
    assert page.locator("#note").is_hidden()
    assert page.locator("#stage img").count() == 2
    first = page.url
    page.locator(".columns a").last.click()
    page.wait_for_function("first => location.href !== first", arg=first)
    assert page.locator("#note").is_hidden()


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("name", PAGES)
def test_text_stands_out(visit, results, name, scheme):
    page = visit(address(results, name), color_scheme=scheme)
    open_all(page)
    found = contrasts(page)
    assert len(found) > 50
    assert [one for one in found if one[1] < 4.5] == []


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_no_violation(visit, results, name, scheme):
    page = visit(address(results, name), color_scheme=scheme)
    open_all(page)
    assert violations(page) == []


def test_light_and_dark_differ(visit, results):
    grounds = {
        visit(address(results, "index.html"), color_scheme=scheme).evaluate(
            "getComputedStyle(document.body).backgroundColor"
        )
        for scheme in SCHEMES
    }
    assert len(grounds) == 2


@pytest.mark.parametrize("name", PAGES)
def test_every_control_has_a_name(visit, results, name):
    page = visit(address(results, name))
    open_all(page)
    assert unnamed(page) == []


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [320, 390, 768])
def test_a_phone_shows_it_without_scrolling_sideways(visit, results, name, width):
    page = visit(address(results, name), width=width, height=800)
    open_all(page)
    assert width_of_content(page) <= width


def test_hostile_names_are_text(visit, results):
    """That none was run, `visit` sees: no dialog, no error, no request that failed."""
    page = visit(address(results, "compare.html"))
    option = page.locator("#view option", has_text="<script>alert(1)")
    assert option.first.inner_text() == f"{HOSTILE} (own)"
    page.select_option("#view", label=f"{HOSTILE} (own)")
    page.wait_for_function("[...document.images].every((i) => i.complete && i.naturalWidth)")
    assert page.locator("#stage img").count() == 2
    assert page.locator("script").count() == 2


def test_the_pages_are_small(results):
    assert sum((results / name).stat().st_size for name in [*PAGES, "compare-data.js"]) < 5e6


def test_the_keyboard_reaches_the_content_first(visit, results):
    page = visit(address(results, "index.html"))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.locator(".skip").bounding_box()["x"] > 0
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_the_commands_on_the_page_are_known_to_snakemake(visit, study, results):
    page = visit(address(results, "index.html"))
    open_all(page)
    commands = page.locator("code", has_text="snakemake --cores all --force").all_inner_texts()
    assert len(commands) == len(drawn_figures(results)) + 1  # the figures and the page
    for command, rule in ((commands[0], "draw"), (commands[-1], "report")):
        done = study.snakemake("-n", *command.split()[3:])
        assert done.returncode == 0, done.stderr
        assert jobs(done.stdout)[rule] == 1


def test_snakemakes_own_report_as_typed(visit, browser, study, results):
    """Its chapters, titles and captions are ours, and all of a high figure can be seen."""
    done = subprocess.run(
        [sys.executable, "-m", "snakemake", "--report", "report.zip"],
        cwd=study.folder,
        env=study.environment(),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    with ZipFile(study.folder / "report.zip") as packed:
        packed.extractall(study.folder)
    ours = visit(address(results, "index.html"))
    captions = dict(title_and_caption(ours, name) for name in drawn_figures(results))
    chapters = set(ours.locator("#chapters a").all_inner_texts())
    # Not `visit`: one of its scripts warns that it is not for production.
    page = browser.new_page(viewport={"width": 1280, "height": 400})
    page.goto(address(study.folder / "report", "report.html"))
    assert set(page.evaluate("Object.keys(categories)")) <= chapters
    page.get_by_text("Figures", exact=True).first.click()
    page.wait_for_selector("tbody tr")
    rows = page.locator("tbody tr")
    assert set(rows.locator("td:first-child").all_inner_texts()) == set(captions)
    for row in rows.all():
        row.locator("a").first.click()
        frame = page.frame_locator("iframe")
        title = row.locator("td").first.inner_text()
        frame.get_by_role("heading", name=title, exact=True).wait_for()
        assert frame.locator("figcaption").inner_text() == captions[title]
        pane, top = page.locator("iframe").bounding_box(), frame.locator("h1").bounding_box()
        assert 0 <= pane["y"] < top["y"] < 400
        last = frame.locator("figcaption")
        last.scroll_into_view_if_needed()
        assert last.bounding_box()["y"] < 400


def title_and_caption(page, name):
    """The title and the caption of a figure on the study's page."""
    figure = page.locator(f"figure#{name}")
    return figure.locator(".title").inner_text(), figure.locator("figcaption").inner_text()

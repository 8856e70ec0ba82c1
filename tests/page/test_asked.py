"""The first screen, the table of claims, and figures that can be asked, by mouse and keyboard."""

import json
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.page


def index(results: Path) -> str:
    return (results / "index.html").as_uri()


def bottom(page: Any, selector: str) -> float:
    box = page.locator(selector).first.bounding_box()
    return box["y"] + box["height"]


def test_question_answer_and_figure_are_on_the_first_screen(visit, results):
    page = visit(index(results), width=1280, height=800)
    assert 0 < bottom(page, "h1") < bottom(page, ".lead") < bottom(page, "#asymmetry svg") <= 800
    assert page.locator("svg.asked").first.bounding_box()["width"] > 700


def test_the_chapters_stay_in_view_and_say_where_one_is(visit, results):
    page = visit(index(results), width=1280, height=800)
    chapters = page.locator("#chapters")
    page.locator("#chapters a", has_text="Runs").click()
    page.wait_for_function("document.querySelector('[aria-current]').textContent === 'Runs'")
    assert chapters.bounding_box()["y"] == 0
    narrow = visit(index(results), width=390, height=800)
    assert narrow.locator("#chapters").bounding_box()["height"] < 60


def test_a_claim_opens_into_its_details(visit, results):
    page = visit(index(results))
    row, more = page.locator("tr#H1"), page.locator("tr#H1 + tr")
    assert not more.is_visible()
    row.locator("summary").focus()
    page.keyboard.press("Enter")
    assert more.is_visible()
    assert "Source: P" in more.inner_text()
    assert row.locator("svg, td:has-text('–')").count()


def test_a_mark_says_its_numbers_and_opens_its_images(visit, results):
    page = visit(index(results))
    mark = page.locator("#heat_map a.mark").first
    mark.hover()
    assert page.locator("#tip").inner_text() == mark.get_attribute("aria-label")
    assert "value" in page.locator("#tip").inner_text()
    page.mouse.move(2, 2)
    assert page.locator("#tip").is_hidden()
    mark.click()
    page.wait_for_url("**/compare.html#*")
    assert page.locator("#note").is_hidden()
    page.wait_for_function("[...document.images].every((i) => i.complete && i.naturalWidth)")
    assert page.locator("#stage img").count() >= 2


def test_a_point_of_the_first_figure_opens_two_losses(visit, results):
    page = visit(index(results))
    page.locator("#asymmetry a.mark:has(use)").first.click()
    page.wait_for_url("**/compare.html#*")
    captions = page.locator("#stage figcaption").all_inner_texts()
    losses = {text.split(": ")[1].split(",")[0] for text in captions}
    assert losses == {"reference", "l1", "mse"}


def test_an_entry_of_a_legend_hides_its_marks_and_shows_them_again(visit, results):
    page = visit(index(results))
    figure = page.locator("#perception_distortion")
    names = [json.loads(one) for one in figure.locator("[data-names]").evaluate_all(
        "all => all.map((one) => one.dataset.names)")]  # fmt: skip
    key = figure.locator(".key[data-key=mse][tabindex]")
    for expected, act in ((True, key.click), (False, lambda: key.press("Enter"))):
        act()
        assert key.get_attribute("aria-pressed") == str(not expected).lower()
        hidden = figure.locator("[data-names]").evaluate_all(
            "all => all.map((one) => getComputedStyle(one).display === 'none')"
        )
        assert hidden == [expected and "mse" in one for one in names]
    assert any("mse" in one for one in names)


def test_the_keyboard_goes_from_mark_to_mark(visit, results):
    page = visit(index(results))
    figure = page.locator("#heat_map")
    assert figure.locator(".mark[tabindex='0']").count() == 1
    figure.locator(".mark[tabindex='0']").focus()
    before = page.evaluate("document.activeElement.dataset.row")
    page.keyboard.press("ArrowRight")
    after = page.evaluate("document.activeElement.dataset.row")
    assert before != after
    assert page.locator("#tip").inner_text() == page.evaluate(
        "document.activeElement.getAttribute('aria-label')"
    )
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.activeElement.dataset.row") == before
    page.keyboard.press("Enter")
    page.wait_for_url("**/compare.html#*")


def test_without_scripts_the_figures_are_there_and_their_marks_are_links(visit, results):
    page = visit(index(results), java_script_enabled=False)
    assert page.locator("#asymmetry svg").is_visible()
    assert page.locator(".key[role=button]").count() == 0
    page.locator("#heat_map a.mark").first.click()
    page.wait_for_url("**/compare.html#*")


def test_printed_it_is_as_wide_as_the_paper_and_light(visit, results):
    page = visit(index(results), width=720, color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("document.documentElement.scrollWidth") <= 720
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(28, 33, 38)"
    assert not page.locator("#chapters").is_visible()

"""The grid of one part of a photo over losses and adversaries."""

import io

import numpy as np
import pytest
from PIL import Image

from tests.page.looks import contrasts, unnamed, violations, width_of_content
from tests.page.test_compare import BICUBIC, REFERENCE, TASK, VIEW, address, said

pytestmark = pytest.mark.page
COLUMN = "vit-vanilla × 0.1"


def test_a_tile_shows_its_cell_and_opens_it_beside_the_first(visit, results):
    page = visit(address(results, [REFERENCE, BICUBIC], mode="grid", by="gmsd"))
    page.wait_for_function("[...document.images].every((i) => i.complete && i.naturalWidth)")
    body = page.locator("#grid tbody tr", has_text="mse")
    link = body.get_by_role("link", name="mse, vit-vanilla × 0.1, gmsd")
    source = link.locator("img").get_attribute("src")
    assert source.startswith(f"crops/{TASK}/compact-tiny/mse/vit-vanilla/0.1/seed0-")
    assert source.endswith(f"{VIEW}.png")
    link.click()
    page.wait_for_function("location.hash.includes('mode=side')")
    assert said(page)["cell"] == [REFERENCE, f"{TASK}/compact-tiny/mse/vit-vanilla/0.1/seed0"]
    assert page.locator("#stage img").count() == 2
    page.go_back()
    page.wait_for_function("location.hash.includes('mode=grid')")
    assert page.locator("#grid .tile-link").count() > 4


def test_a_link_is_followed_though_the_address_was_to_be_written(visit, results):
    page = visit(address(results, [REFERENCE, BICUBIC], mode="grid"))
    # The browser tells the page of a click's new address only after what is due already.
    page.evaluate("""() => {
      const due = [], real = setTimeout;
      window.setTimeout = (work) => due.push(work);
      document.getElementById("closer").click();
      window.setTimeout = real;
      location.hash = document.querySelector("#grid tbody .tile-link").hash;
      for (const work of due) work();
    }""")
    page.wait_for_timeout(500)
    assert said(page)["mode"] == ["side"]
    assert page.locator("#stage img").count() == 2


def test_tiles_show_one_part_and_move_together(visit, results):
    page = visit(address(results, [REFERENCE, BICUBIC], mode="grid", zoom=4, at="20,70"))
    page.wait_for_function("[...document.images].every((i) => i.complete && i.naturalWidth)")
    transforms = "all => all.map((one) => getComputedStyle(one).transform)"
    before = page.eval_on_selector_all("#grid img", transforms)
    assert len(set(before)) == 1
    page.click("#closer")
    after = page.eval_on_selector_all("#grid img", transforms)
    assert len(set(after)) == 1
    assert after != before
    assert said(page)["zoom"] == ["8"]
    bicubic = page.locator("#grid li", has_text="bicubic").locator(".tile")
    shot = Image.open(io.BytesIO(bicubic.screenshot())).convert("RGB")
    painted = np.asarray(shot).astype(int)
    middle = np.array(painted.shape[:2]) // 2
    own = np.asarray(Image.open(results / "crops" / BICUBIC / f"{VIEW}.png")).astype(int)
    assert (painted[middle[0] + 4, middle[1] + 4] == own[70, 20]).all()


def test_the_keyboard_goes_from_tile_to_tile(visit, results):
    page = visit(address(results, [REFERENCE, BICUBIC], mode="grid"))
    assert page.locator("#grid .tile-link[tabindex='0']").count() == 1
    page.locator("#grid .tile-link[tabindex='0']").focus()
    label = "document.activeElement.getAttribute('aria-label')"
    assert page.evaluate(label).startswith("reference")
    page.keyboard.press("ArrowRight")
    assert page.evaluate(label).startswith("bicubic")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.closest('tbody') !== null")
    first = page.evaluate(label)
    page.keyboard.press("ArrowDown")
    assert page.evaluate(label).split(",")[0] != first.split(",")[0]
    assert page.locator("#grid .tile-link[tabindex='0']").count() == 1
    page.keyboard.press("+")
    assert "zoom" in said(page)
    page.keyboard.press("Enter")
    page.wait_for_function("location.hash.includes('mode=side')")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_can_be_read(visit, results, scheme):
    page = visit(
        address(results, [REFERENCE, BICUBIC], mode="grid", overlay="coherence", sort=COLUMN),
        color_scheme=scheme,
    )
    assert violations(page) == []
    assert unnamed(page) == []
    assert [one for one in contrasts(page) if one[1] < 4.5] == []


@pytest.mark.parametrize("width", [320, 768])
def test_a_phone_shows_it_without_scrolling_sideways(visit, results, width):
    page = visit(address(results, [REFERENCE, BICUBIC], mode="grid"), width=width, height=800)
    assert width_of_content(page) <= width

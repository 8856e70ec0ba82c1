"""The comparison, by mouse and keyboard, down to its pixels."""

import io
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import numpy as np
import pytest
from PIL import Image

from asymmetry.report.comparison import name_of
from tests.page.conftest import PLAIN

pytestmark = pytest.mark.page
TASK = "bicubic-x4"
VIEW = f"centre-96/own/{PLAIN}"
REFERENCE, BICUBIC = f"{TASK}/reference", f"{TASK}/bicubic"


def address(results: Path, cells: list[str], **more: object) -> str:
    said = [("task", TASK), ("view", VIEW), *(("cell", cell) for cell in cells), *more.items()]
    return f"{(results / 'compare.html').as_uri()}#{urlencode(said)}"


def picture(results: Path, run: str) -> np.ndarray:
    return np.asarray(Image.open(results / "crops" / run / f"{VIEW}.png")).astype(int)


def seen(page: Any, number: int = 0, points: int = 5, zoom: int = 16) -> np.ndarray:
    """The colours [points, points, 3] of the pixels around the middle of a window, as painted."""
    page.wait_for_function("[...document.images].every((i) => i.complete && i.naturalWidth)")
    shot = Image.open(io.BytesIO(page.locator(".window").nth(number).screenshot()))
    image = np.asarray(shot.convert("RGB")).astype(int)
    middle = np.array(image.shape[:2]) // 2
    steps = (np.arange(points) - points // 2) * zoom
    return image[middle[0] + steps][:, middle[1] + steps]


def around(image: np.ndarray, x: int, y: int, points: int = 5) -> np.ndarray:
    half = points // 2
    return image[y - half : y + half + 1, x - half : x + half + 1]


def place(page: Any) -> list[float]:
    names = "['--zoom', '--x', '--y']"
    style = "document.getElementById('stage').style"
    return page.evaluate(f"{names}.map((n) => Number({style}.getPropertyValue(n)))")


def said(page: Any) -> dict[str, list[str]]:
    """What the address says, once it has been written."""
    page.wait_for_timeout(300)
    return parse_qs(urlsplit(page.url).fragment)


def cells_of(results: Path) -> list[str]:
    import pandas as pd

    runs = pd.read_parquet(results / "runs.parquet").query("kind == 'cell'")["run"]
    return runs.tolist()


def test_pixels_are_those_of_the_files_side_by_side(visit, results):
    page = visit(address(results, [REFERENCE, BICUBIC], zoom=16, at="40.5,30.5"))
    for number, run in enumerate([REFERENCE, BICUBIC]):
        assert (seen(page, number) == around(picture(results, run), 40, 30)).all()


def test_zoom_and_pan_move_all_images_together(visit, results):
    page = visit(address(results, [REFERENCE, BICUBIC, name_of(cells_of(results)[0])]))
    fit = place(page)
    page.click("#closer")
    zoom, x, y = place(page)
    assert zoom == 2 ** (np.floor(np.log2(fit[0]) + 0.01) + 1)
    assert (x, y) == (48, 48)
    page.locator(".window").first.click()
    for _ in range(2):
        page.keyboard.press("+")
    page.keyboard.press("ArrowRight")
    assert place(page)[0] == 4 * zoom
    assert place(page)[1] > x
    box = page.locator(".window").nth(1).bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 60 - 32, box["y"] + 60 - 16, steps=4)
    page.mouse.up()
    moved = place(page)
    assert moved[2] == pytest.approx(y + 16 / moved[0])
    transforms = page.eval_on_selector_all(
        "#stage img", "all => all.map((one) => getComputedStyle(one).transform)"
    )
    assert len(transforms) == 3
    assert len(set(transforms)) == 1
    page.click("#fit")
    assert place(page) == fit


def test_the_wheel_zooms_about_the_pointer_once_an_image_was_clicked(visit, results):
    page = visit(address(results, [REFERENCE, BICUBIC], zoom=4, at="48,48"))
    box = page.locator(".window").first.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2 + 40, box["y"] + box["height"] / 2)
    page.mouse.wheel(0, -240)
    page.wait_for_timeout(100)
    assert place(page) == [4, 48, 48]
    page.mouse.click(box["x"] + box["width"] / 2 + 40, box["y"] + box["height"] / 2)
    page.mouse.wheel(0, -240)
    page.wait_for_function("document.getElementById('stage').style.getPropertyValue('--zoom') > 7")
    zoom, x, y = place(page)
    assert (zoom, y) == (8, pytest.approx(48, abs=0.2))
    assert x + 40 / 8 == pytest.approx(48 + 40 / 4, abs=0.2)


def test_flicker_shows_one_and_then_the_other_in_place(visit, results):
    page = visit(
        address(results, [REFERENCE, BICUBIC], mode="flicker", show=1, zoom=16, at="40.5,30.5")
    )
    page.focus("#stage")
    shown = [seen(page)]
    for key in (" ", " ", "2"):
        page.keyboard.press(key)
        shown.append(seen(page))
    expected = [around(picture(results, run), 40, 30) for run in (REFERENCE, BICUBIC)]
    for found, wanted in zip(shown, [*expected, *expected], strict=True):
        assert (found == wanted).all()
    assert page.locator("#metrics .visible").first.inner_text() == "2"


def test_the_slider_divides_two(visit, results):
    page = visit(address(results, [REFERENCE, BICUBIC], mode="slider", zoom=16, at="40.5,30.5"))
    for split, run in ((100, REFERENCE), (0, BICUBIC)):
        page.locator("#split").fill(str(split))
        assert (seen(page) == around(picture(results, run), 40, 30)).all()
    page.locator("#split").focus()
    page.keyboard.press("ArrowRight")
    assert 0 < float(said(page)["split"][0]) < 100


@pytest.mark.parametrize("gain", [1, 8])
def test_the_difference_map_is_the_difference(visit, results, gain):
    page = visit(
        address(
            results, [REFERENCE, BICUBIC], mode="difference", zoom=16, at="40.5,30.5", gain=gain
        )
    )
    one, other = (around(picture(results, run), 40, 30) for run in (REFERENCE, BICUBIC))
    expected = np.minimum(255, gain * np.abs(one - other))
    assert np.abs(seen(page) - expected).max() <= 1
    assert expected.max() > 0


@pytest.mark.parametrize("gain", [1, 8])
def test_a_signed_difference_is_grey_where_both_are_equal(visit, results, gain):
    more = {"mode": "difference", "signed": "yes", "gain": gain, "zoom": 16, "at": "40.5,30.5"}
    page = visit(address(results, [REFERENCE, BICUBIC], **more))
    one, other = (around(picture(results, run), 40, 30) for run in (REFERENCE, BICUBIC))
    expected = np.clip((255 + np.clip(gain * (other - one), -255, 255)) / 2, 0, 255)
    assert np.abs(seen(page) - expected).max() <= 1.5
    assert expected.min() < 127 < expected.max()
    assert "brighter where 2: bicubic is brighter" in page.locator("figcaption").inner_text()
    page.get_by_label("signed").uncheck()
    assert "signed" not in said(page)
    assert np.abs(seen(page) - np.minimum(255, gain * np.abs(one - other))).max() <= 1


def test_two_blink_at_a_key_from_any_mode(visit, results):
    cell = name_of(cells_of(results)[0])
    page = visit(address(results, [REFERENCE, BICUBIC, cell], show=2, zoom=16, at="40.5,30.5"))
    page.focus("#stage")
    page.keyboard.press("3")
    shown = []
    for _ in range(3):
        page.keyboard.press("b")
        shown.append(said(page)["show"])
    assert shown == [["2"], ["3"], ["2"]]
    assert said(page)["mode"] == ["flicker"]
    assert (seen(page) == around(picture(results, BICUBIC), 40, 30)).all()
    page.get_by_role("button", name="Blink").click()
    assert said(page)["show"] == ["3"]
    page.get_by_role("button", name="Remove").first.click()
    for expected in ("1", "2"):
        page.focus("#stage")
        page.keyboard.press("b")
        assert said(page)["show"] == [expected]


@pytest.mark.parametrize("measure", ["artifacts_ldl", "lattice", "coherence"])
def test_an_overlay_is_the_map_that_was_drawn(visit, results, measure):
    more = {"overlay": measure, "zoom": 16, "at": "40.5,30.5"}
    page = visit(address(results, [REFERENCE, BICUBIC], **more))
    assert page.locator("#stage img").count() == 3
    path = results / "maps" / measure / BICUBIC / f"{VIEW}.png"
    over = around(np.asarray(Image.open(path).convert("RGBA")).astype(int), 40, 30)
    own = around(picture(results, BICUBIC), 40, 30)
    share = over[..., 3:] / 255
    expected = over[..., :3] * share + own * (1 - share)
    assert np.abs(seen(page, 1) - expected).max() <= 2
    assert (seen(page, 0) == around(picture(results, REFERENCE), 40, 30)).all()
    assert page.locator("#legend").is_visible()
    page.focus("#stage")
    for _ in range(4):
        page.keyboard.press("o")
    assert said(page)["overlay"] == [measure]  # three and none
    page.get_by_label("difference").check()
    assert page.locator("#overlay").is_disabled()
    assert page.locator("#stage img").count() == 2


def test_metrics_are_those_of_the_table(visit, results):
    import pandas as pd

    run = cells_of(results)[1]
    page = visit(address(results, [REFERENCE, name_of(run)]))
    scores = pd.read_parquet(results / "scores.parquet")
    own = scores[(scores["run"] == run) & (scores["image"] == PLAIN)].set_index("metric")["value"]
    rows = page.locator("#metrics tbody tr").all()
    assert len(rows) == 3
    for row in rows:
        metric = row.locator("th").inner_text().split()[0].removesuffix("*")
        texts = row.locator("td").all_inner_texts()
        assert texts[0] == "–"
        assert float(texts[1]) == pytest.approx(own[metric], rel=6e-4)


def test_two_to_six_cells_are_chosen_by_what_they_are(visit, results):
    page = visit((results / "compare.html").as_uri())
    for _ in range(4):
        page.click("#add")
    assert page.locator("#cells li").count() == 6
    assert page.locator("#add").is_disabled()
    row = page.locator("#cells li").nth(2)
    row.locator("[data-field=fidelity]").select_option(label="mse")
    row.locator("[data-field=discriminator]").select_option(label="vit-vanilla")
    row.locator("[data-field=weight]").select_option(label="0.1")
    assert said(page)["cell"][2] == f"{TASK}/compact-tiny/mse/vit-vanilla/0.1/seed0"
    assert page.locator("figcaption").nth(2).inner_text() == "3: mse, vit-vanilla × 0.1"
    for _ in range(4):
        page.get_by_role("button", name="Remove").first.click()
    assert page.locator("#cells li").count() == 2
    assert page.get_by_role("button", name="Remove").count() == 0


def test_an_address_can_be_sent(visit, results):
    page = visit((results / "compare.html").as_uri())
    page.select_option("#view", label=f"{PLAIN} (own)")
    page.get_by_label("Fidelity of cell 2").select_option(label="mse")
    page.click("#add")
    page.get_by_label("difference").check()
    page.locator("#gain").fill("20")
    page.focus("#stage")
    for key in ("+", "+", "ArrowLeft", "ArrowDown", "2"):
        page.keyboard.press(key)
    before = said(page)
    assert {"task", "view", "cell", "mode", "show", "zoom", "at", "gain"} == set(before)
    assert page.locator("#link").get_attribute("href") == f"#{urlsplit(page.url).fragment}"
    other = visit(page.url)
    assert said(other) == before
    assert other.locator("figcaption").inner_text() == page.locator("figcaption").inner_text()
    assert place(other) == pytest.approx(place(page), abs=0.01)
    assert other.locator("#metrics").inner_text() == page.locator("#metrics").inner_text()


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        ({"view": "gone"}, "gone"),
        ({"cell": "<img src=x onerror=alert(1)>"}, "<img src=x onerror=alert(1)>"),
        ({"task": "__proto__"}, "__proto__"),
    ],
)
def test_an_address_of_what_is_gone_says_so(visit, results, change, shown):
    page = visit(f"{(results / 'compare.html').as_uri()}#{urlencode(change)}")
    assert page.locator("#note").inner_text() == f"Not in this study any more: {shown}"
    assert page.locator("#stage img").count() == 2


@pytest.mark.parametrize(
    "nonsense", ["zoom=1e9&at=NaN,-5", "show=99&split=x", "%%%&cell", "mode=x"]
)
def test_a_damaged_address_shows_the_ordinary(visit, results, nonsense):
    page = visit(f"{(results / 'compare.html').as_uri()}#{nonsense}")
    assert page.locator("#stage img").count() == 2
    assert all(np.isfinite(place(page)))


def test_the_keyboard_alone_is_enough(visit, results):
    page = visit((results / "compare.html").as_uri())
    page.focus("#view")
    page.keyboard.press("ArrowDown")
    assert said(page)["view"] != [VIEW]
    order = []
    while not order or order[-1] != "stage":
        page.keyboard.press("Tab")
        order.append(page.evaluate("document.activeElement.id || document.activeElement.type"))
        assert len(order) < 30
    assert {"add", "link", "radio", "closer", "farther", "fit"} <= set(order)
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("+")
    page.keyboard.press("1")
    assert said(page)["show"] == ["1"]
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.id") == "overlay"

"""The pages of `asymmetry compare`, in a browser."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from asymmetry.compare.compare import compare
from tests.page.looks import violations
from tests.page.test_compare import around, seen
from tests.trained import photo

pytestmark = pytest.mark.page


@pytest.fixture
def opened(workplace: Path, visit: Callable[..., Any]) -> Any:
    """The page of two folders, one of which lacks the second image."""
    for number, folder in enumerate(("set", "near", "far")):
        Path(folder).mkdir()
        for seed in (1, 2):
            shown = photo(seed, 96).point(lambda v, by=9 * number: v + by if v < 128 else v - by)
            shown.save(f"{folder}/p{seed}.png")
    Path("far/p2.png").unlink()
    folders = [Path("far"), Path("near")]
    page = compare(folders, Path("set"), ["psnr", "gmsd"], 1, Path("none"), Path("out"))
    return visit(page.resolve().as_uri())


def test_the_table_ranks_and_its_figures_are_there(opened: Any):
    cards = opened.locator("#table .card")
    assert cards.locator("h3").all_text_contents() == ["psnr ↑", "gmsd ↓"]
    assert cards.nth(0).locator("tbody th").all_text_contents() == ["near", "far"]
    opened.wait_for_function("[...document.images].every((i) => i.complete && i.naturalWidth)")
    assert opened.locator("#figures img").count() == 2
    assert "far: missing image: p2" in " ".join(opened.locator("main").inner_text().split())


def test_its_link_opens_all_methods_in_step(opened: Any):
    opened.get_by_role("link", name="Compare images").click()
    assert opened.locator("#cells select").evaluate_all(
        "(all) => all.filter((one) => !one.hidden).map((one) => one.selectedOptions[0].text)"
    ) == ["reference", "near", "far"]
    opened.locator("#stage").focus()
    for _ in range(2):
        opened.keyboard.press("+")
    scale = int(opened.locator("#scale").inner_text().removesuffix("%"))
    for number, folder in enumerate(("set", "near", "far")):
        pixels = _picture(folder)
        painted = seen(opened, number, points=3, zoom=scale // 100)
        assert abs(painted - around(pixels, 48, 48, 3)).max() <= 1


def test_the_grid_ranks_the_methods(opened: Any):
    opened.get_by_role("link", name="Compare images").click()
    opened.get_by_role("radio", name="grid").check()
    tiles = opened.locator("#grid li > .named")
    assert tiles.all_inner_texts() == ["reference", "far", "near"]
    opened.get_by_role("button", name="Methods").click()
    assert tiles.all_inner_texts() == ["near", "far", "reference"]
    opened.select_option("#overlay", label="artifacts (LDL)")
    opened.wait_for_function("[...document.images].every((i) => i.complete && i.naturalWidth)")
    assert opened.locator("#grid img").count() == 3 + 2
    assert violations(opened) == []


def _picture(folder: str) -> np.ndarray:
    return np.asarray(Image.open(f"{folder}/p1.png")).astype(int)


def test_axe_finds_no_violation(opened: Any):
    assert violations(opened) == []

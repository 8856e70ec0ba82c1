"""A user study as raters take it: in a real browser, from a real server."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from asymmetry.userstudy.plan import UserStudy
from asymmetry.userstudy.store import Answer, Side, Store
from tests.page.looks import contrasts, unnamed, violations
from tests.userstudy.server import Server

pytestmark = pytest.mark.page
Made = tuple[UserStudy, Store]
TOTAL = 30


class Rater:
    """Someone with a browser window of their own; `complaints` are what the browser reported."""

    def __init__(self, context: Any, link: str) -> None:
        self.page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda one: self.complaints.append(one.text))
        self.page.on("request", self._on_request)
        self.page.goto(link)

    def begin(self) -> "Rater":
        self.page.get_by_role("button", name="Begin").click()
        return self.asked(0)

    def asked(self, trial: int) -> "Rater":
        """Once that question may be answered."""
        self.page.wait_for_selector(f"#count:text-is('{trial} of {TOTAL}')")
        self.page.wait_for_selector("#left[aria-disabled=false]")
        return self

    def click(self, side: Side) -> None:
        self.page.get_by_role("button", name=side).click()

    def press(self, side: Side) -> None:
        self.page.keyboard.press({"left": "ArrowLeft", "right": "ArrowRight"}[side])

    def shown(self) -> list[str]:
        """The files of the pictures, as they stand on the page."""
        sources = "all => all.map((one) => one.complete && one.naturalWidth && one.src)"
        files = self.page.eval_on_selector_all("#pair img", sources)
        return [file.rpartition("/")[2] for file in files]

    def _on_request(self, request: Any) -> None:
        if not request.url.startswith(("http://127.0.0.1:", "data:")):
            self.complaints.append(f"another host: {request.url}")


@pytest.fixture
def visit(browser: Any) -> Iterator[Callable[..., Rater]]:
    """Opens a link in a window of its own."""
    contexts = []

    def opened(link: str, width: int = 1280, height: int = 800, **options: Any) -> Rater:
        options |= {"viewport": {"width": width, "height": height}}
        contexts.append(browser.new_context(**options))
        return Rater(contexts[-1], link)

    yield opened
    for context in contexts:
        context.close()


def choice(trial: int) -> Side:
    return "left" if trial % 3 else "right"


def expected(rater: int, count: int = TOTAL) -> list[Answer]:
    return [Answer(rater, trial, choice(trial)) for trial in range(count)]


@pytest.mark.parametrize("way", ["click", "press"])
def test_a_whole_study_of_30_pairs(way: str, made: Made, server: Server, visit):
    rater = visit(server.links[0]).begin()
    for trial, question in enumerate(made[0].trials(0)):
        rater.asked(trial)
        assert rater.shown() == [question.left.file, question.reference, question.right.file]
        getattr(rater, way)(choice(trial))
    rater.page.wait_for_selector("text=That was the last pair. Thank you!")
    assert rater.page.locator("#pair").is_hidden()
    assert made[1].answers == expected(0)
    assert rater.complaints == []


def test_a_study_is_taken_with_tab_and_enter_alone(made: Made, server: Server, visit):
    rater = visit(server.links[0])
    rater.page.keyboard.press("Tab")
    rater.page.keyboard.press("Enter")
    rater.asked(0).page.keyboard.press("Tab")
    rater.page.keyboard.press("Enter")
    rater.asked(1).page.keyboard.press("Tab")
    rater.page.keyboard.press("Space")
    rater.asked(2)
    assert [answer.choice for answer in made[1].answers] == ["left", "right"]


def test_the_server_is_killed_in_the_middle(made: Made, server: Server, visit):
    rater = visit(server.links[0]).begin()
    for trial in range(TOTAL):
        rater.asked(trial)
        if trial == 12:
            server.kill()
        rater.press(choice(trial))
        if trial == 12:
            rater.page.wait_for_selector("text=No connection. Your answer is kept here")
            assert made[1].answers == expected(0, 12)
            server.start()
    rater.page.wait_for_selector("text=Thank you!")
    assert made[1].answers == expected(0)


def test_two_raters_at_once(made: Made, server: Server, visit):
    raters = [visit(link).begin() for link in server.links[:2]]
    for trial in range(TOTAL):
        for rater in raters:
            rater.asked(trial).press(choice(trial))
    for rater in raters:
        rater.page.wait_for_selector("text=Thank you!")
        assert rater.complaints == []
    assert made[1].answers == [*expected(0), *expected(1)]


def test_a_page_that_is_loaded_again_goes_on(made: Made, server: Server, visit):
    rater = visit(server.links[0]).begin()
    rater.press("left")
    rater.asked(1).page.reload()
    rater.asked(1).press("right")
    rater.asked(2)
    assert made[1].answers == [Answer(0, 0, "left"), Answer(0, 1, "right")]


def test_two_windows_of_a_rater_count_no_pair_twice(made: Made, server: Server, visit):
    rater = visit(server.links[0]).begin()
    other = Rater(rater.page.context, server.links[0]).asked(0)
    rater.press("left")
    rater.asked(1)
    other.press("right")
    other.page.wait_for_selector("text=Pair 1 has another answer already, which stays.")
    other.asked(1).press("right")
    other.asked(2)
    assert made[1].answers == [Answer(0, 0, "left"), Answer(0, 1, "right")]


def test_another_browser_is_told_and_changes_nothing(made: Made, server: Server, visit):
    visit(server.links[0]).begin().press("left")
    stranger = visit(server.links[0])
    assert "already used in another browser" in stranger.page.inner_text("main")
    assert visit(f"{server.links[0]}x").page.inner_text("main").endswith("you were given.")


def test_a_double_click_and_a_held_key_answer_once(made: Made, server: Server, visit):
    rater = visit(server.links[0]).begin()
    rater.page.get_by_role("button", name="left").dblclick()
    rater.asked(1).page.keyboard.down("ArrowRight")
    rater.asked(2).page.keyboard.down("ArrowRight")  # the browser says: again, not let go
    rater.page.keyboard.up("ArrowRight")
    rater.press("left")
    rater.asked(3)
    assert [answer.choice for answer in made[1].answers] == ["left", "right", "left"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1280, 640), (768, 900), (390, 664), (320, 568)])
def test_both_pictures_are_in_sight_beside_each_other(
    width: int, height: int, scheme: str, server: Server, visit
):
    options = {"color_scheme": scheme, "device_scale_factor": 2}
    page = visit(server.links[0], width, height, **options).begin().page
    left, right = (page.locator(f"#{side}").bounding_box() for side in ("left", "right"))
    assert left["x"] + left["width"] <= right["x"]
    assert left["y"] == right["y"]
    assert right["x"] + right["width"] <= width
    assert left["y"] + left["height"] <= height
    assert left["width"] == right["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (ground == "rgb(38, 38, 38)") == (scheme == "dark")


def faults(page: Any) -> list[Any]:
    """What is against a page: by axe-core, by contrast (4.5 and more), and by its names."""
    faint = [text for text, contrast in contrasts(page) if contrast < 4.5]
    return [*violations(page, passed=10), *faint, *unnamed(page)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_no_violation_from_the_welcome_to_the_end(
    width: int, scheme: str, server: Server, visit
):
    rater = visit(server.links[0], width, color_scheme=scheme)
    page = rater.page
    assert page.get_by_role("button", name="Begin").is_visible()
    assert faults(page) == []
    rater.begin()
    assert faults(page) == []
    server.kill()
    rater.press(choice(0))
    page.wait_for_selector("text=No connection. Your answer is kept here")
    assert faults(page) == []
    server.start()
    for trial in range(1, TOTAL):
        rater.asked(trial).press(choice(trial))
    page.wait_for_selector("text=Thank you!")
    assert faults(page) == []
    assert faults(visit(server.links[0], width, color_scheme=scheme).page) == []  # used elsewhere
    assert faults(visit(f"http://127.0.0.1:{server.port}/", width, color_scheme=scheme).page) == []

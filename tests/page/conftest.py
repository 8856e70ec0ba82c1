"""A real browser on the pages of a small finished study whose photos have hostile names."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.conftest import small_values
from tests.workflow.conftest import Project, new_project

# No slash is possible in a file's name, so no closing tag.
HOSTILE = """<script>alert(1) <img src=x onerror=alert(2)> a#b%41?&"'"""
PLAIN = "plain"


def page_values() -> dict[str, Any]:
    values = small_values()
    values["photos"] = {"source": "data/photos"}
    values["grid"]["fidelity"] = ["l1", "mse"]
    values["evaluation"] = {
        "sets": {"own": "data/own"},
        "metrics": ["psnr_y", "gmsd", "ssim_y"],
        "distortion": ["gmsd", "ssim_y"],
        "crops": [{"set": "own", "image": PLAIN, "left": 10, "top": 20, "size": 48}],
        "pictures": {"side": 96},
    }
    return values


def write_photos(folder: Path) -> None:
    from skimage import data

    names = {"photos": ["a", "b", "c", "d"], "own": [HOSTILE, PLAIN]}
    for group, own in names.items():
        (folder / "data" / group).mkdir(parents=True)
        for place, name in enumerate(own):
            whole = Image.fromarray(data.coffee() if group == "photos" else data.astronaut())
            corner = 60 + 80 * place
            photo = whole.crop((corner, corner, corner + 120, corner + 120))
            photo.save(folder / "data" / group / f"{name}.png")


@pytest.fixture(scope="session")
def study(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The study, run to its end."""
    project = new_project(tmp_path_factory.mktemp("page"))
    write_photos(project.folder)
    project.write(page_values())
    done = project.snakemake()
    assert done.returncode == 0, done.stderr
    return project


@pytest.fixture(scope="session")
def results(study: Project) -> Path:
    return study.folder / "results"


@pytest.fixture
def visit(browser: Any) -> Iterator[Callable[..., Any]]:
    """Opens an address in a window of its own; nothing may fail, or ask another host, meanwhile."""
    contexts, complaints = [], []

    def follow(page: Any) -> None:
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(dialog.message))
        page.on("requestfailed", lambda request: complaints.append(request.url))

        def on_console(message: Any) -> None:
            if message.type in ("error", "warning"):
                complaints.append(message.text)

        def on_request(request: Any) -> None:
            if not request.url.startswith(("file:", "data:", "blob:")):
                complaints.append(request.url)

        page.on("console", on_console)
        page.on("request", on_request)

    def open_(address: str, width: int = 1280, height: int = 900, **options: Any) -> Any:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        follow(page)
        page.goto(address)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert complaints == []

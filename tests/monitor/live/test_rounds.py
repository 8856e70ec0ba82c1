"""When a page is made, and what is said of one that could not be."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from asymmetry.monitor.live import rounds as module
from asymmetry.monitor.live.rounds import Rounds
from asymmetry.pipeline.stages import Stages
from tests.artifacts.conftest import MakeStages, finish, make_stages

__all__ = ["make_stages"]
# In the place of what makes a page: it leaves one, and fails where a file says so.
MAKER = """
import sys
from pathlib import Path
page = Path(sys.argv[2])
page.mkdir()
(page / "index.html").write_text(sys.argv[1])
if Path("broken").exists():
    sys.exit("Traceback ...\\nerror: a table is damaged")
"""


@pytest.fixture
def stages(make_stages: MakeStages) -> Stages:
    return make_stages()


@pytest.fixture
def rounds(
    stages: Stages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], Rounds]]:
    (tmp_path / "maker.py").write_text(MAKER)
    monkeypatch.setattr(module, "MAKER", "maker")
    monkeypatch.setattr(module, "_REST", 0.0)
    (tmp_path / "pages").mkdir()
    turning = Rounds(stages, tmp_path / "pages")

    def settled() -> Rounds:
        """After a turn, and the turn that takes over what that one began."""
        turning.turn()
        if turning._maker is not None:
            turning._maker.wait()
            turning.turn()
        return turning

    yield settled
    assert turning._maker is None


def test_a_page_is_made_once_for_what_is_there(rounds: Callable[[], Rounds], stages: Stages):
    assert rounds().state()["version"] == 1
    assert rounds().state()["version"] == 1
    finish(stages.plan.runs[0])
    grown = rounds()
    assert grown.state()["version"] == 2
    assert grown.page
    assert (grown.page / "index.html").read_text() == str(stages.study_file.resolve())


def test_it_says_how_the_study_stands_now(rounds: Callable[[], Rounds], stages: Stages):
    finish(stages.plan.warm_starts[0])
    finish(stages.plan.runs[0])
    parts = [part.path for part in stages.parts]
    parts[0].parent.mkdir(parents=True)
    parts[0].touch()
    state = rounds().state()
    assert state["cells"] == "1 of 5 cells done"
    assert state["parts"] == f"1 of {len(parts)} measurements"
    assert state["trainings"] == "4 waiting"


def test_a_page_that_fails_leaves_the_former_and_is_tried_again(
    rounds: Callable[[], Rounds], stages: Stages
):
    first = rounds().page
    Path("broken").touch()
    finish(stages.plan.runs[0])
    state = rounds().state()
    assert (state["version"], state["problem"]) == (1, "error: a table is damaged")
    assert rounds().page == first
    Path("broken").unlink()
    finish(stages.plan.runs[1])
    state = rounds().state()
    assert (state["version"], state["problem"]) == (2, "")


def test_pages_that_nobody_can_still_read_are_removed(
    rounds: Callable[[], Rounds], stages: Stages, tmp_path: Path
):
    for run in stages.plan.runs:
        rounds()
        finish(run)
    pages = sorted(path.name for path in (tmp_path / "pages").iterdir() if path.is_dir())
    assert pages == ["4", "5"]

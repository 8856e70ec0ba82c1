"""The maps over pictures: what is drawn, when, and in which colours."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from asymmetry.report import maps
from asymmetry.report.comparison import Comparison, comparison
from asymmetry.report.maps import with_maps
from asymmetry.report.measure_maps import MAPS, STEPS, colours, draw_map, levels
from tests.synthetic_tables import TASK, analysed_study, write_crops

NAMES = [one.metric for one in MAPS]


@pytest.fixture
def compared(tmp_path: Path) -> Comparison:
    """Crops of 48 pixels of bicubic, the warm start and three cells."""
    study, tables = analysed_study(tmp_path)
    write_crops(tmp_path, tables.runs)
    done = tables.cells.loc[tables.cells["status"] == "done", "run"]
    for run in done[3:]:
        shutil.rmtree(tmp_path / "crops" / run)
    return comparison(study.evaluation, tables, tmp_path)


def drawn(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("maps/**/*.png"))


def test_each_restored_picture_has_a_map_of_each_measure(compared: Comparison, tmp_path: Path):
    data = with_maps(compared, {TASK: 4}, tmp_path).data
    assert [one[0] for one in data["maps"]] == NAMES
    assert [one[2] for one in data["maps"]] == [0, 0, 1]
    assert all(one[4] == {TASK: [0]} for one in data["maps"])
    found = drawn(tmp_path)
    assert len(found) == 5 * len(MAPS)
    assert not any("reference" in name for name in found)
    for name in found:
        with Image.open(tmp_path / name) as image:
            assert (image.mode, image.size) == ("P", (48, 48))


def test_what_is_there_is_not_drawn_again_and_what_changed_is(
    compared: Comparison, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with_maps(compared, {TASK: 4}, tmp_path)
    drawing: list[tuple[str, int]] = []
    draw = maps._draw

    def draw_and_say(picture: maps._Picture, lacking: dict[Path, maps.MeasureMap]) -> None:
        drawing.append((picture.path.parent.name, len(lacking)))
        draw(picture, lacking)

    monkeypatch.setattr(maps, "_draw", draw_and_say)
    with_maps(compared, {TASK: 4}, tmp_path)
    assert drawing == []
    path = compared.views[0].path(tmp_path, f"{TASK}/bicubic")
    Image.new("RGB", (48, 48), "teal").save(path)
    MAPS[1].path(compared.views[0], tmp_path, compared.cells[2]["run"]).write_bytes(b"half a file")
    with_maps(compared, {TASK: 4}, tmp_path)
    assert sorted(count for _, count in drawing) == [1, len(MAPS)]
    assert ("bicubic", len(MAPS)) in drawing
    # The reference is behind all of them.
    drawing.clear()
    Image.new("RGB", (48, 48)).save(compared.views[0].path(tmp_path, f"{TASK}/reference"))
    with_maps(compared, {TASK: 4}, tmp_path)
    assert len(drawing) == 5


def test_a_picture_that_is_too_small_for_a_measure_has_no_map_of_it(
    compared: Comparison, tmp_path: Path
):
    # Of 48 pixels a border of 9 leaves 30, and lattice and coherence need 32.
    data = with_maps(compared, {TASK: 9}, tmp_path).data
    assert [one[4][TASK] for one in data["maps"]] == [[0], [], []]
    assert {Path(name).parts[1] for name in drawn(tmp_path)} == {"artifacts_ldl"}


def test_an_equal_picture_is_clear_but_for_the_detail_that_is_there(
    compared: Comparison, tmp_path: Path
):
    view, run = compared.views[0], compared.cells[1]["run"]
    shutil.copy(view.path(tmp_path, f"{TASK}/reference"), view.path(tmp_path, run))
    with_maps(compared, {TASK: 4}, tmp_path)
    for one in MAPS:
        steps = np.asarray(Image.open(one.path(view, tmp_path, run)))
        assert set(steps[4:-4, 4:-4].ravel()) == {STEPS - 1 if one.metric == "coherence" else 0}
        assert set(steps[:4].ravel()) == {0}


def test_a_step_has_its_colour_and_what_is_beyond_has_the_last(tmp_path: Path):
    steps = levels(np.array([[0.0, 0.5, 1.0, 2.0, -1.0, 0.52]]), most=1.0)
    assert steps.tolist() == [[0, 8, 15, 15, 0, 8]]
    (tmp_path / "map.png").write_bytes(draw_map(steps, {"of": "it"}))
    with Image.open(tmp_path / "map.png") as image:
        assert image.info["of"] == "it"
        seen = np.asarray(image.convert("RGBA"))[0]
    assert [tuple(colour) for colour in seen.tolist()] == [colours()[step] for step in steps[0]]
    opacity = [colour[3] for colour in colours()]
    assert opacity == sorted(opacity)
    assert opacity[0] == 0
    assert len(colours()) == STEPS

"""What was made elsewhere, in figures, on the comparison page and beside the claims."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from asymmetry.figures import crops, perception_distortion
from asymmetry.report.comparison import comparison
from asymmetry.study import Study
from asymmetry.tables.read import Tables
from tests.synthetic_tables import (
    JUDGES,
    SET,
    TASK,
    all_effects,
    analysed_study,
    write_crops,
)

RUNS = [f"{TASK}/outside/esrgan-0123abcd", f"{TASK}/outside/hat-x4-89abcdef"]


@pytest.fixture(scope="module")
def joined(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Study, Tables, Tables]]:
    """The small study; its tables; the same with two methods, each with the scores of bicubic."""
    folder = tmp_path_factory.mktemp("study")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        study, tables = analysed_study(folder / "results")
        rows = [{"run": run, "kind": "outside", "task": TASK, "status": "done"} for run in RUNS]
        runs = pd.concat([tables.runs, pd.DataFrame(rows)], ignore_index=True)
        own = tables.scores[tables.scores["run"] == f"{TASK}/bicubic"]
        scores = pd.concat([tables.scores, *(own.assign(run=run) for run in RUNS)])
        write_crops(Path("results"), runs)
        with_them = replace(tables, runs=runs, scores=scores.reset_index(drop=True))
        yield study, tables, with_them


def test_the_plane_has_a_number_for_each(joined: tuple[Study, Tables, Tables]):
    study, _, tables = joined
    rows = perception_distortion.numbers(tables, study)
    bicubic, *others = [rows[rows["run"] == run] for run in (f"{TASK}/bicubic", *RUNS)]
    for other in others:
        assert other["generator"].tolist() == bicubic["generator"].tolist()
        assert other["distortion"].tolist() == bicubic["distortion"].tolist()
    legend = perception_distortion.draw(rows, study).legends[0]
    shown = {text.get_text() for text in legend.get_texts()}
    assert {"esrgan", "hat-x4"} <= shown
    assert "Numbers: made elsewhere." in perception_distortion.caption(tables, study)


def test_a_task_without_cells_has_a_plane_too(joined: tuple[Study, Tables, Tables]):
    study, _, tables = joined
    alone = tables.runs.assign(
        task=tables.runs["task"].where(tables.runs["kind"] != "outside", "x")
    )
    rows = perception_distortion.numbers(replace(tables, runs=alone), study)
    assert set(rows.loc[rows["run"].isin(RUNS), "generator"]) == {"no cells"}
    assert len(perception_distortion.draw(rows, study).axes) == 2


def test_crops_show_them_beside_the_baselines(joined: tuple[Study, Tables, Tables]):
    study, _, tables = joined
    numbers = crops.numbers(tables, study)
    assert set(RUNS) <= set(numbers["run"])
    drawn = crops.draw(numbers, study)
    titles = [axes.get_title() for axes in drawn.get_axes()]
    assert titles[:5] == ["reference", "bicubic", "warm-start", "esrgan", "hat-x4"]
    assert [bool(axes.images) for axes in drawn.get_axes()[:5]] == [True] * 5


def test_many_of_them_take_more_lines(joined: tuple[Study, Tables, Tables]):
    study, _, tables = joined
    one = tables.runs[tables.runs["run"] == RUNS[0]]
    many = [one.assign(run=f"{TASK}/outside/m{n:02}-0123abcd") for n in range(9)]
    runs = pd.concat([tables.runs, *many], ignore_index=True)
    drawn = crops.draw(crops.numbers(replace(tables, runs=runs), study), study)
    titles = [axes.get_title() for axes in drawn.get_axes()]
    assert titles[8:14] == ["m03", "m04", "m05", "m06", "m07", "m08"]


def test_the_comparison_page_names_them(joined: tuple[Study, Tables, Tables]):
    study, _, tables = joined
    compared = comparison(study.evaluation, tables, Path("results"))
    rows = compared.data["cells"][3:5]  # after reference, bicubic and warm start
    assert [row[:5] for row in rows] == [
        [f"{TASK}/outside/esrgan", "-0123abcd", "done", "esrgan", "outside"],
        [f"{TASK}/outside/hat-x4", "-89abcdef", "done", "hat-x4", "outside"],
    ]
    assert "3" not in compared.data["absent"]


def test_no_effect_of_a_loss_changes(joined: tuple[Study, Tables, Tables]):
    """They have no loss, so nothing that is said of losses may depend on them."""
    _, before, after = joined
    (one,), (other,) = (all_effects(tables, JUDGES) for tables in (before, after))
    assert one.scope == other.scope
    assert one.scope[:3] == (TASK, "compact-tiny", SET)
    assert one.settings.equals(other.settings)

import json
import shutil
from pathlib import Path
from urllib.parse import parse_qs

import numpy as np
import pytest
from PIL import Image

from asymmetry.data.views import views
from asymmetry.report.comparison import Comparison, comparison, name_of, words_of
from tests.synthetic_tables import SET, TASK, analysed_study, write_crops

CENTRE = "centre-256/held-out/chelsea"


@pytest.fixture
def compared(tmp_path: Path) -> Comparison:
    """Crops of all cells, and centres of two of them and of the reference."""
    study, tables = analysed_study(tmp_path)
    write_crops(tmp_path, tables.runs)
    done = tables.cells.loc[tables.cells["status"] == "done", "run"]
    for run in [f"{TASK}/reference", *done[:2]]:
        path = tmp_path / "crops" / run / f"{CENTRE}.png"
        path.parent.mkdir(parents=True)
        Image.new("RGB", (30, 20)).save(path)
    return comparison(study.evaluation, tables, tmp_path)


def test_only_what_was_kept_is_offered(compared: Comparison):
    assert [view.name for view in compared.views] == ["held-out-astronaut-170-60-48", CENTRE]
    assert compared.data["sizes"] == {TASK: [[48, 48], [30, 20]]}
    lacking = [place for place, views in compared.data["absent"].items() if 1 in views]
    # 19 cells, bicubic and the warm start have the crop; two cells have the centre.
    assert len(lacking) == 19
    assert not any(0 in views for views in compared.data["absent"].values())


def test_a_value_is_that_of_the_table(compared: Comparison, tmp_path: Path):
    _, tables = analysed_study(tmp_path)
    metrics = [name for name, *_ in compared.data["metrics"]]
    rng = np.random.default_rng(0)
    rows = tables.scores[tables.scores["image"].isin(["astronaut", "chelsea"])]
    for row in rows.iloc[rng.choice(len(rows), 40)].itertuples():
        cell = next(n for n, c in enumerate(compared.cells) if c["run"] == row.run)
        photo = ["astronaut", "chelsea"].index(row.image)
        found = compared.data["values"][metrics.index(row.metric)][cell * 2 + photo]
        assert found == pytest.approx(row.value, rel=6e-4)


def test_the_judges_come_first_and_say_their_direction(compared: Comparison):
    found = compared.data["metrics"]
    assert found[:4] == [["vsi", 1, 1], ["gmsd", 0, 1], ["lpips-alex", 0, 1], ["niqe", 0, 1]]
    assert [judge for *_, judge in found[4:]] == [0, 0, 0]


def test_a_disagreement_opens_its_cell_beside_the_reference(compared: Comparison):
    (one, *_) = compared.most
    said = parse_qs(one["address"].removeprefix("#"))
    names = [row[0] for row in compared.data["cells"]]
    assert said["cell"][0] == f"{TASK}/reference"
    assert said["cell"][1] in names
    assert said["view"][0] in [view.name for view in compared.views]
    assert one["spread"] >= compared.most[1]["spread"]
    assert compared.least[0]["spread"] <= compared.least[1]["spread"] <= one["spread"]


def test_the_script_is_one_assignment_of_json(compared: Comparison):
    head, text = compared.script.removesuffix(";\n").split(" = ", 1)
    assert head == "window.COMPARISON"
    assert json.loads(text) == json.loads(json.dumps(compared.data))


def test_names_in_an_address_outlive_a_training():
    assert name_of("a/b/seed0-01abcdef") == "a/b/seed0"
    assert name_of(f"{TASK}/bicubic") == f"{TASK}/bicubic"


def test_without_pictures_there_is_nothing_to_compare(tmp_path: Path):
    study, tables = analysed_study(tmp_path)
    found = comparison(study.evaluation, tables, tmp_path)
    assert (found.views, found.most, found.least) == ([], [], [])


def test_a_picture_that_is_lost_is_not_offered(compared: Comparison, tmp_path: Path):
    study, tables = analysed_study(tmp_path)
    shutil.rmtree(tmp_path / "crops" / TASK / "reference")
    assert comparison(study.evaluation, tables, tmp_path).views == []


def test_views_are_crops_then_the_first_centres_of_each_set(tmp_path: Path):
    study, _ = analysed_study(tmp_path)
    kept = study.evaluation.pictures.model_copy(update={"images": 2, "side": 64})
    evaluation = study.evaluation.model_copy(update={"pictures": kept})
    found = views(evaluation, {SET: ["a/b", "a_b", "c"]})
    assert [view.path("results", "run").as_posix() for view in found] == [
        "results/crops/run/held-out-astronaut-170-60-48.png",
        "results/crops/run/centre-64/held-out/a/b.png",
        "results/crops/run/centre-64/held-out/a_b.png",
    ]


def test_seeds_are_whole_numbers_though_their_column_has_gaps():
    cells = [
        {
            "kind": "cell",
            "fidelity": "l1",
            "discriminator": "none",
            "adversarial_weight": 0.0,
            "generator": "compact-tiny",
            "seed": seed,
        }
        for seed in (0.0, 1.0)
    ]
    assert words_of(cells[1], cells) == "l1, no adversary, seed 1"

"""350 cells and 50 photos, from made-up tables: the pages stay small and load what is shown."""

import os
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

from asymmetry.report import maps
from asymmetry.report.build import write_report
from asymmetry.report.sources import PAGES
from tests.synthetic_tables import SET, TASK, make_runs, make_scores, make_study, write_tables

pytestmark = pytest.mark.page
LOSSES = ["l1", "<script>alert(1)</script>", *(f"loss{place:02}" for place in range(48))]
PHOTOS = 50


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    results = tmp_path_factory.mktemp("large")
    runs = make_runs(LOSSES)
    assert (runs["kind"] == "cell").sum() == 350
    scores = make_scores(runs, images=PHOTOS)
    write_tables(results, runs=runs, scores=scores)
    picture = results / "picture.png"
    Image.new("RGB", (256, 256), "teal").save(picture)
    for run in [f"{TASK}/reference", *runs.loc[runs["status"] == "done", "run"]]:
        folder = results / f"crops/{run}/centre-256/{SET}"
        folder.mkdir(parents=True)
        for image in scores["image"].unique():
            os.link(picture, folder / f"{image}.png")
    study = make_study(results)
    kept = study.evaluation.pictures.model_copy(update={"images": PHOTOS})
    evaluation = study.evaluation.model_copy(update={"pictures": kept})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(maps, "_draw", lambda picture, lacking: None)  # minutes, for what is not seen
        write_report(study.model_copy(update={"evaluation": evaluation}), results)
    return results


def test_the_pages_stay_small(large):
    assert sum((large / name).stat().st_size for name in PAGES) < 2e6


def test_images_are_loaded_when_they_are_shown(visit, large):
    page = visit((large / "compare.html").as_uri())
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    assert page.locator("#view option").count() == PHOTOS
    assert page.locator("img").count() == 2
    page.select_option("#view", index=7)
    page.wait_for_function("[...document.images].every((i) => i.complete && i.naturalWidth)")
    assert len(asked) == 2
    assert page.locator("img").count() == 2


def test_a_grid_of_all_cells_loads_what_comes_near(visit, large):
    page = visit(f"{(large / 'compare.html').as_uri()}#mode=grid")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.select_option("#view", index=7)
    page.wait_for_timeout(500)
    assert page.locator("#grid tbody .tile-link").count() == 350
    assert page.locator("img").count() < 360  # of one photo, and not of fifty
    near = len(asked)
    assert 20 < near < 200
    page.locator("#grid .scroll").evaluate("(box) => { box.scrollTop = box.scrollHeight; }")
    page.wait_for_timeout(500)
    assert near < len(asked) < 360
    assert len(set(asked)) == len(asked)
    last = page.locator("#grid tbody tr").last.locator("img").last
    assert last.evaluate("(image) => image.complete && image.naturalWidth") == 256


@pytest.mark.parametrize("metric", ["psnr_y", "gmsd"])
def test_a_column_is_sorted_by_the_metric(visit, large, metric):
    column = "vit-patch × 0.01"
    runs, scores = (pd.read_parquet(large / f"{name}.parquet") for name in ("runs", "scores"))
    cells = runs[(runs["discriminator"] == "vit-patch") & (runs["adversarial_weight"] == 0.01)]
    own = scores[(scores["image"] == "astronaut") & (scores["metric"] == metric)]
    known = cells.merge(own, on="run").set_index("fidelity")["value"]
    shown = {loss: float(f"{value:.4g}") for loss, value in known.items()}
    assert len(set(shown.values())) > 20
    page = visit(f"{(large / 'compare.html').as_uri()}#mode=grid&by={metric}")
    head = page.locator("#grid thead th", has_text=column)
    higher = metric == "psnr_y"
    for is_reversed, sort in [
        (higher, "descending" if higher else "ascending"),
        (not higher, "ascending" if higher else "descending"),
    ]:
        head.locator("button").click()
        # The diverged one has no value and is the last; equal values stay as they were.
        expected = [*sorted(shown, key=shown.__getitem__, reverse=is_reversed), LOSSES[0]]
        assert page.locator("#grid tbody th").all_inner_texts() == expected
        assert head.get_attribute("aria-sort") == sort
    page.wait_for_timeout(300)
    again = visit(page.url)
    assert again.locator("#grid tbody th").all_inner_texts() == expected
    place = [*again.locator("#grid thead th").all_inner_texts()].index(head.inner_text())
    texts = again.locator(f"#grid tbody td:nth-child({place + 1})").all_inner_texts()
    assert [float(text) for text in texts[:-1]] == [shown[loss] for loss in expected[:-1]]
    assert texts[-1].split() == ["diverged", "–"]
    head.locator("button").click()
    assert page.locator("#grid tbody th").all_inner_texts() == LOSSES
    assert head.get_attribute("aria-sort") == "none"


def test_a_loss_with_a_hostile_name_is_text_and_its_images_are_found(visit, large):
    page = visit((large / "compare.html").as_uri())
    page.get_by_label("Fidelity of cell 2").select_option(label=LOSSES[1])
    page.wait_for_function("[...document.images].every((i) => i.complete && i.naturalWidth)")
    assert page.locator("figcaption").nth(1).inner_text() == f"2: {LOSSES[1]}, no adversary"
    visit(page.url)
    visit((large / "index.html").as_uri())


def test_what_became_of_a_cell_stands_where_its_image_would(visit, large):
    page = visit((large / "compare.html").as_uri())
    page.get_by_label("Fidelity of cell 2").select_option(label="l1")
    page.get_by_label("Discriminator of cell 2").select_option(label="vit-patch")
    page.get_by_label("Weight of cell 2").select_option(label="0.01")
    assert page.locator(".layer").nth(1).inner_text() == "diverged"
    assert set(page.locator("#metrics td.visible").all_inner_texts()) == {"–"}

import pytest

from asymmetry.artifacts.results import MANIFEST, adopt_results
from asymmetry.data.views import strips
from asymmetry.pipeline.stages import Stages
from tests.artifacts.conftest import MakeStages, flip


def test_verified_results_are_not_made_again(stages: Stages):
    verdict = adopt_results(stages)
    assert (verdict.refused, verdict.again) == ([], [])


def test_a_changed_figure_is_refused_and_drawn_again(stages: Stages):
    figure = stages.results / "figures/heat_map.svg"
    flip(figure)
    verdict = adopt_results(stages)
    assert verdict.refused == [f"{figure}: its sha256 is not the one that manifest.json records"]
    assert verdict.again == ["figures", "report"]
    assert not (stages.results / "index.html").exists()
    assert (stages.results / ".refused/figures/heat_map.svg-1").is_file()
    assert (stages.results / "scores.parquet").is_file()


def test_a_changed_part_is_made_again_with_all_that_is_made_of_it(stages: Stages):
    flip(stages.skill.parts[0].path)
    verdict = adopt_results(stages)
    assert len(verdict.refused) == 1
    assert "scores" not in verdict.again
    assert {"skill", "analyse", "report"} <= set(verdict.again)
    left = {path.name for path in stages.results.glob("[!.]*.*")}
    tables = {
        f"{name}.parquet"
        for name in ("runs", "scores", "trajectories", "optimisability", "transfer")
    }
    assert left == {"photos.csv", MANIFEST} | tables


def test_a_lost_table_is_no_refusal_but_made_again(stages: Stages):
    (stages.results / "effect.parquet").unlink()
    verdict = adopt_results(stages)
    assert verdict.refused == []
    assert {"analyse", "report"} <= set(verdict.again)


def test_a_changed_study_leaves_the_results_and_renews_the_stamps(
    stages: Stages, make_stages: MakeStages
):
    verdict = adopt_results(make_stages(lambda values: values.update(photos={"reduce": 2})))
    assert verdict.refused == []
    assert set(verdict.again) == set(stages.stamps.by_name)
    assert (stages.results / "index.html").is_file()


def test_a_changed_crop_has_its_part_made_again(make_stages: MakeStages):
    from asymmetry.artifacts.results import write_manifest

    crop = {"set": "held-out", "image": "coffee", "left": 0, "top": 0}
    stages = make_stages(lambda values: values["evaluation"].update(crops=[crop]))
    run = stages.assessment.parts[0].runs[0]
    (view,) = strips(stages.study.evaluation, {})
    image = view.path(stages.results, run)
    reference = view.path(stages.results, "bicubic-x4/reference")
    for path in (image, reference, stages.assessment.parts[0].path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(str(path))
    write_manifest(stages)
    flip(reference)
    assert len(adopt_results(stages).refused) == 1
    assert not stages.assessment.parts[0].path.exists()
    assert image.exists()


@pytest.mark.parametrize("content", [None, "", "[]", '{"files": 3}'])
def test_without_a_manifest_nothing_is_refused_and_all_is_made_again(
    stages: Stages, content: str | None
):
    manifest = stages.results / MANIFEST
    for record in stages.stamp("report").parent.glob("*.made"):
        record.unlink()
    if content is None:
        manifest.unlink()
    else:
        manifest.write_text(content)
    verdict = adopt_results(stages)
    assert (verdict.refused, verdict.verified) == ([], 0)
    assert set(verdict.again) == set(stages.stamps.by_name)

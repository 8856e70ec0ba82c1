"""What is refused before anything runs, and what is said."""

from collections.abc import Callable
from copy import deepcopy
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from asymmetry.core.errors import UserError
from asymmetry.planning.plan import Plan
from asymmetry.planning.preflight import check, notes
from asymmetry.study import parse_study
from tests.conftest import small_values

Change = Callable[[dict[str, Any]], object]


def picture(seed: int, side: int = 64) -> Image.Image:
    coarse = np.random.default_rng(seed).integers(0, 256, (9, 9, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize((side, side), Image.Resampling.BICUBIC)


@pytest.fixture
def album(workplace: Path) -> Path:
    """Six photos of 64 pixels."""
    folder = workplace / "album"
    folder.mkdir()
    for seed in range(6):
        picture(seed).save(folder / f"p{seed}.png")
    return folder


def plan_of(change: Change = lambda values: None) -> Plan:
    values = deepcopy(small_values())
    values["photos"] = {"source": "album", "held_out": 0.5}
    change(values)
    return Plan(parse_study(values, "study"))


def mistakes(change: Change, here: bool = True) -> list[str]:
    with pytest.raises(UserError) as caught:
        check(plan_of(change), here)
    return str(caught.value).splitlines()


def held_out(album: Path) -> list[str]:
    return [photo.name for photo in plan_of().photos.split("evaluation")]


def test_a_study_that_can_be_finished_is_let_pass(album):
    check(plan_of(), here=True)
    assert notes(plan_of()) == []


def test_photos_smaller_than_a_crop(album):
    names = {photo.name for photo in plan_of().photos.split("train")}
    small = sorted(names)[0]
    picture(int(small[1]), 36).save(album / f"{small}.png")
    (line,) = mistakes(lambda values: values["training"].update(crop=40))
    assert line == (
        f"training.crop: 40 pixels are more than album/{small}.png has (36x36); "
        "remove the photo, or choose a smaller crop"
    )
    lines = mistakes(lambda values: values["photos"].update(reduce=3))
    assert (
        f"warm_start.crop: 32 pixels are more than album/{small}.png has (12x12 after" in lines[0]
    )


@pytest.mark.parametrize(
    ("crop", "said"),
    [
        ({"image": "coffee"}, "evaluation.crops[0]: 'coffee' is not in the set 'held-out'; it hol"),
        ({"left": 0, "top": 0}, "96 pixels from (0, 0) do not fit into"),
        ({"left": 40, "top": 0, "size": 32}, "32 pixels from (40, 0) do not fit into"),
    ],
)
def test_crops_that_are_not_there(album, crop, said):
    (line,) = mistakes(
        lambda values: values["evaluation"].update(crops=[{"set": "held-out", **crop}])
    )
    assert said in line


def test_a_centre_fits_always(album):
    check(plan_of(lambda v: v["evaluation"].update(crops=[{"set": "held-out"}])), here=True)


def test_images_that_a_metric_cannot_measure(album):
    (line,) = mistakes(lambda values: values["evaluation"]["metrics"].append("ms_ssim"))
    assert line == (
        "evaluation.metrics: ms_ssim needs images of 176 pixels a side, and 'held-out' has none; "
        "add larger images, or leave the metric out"
    )


def test_crops_too_small_for_a_loss(album):
    def change(values):
        values["grid"]["fidelity"] = ["nlpd"]

    assert mistakes(change) == [
        "training.crop: 32 pixels are too few for the loss nlpd; use 64 or more",
        "optimisability.crop: 32 pixels are too few for the loss nlpd; use 64 or more",
    ]


def scored(album: Path, contents: int) -> Change:
    """A set of four images of some contents, under other names."""
    folder = album.parent / "scored"
    folder.mkdir()
    for place in range(4):
        seed = 100 + place % contents
        picture(seed).save(folder / f"{place}.jpg", quality=95 - place)
    rows = "".join(f"{place}.jpg,{place}\n" for place in range(4))
    (folder / "t.csv").write_text(f"image,mos\n{rows}")
    entry = {
        "kind": "scores", "table": "scored/t.csv", "image": "image", "score": "mos",
        "higher_is_better": True,
    }  # fmt: skip

    def change(values: dict[str, Any]) -> None:
        values["iqa_sets"]["people"] = entry
        values["transfer"]["sets"] = ["people"]

    return change


def test_a_scored_set_of_two_contents(album):
    assert mistakes(scored(album, 2)) == [
        "iqa_sets.people: 2 contents cannot be split into 3 parts; add images of other contents"
    ]


def test_a_scored_set_of_four(album):
    check(plan_of(scored(album, 4)), here=True)


def test_a_severity_set_of_one_training_content(album):
    (line,) = mistakes(lambda values: values["photos"].update(held_out=0.9))
    assert line.startswith("iqa_sets.severity: 1 contents cannot be split into 2 parts")


def test_weights_that_are_not_there(album):
    def change(values):
        values["execution"]["weights"] = "empty"
        values["grid"]["fidelity"] = ["dists-vgg16"]
        values["evaluation"]["metrics"].append("niqe")
        values["discriminators"]["vgg-patch"] |= {
            "backbone": "resnet50", "initialisation": "pretrained",
        }  # fmt: skip

    keys = [line.split(": needs the weights ")[0] for line in mistakes(change) if "needs" in line]
    assert [key for key in keys if key.startswith("grid")] == ["grid.fidelity: dists-vgg16"]
    assert {"evaluation.metrics: niqe", "discriminators.vgg-patch"} <= set(keys)


def test_a_gpu_that_is_not_there_matters_here_and_not_on_a_cluster(album, monkeypatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)

    def change(values):
        values["execution"]["device"] = "cuda"

    (line,) = mistakes(change)
    assert line.startswith("execution.device: 'cuda' is asked for but no GPU is visible")
    check(plan_of(change), here=False)


def test_metrics_may_all_be_optional(album):
    evaluation = {"metrics": [], "metrics_with_weights": ["niqe"], "perception": ["niqe"]}
    check(plan_of(lambda values: values.update(evaluation=evaluation)), here=True)


def test_images_smaller_than_the_scale_of_a_task_that_is_used(album):
    (album.parent / "tiny").mkdir()
    picture(60, 3).save(album.parent / "tiny/a.png")

    def change(values):
        values["evaluation"] |= {
            "sets": {"tiny": "tiny"},
            "metrics": ["psnr"],
            "distortion": ["psnr"],
        }

    assert mistakes(change) == [
        "tasks: scale: 4 pixels are more than tiny/a.png has (3x3); "
        "remove the image from evaluation.sets.tiny"
    ]


def test_all_mistakes_are_told_at_once(album):
    def change(values):
        values["evaluation"]["metrics"].append("ms_ssim")
        values["evaluation"]["crops"] = [{"set": "held-out", "image": "coffee"}]
        values["grid"]["fidelity"] = ["nlpd"]

    assert len(mistakes(change)) == 4


def test_files_left_out_are_said(album):
    (album / "moving.gif").touch()
    (album.parent / "more").mkdir()
    picture(60).save(album.parent / "more/a.png")
    (album.parent / "more/notes.txt").touch()
    sets = {"held-out": "photos", "more": "more"}
    assert notes(plan_of(lambda values: values["evaluation"].update(sets=sets))) == [
        "photos.source: album: 1 left out: moving.gif ('.gif' is no suffix of a photo)",
        "evaluation.sets.more: more: 1 left out: notes.txt ('.txt' is no suffix of a photo)",
    ]


@pytest.mark.parametrize("found", [None, ModuleSpec("wandb", None)], ids=["none", "a folder"])
def test_a_tracker_that_is_not_installed(album, monkeypatch, found):
    monkeypatch.setattr("asymmetry.planning.preflight.find_spec", lambda name: found)
    (line,) = mistakes(lambda values: values["execution"].update({"tracker": "wandb"}))
    assert line == (
        "execution.tracker: wandb is not installed; `pip install -e .[wandb]`, or remove the key"
    )


def test_a_tracker_that_is_installed(album):
    check(plan_of(lambda values: values["execution"].update({"tracker": "tensorboard"})), here=True)

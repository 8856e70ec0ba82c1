import json
import math
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from asymmetry.core.errors import UserError
from asymmetry.study import parse_study, read_study, schema_text
from asymmetry.study.grid import cells

ROOT = Path(__file__).resolve().parents[2]


def changed(values: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    """A copy of the study with the value at a dotted key set."""
    copy = deepcopy(values)
    *path, last = key.split(".")
    section = copy
    for part in path:
        section = section[part]
    section[last] = value
    return copy


def refusal(values: dict[str, Any]) -> str:
    with pytest.raises(UserError) as caught:
        parse_study(values, "params.yaml")
    return str(caught.value)


@pytest.mark.parametrize(
    ("key", "value", "parts"),
    [
        (
            "grid.fidelity",
            ["ms-ssim"],
            ["grid.fidelity", "'ms-ssim'", "did you mean 'ms_ssim'?", "The nearest of "],
        ),
        ("grid.fidelty", ["l1"], ["grid", "'fidelty'", "did you mean 'fidelity'?"]),
        ("grid.generators", ["compact-tyni"], ["'compact-tyni'", "did you mean 'compact-tiny'?"]),
        ("grid.tasks", ["bicubic"], ["grid.tasks", "'bicubic'", "did you mean 'bicubic-x4'?"]),
        ("grid.discriminators", ["vgg"], ["grid.discriminators", "'vgg'", "vgg-patch"]),
        ("grid.seeds", [], ["grid.seeds", "empty axis"]),
        ("grid.seeds", [1, 1], ["grid.seeds", "1 stands there twice"]),
        ("grid.seeds", ["zero"], ["grid.seeds[0]", "'zero'"]),
        ("grid.seeds", [-1], ["grid.seeds[0]", "-1"]),
        ("grid.adversarial_weights", [-0.1], ["grid.adversarial_weights[0]", "-0.1"]),
        ("training.steps", "many", ["training.steps", "'many'"]),
        ("training.steps", 0, ["training.steps", "0"]),
        ("training.steps", True, ["training.steps", "should be a number, not true"]),
        ("training.learning_rate", math.inf, ["training.learning_rate", "finite number"]),
        ("grid.adversarial_weights", [math.nan], ["adversarial_weights[0]", "nan"]),
        ("execution.checkpoint_seconds", math.inf, ["checkpoint_seconds", "finite number"]),
        ("evaluation.primary", "kodak", ["evaluation", "primary: 'kodak' is not among the sets"]),
        ("evaluation.crops", [{"set": "held-out", "left": 3}], ["crops[0]", "`left` and `top`"]),
        *(
            ("results", name, [f"results: {name!r} cannot be a folder of results; use letters"])
            for name in ("a&b", "$(x)", "`x`", "a;b", "a|b", "x{y}", "a\nb", "'a'", "", "-n", "~/a")
        ),
        *(
            ("results", name, [f"results: '{name}' is no folder of its own"])
            for name in (".", "..", "a/../b", "runs", "data/mine", "src")
        ),
        ("training.crop", 30, ["training.crop", "30", "multiple of 4"]),
        ("training.adversarial_loss", "wgan", ["training.adversarial_loss", "'bce'", "'wgan'"]),
        ("evaluation.metrics", ["psnr_x"], ["evaluation.metrics", "did you mean 'psnr_y'?"]),
        ("evaluation.distortion", ["fsim"], ["evaluation", "'fsim'", "psnr_y"]),
        ("evaluation.judges", ["psnr_y"], ["evaluation", "`distortion`", "`perception`"]),
        ("evaluation.perception", ["gmsd"], ["evaluation", "'gmsd' judges distortion"]),
        ("transfer.sets", ["live"], ["transfer.sets", "'live'", "severity"]),
        ("transfer.modes", ["prob"], ["transfer.modes[0]", "'prob'", "'probe'"]),
        ("transfer.references", ["rr"], ["transfer.references[0]", "'nr'"]),
        ("discriminators.vgg-patch.head", "patches", ["head", "'patches'", "'patch'"]),
        ("discriminators.vgg-patch.backbone", "vgg", ["backbone", "'vgg'", "vgg"]),
        ("discriminators.vgg-patch.head", "pixel", ["pixel head", "unet-small"]),
        ("discriminators.vgg-patch.frozen", True, ["frozen", "pretrained"]),
        ("tasks.a/b", {"degradation": "bicubic"}, ["tasks.a/b"]),
        ("execution.resources", {"trian": {}}, ["execution.resources", "did you mean 'train'?"]),
        (
            "execution.resources",
            {"train": {"gpus": 1}},
            ["execution.resources.train", "did you mean 'gpu'?"],
        ),
        ("execution.resources", {"train": {"runtime": 0}}, ["resources.train.runtime", "0"]),
        ("tasks.blind-x4.jpeg", [90, 60], ["tasks.blind-x4.jpeg", "90 to 60 is reversed"]),
        ("tasks.blind-x4.jpeg", [90, 101], ["tasks.blind-x4.jpeg", "above 100"]),
        (
            "iqa_sets.severity.kind",
            "tid2012",
            ["iqa_sets.severity.kind: 'tid2012' is not known", "did you mean 'tid2013'?"],
        ),
        ("iqa_sets.severity", {"levels": 3}, ["iqa_sets.severity.kind: is missing; add it"]),
        (
            "iqa_sets.severity",
            {"kind": "live", "foldr": "x"},
            ["iqa_sets.severity", "'foldr'", "did you mean 'folder'?"],
        ),
        ("surprise", 1, ["'surprise'", "Allowed: results, photos"]),
        ("execution.company", 2, ["execution.company: is now called execution.pack"]),
        (
            "execution.resources",
            {"optimise": {}},
            ["resources.optimise: is now called execution.resources.optimisability"],
        ),
        ("optimisability", {"starts": []}, ["is now called optimisability.initialisations"]),
        ("training.pilot", 0.1, ["training.pilot: is now called training.snapshots, a list"]),
        ("training.snapshots", [0.5, 0.25], ["snapshots: 0.25 stands after 0.5; write them in"]),
        (
            "training.snapshots",
            [0.5, 0.5],
            ["snapshots: 0.5 stands after 0.5; write them in order"],
        ),
        # The small study has 12 steps.
        (
            "training.snapshots",
            [0.01, 0.1],
            ["snapshots: 0.01 and 0.1 of 12 steps are both step 1"],
        ),
        ("training.snapshots", [0.5, 0.96], ["snapshots: 0.96 of 12 steps is the end"]),
        ("training.snapshots", [0.0], ["training.snapshots[0]", "greater than 0"]),
        ("training.snapshots", [1.0], ["training.snapshots[0]", "less than 1"]),
        ("training.snapshots", 0.5, ["training.snapshots: ", "valid list"]),
    ],
)
def test_a_mistake_is_a_line_that_names_key_value_and_choices(
    study_values: dict[str, Any], key: str, value: Any, parts: list[str]
):
    message = refusal(changed(study_values, key, value))
    assert "\n" not in message
    for part in ["params.yaml: ", *parts]:
        assert part in message


CALIBRATED = "dists-vgg16-random-calibrated"
SCORED = {"kind": "scores", "table": "s.csv", "image": "i", "score": "m", "higher_is_better": True}


@pytest.mark.parametrize(
    ("key", "value", "part"),
    [
        ("grid.fidelity", [CALIBRATED], f"grid.fidelity: '{CALIBRATED}'"),
        ("grid.include", [{"fidelity": [CALIBRATED]}], "grid.include[0].fidelity: "),
        ("evaluation.metrics", ["gmsd", "dists-vgg16-calibrated"], "evaluation.metrics: "),
        ("evaluation.metrics_with_weights", ["dists-vgg16-calibrated"], "metrics_with_weights: "),
    ],
)
def test_a_calibrated_loss_needs_the_section(
    study_values: dict[str, Any], key: str, value: Any, part: str
):
    message = refusal(changed(study_values, key, value))
    assert "\n" not in message
    assert part in message
    assert "needs the section `calibration`" in message
    study_values["iqa_sets"]["mine"] = SCORED | {"reference": "r"}
    study_values["calibration"] = {"set": "mine"}
    parse_study(changed(study_values, key, value), "params.yaml")


@pytest.mark.parametrize(
    ("section", "part"),
    [
        ({"set": "live"}, "calibration.set: 'live' is not a known IQA set"),
        ({"set": "severity"}, "'severity' has severity ranks and no opinion scores"),
        ({"set": "alone"}, "'alone' has no references"),
        ({"set": "koniq"}, "'koniq' has no references"),
        ({"set": "pairs", "train": 1}, "calibration.train"),
        ({"set": "pairs", "seed": -1}, "calibration.seed"),
        ({"set": "pairs", "steps": 3}, "'steps' is not a known key"),
        ({}, "calibration.set: is missing"),
    ],
)
def test_a_calibration_needs_opinions_on_pairs(
    study_values: dict[str, Any], section: dict[str, Any], part: str
):
    study_values["iqa_sets"] |= {
        "alone": SCORED,
        "koniq": {"kind": "koniq10k", "folder": "k"},
        "pairs": {"kind": "kadid10k", "folder": "k"},
    }
    message = refusal(changed(study_values, "calibration", section))
    assert "\n" not in message
    assert part in message


def test_a_calibrated_loss_is_no_pixel_term(study_values: dict[str, Any]):
    message = refusal(changed(study_values, "training.pixel", CALIBRATED))
    assert f"training.pixel: '{CALIBRATED}' is not a known pixel loss" in message


def test_each_mistake_has_its_own_line(study_values: dict[str, Any]):
    twice = changed(changed(study_values, "training.steps", 0), "grid.seeds", [])
    assert len(refusal(twice).splitlines()) == 2


def test_a_missing_section_is_named(study_values: dict[str, Any]):
    del study_values["training"]
    assert refusal(study_values) == "params.yaml: training: is missing; add it"


def test_pretrained_needs_weights(study_values: dict[str, Any]):
    wrong = changed(study_values, "discriminators.vgg-patch.initialisation", "pretrained")
    assert "no pretrained weights" in refusal(wrong)


@pytest.mark.parametrize(
    ("content", "part"),
    [(b"grid: [", "cannot be read as YAML"), (b"\xff\xfe\x00", "cannot be read"), (b"7", "study")],
)
def test_what_is_no_study_is_refused(tmp_path: Path, content: bytes, part: str):
    file = tmp_path / "p.yaml"
    file.write_bytes(content)
    with pytest.raises(UserError, match=part):
        read_study(file)
    with pytest.raises(UserError, match="no such file"):
        read_study(tmp_path / "none.yaml")


def test_yaml_is_never_code(tmp_path: Path):
    file = tmp_path / "p.yaml"
    file.write_text("grid: !!python/object/apply:os.system ['touch owned']")
    with pytest.raises(UserError, match="cannot be read as YAML"):
        read_study(file)


def test_the_default_study_is_as_large_as_promised():
    found = cells(read_study(ROOT / "params.yaml"))
    alone = {(cell.fidelity, cell.seed) for cell in found if cell.adversarial_weight == 0}
    games = [cell for cell in found if cell.adversarial_weight > 0]
    # Seven are the fewest of which a rank correlation below .8 is significant.
    assert len({loss for loss, _ in alone}) >= 7
    assert {seed for _, seed in alone} == {0, 1, 2}
    assert len({cell.fidelity for cell in games}) >= 7
    assert len({cell.discriminator for cell in games}) >= 3
    assert len({cell.adversarial_weight for cell in games}) >= 2


def test_the_schema_for_editors_is_the_study():
    stored = (ROOT / "workflow/study.schema.json").read_text()
    assert json.loads(stored) == json.loads(schema_text()), "run `make schema`"

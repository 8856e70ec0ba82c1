"""What several figures share."""

import numpy as np
import pandas as pd
import pytest

from asymmetry.figures import parts
from asymmetry.figures.parts import direction, p_in_words, perceptual_metric, with_arrow
from tests.synthetic_tables import JUDGES, make_study


@pytest.mark.parametrize(
    ("measured", "judges", "expected"),
    [
        (["psnr_y", "lpips-alex", "niqe"], JUDGES, "lpips-alex"),
        (["psnr_y", "vsi", "niqe"], JUDGES, "niqe"),
        (["psnr_y", "vsi", "dists-vgg16"], JUDGES, "dists-vgg16"),
        (["psnr_y", "vsi", "gmsd"], JUDGES, "vsi"),
        (["psnr_y"], ["vsi"], "effect"),
        (["psnr_y"], ["psnr_y"], "effect"),
        ([], JUDGES, "effect"),
    ],
    ids=["lpips", "no reference", "dists", "first judge", "no judge", "distortion only", "nothing"],
)
def test_the_perceptual_axis_is_the_best_of_what_was_measured(tmp_path, measured, judges, expected):
    study = make_study(tmp_path)
    metrics = [*study.evaluation.metrics, "dists-vgg16"]
    chosen = study.evaluation.model_copy(
        update={"metrics": metrics, "distortion": judges, "perception": []}
    )
    scores = pd.DataFrame({"metric": ["lpips-alex", *measured]})
    scores["status"] = ["missing weights"] + ["ok"] * len(measured)
    assert perceptual_metric(study.model_copy(update={"evaluation": chosen}), scores) == expected


def test_metrics_are_named_with_unit_and_direction():
    assert direction("psnr_y") == "psnr_y (dB, higher is better)"
    assert direction("piqe") == "piqe (lower is better)"
    assert (with_arrow("psnr_y"), with_arrow("piqe")) == ("psnr_y dB ↑", "piqe ↓")


def test_many_marks_of_a_place_stay_beside_it():
    assert list(parts.dodged(1, 0.05)) == [0]
    assert np.allclose(parts.dodged(3, 0.05), [-0.05, 0, 0.05])
    many = parts.dodged(16, 0.07)
    assert np.allclose([many[0], many[-1]], [-0.3, 0.3])
    assert np.allclose(np.diff(many), 0.04)


def test_p_values_have_two_digits():
    assert [p_in_words(p) for p in (1.0, 0.0333, 2 / 40320)] == ["p = 1", "p = 0.033", "p < 0.001"]


def test_a_short_name_has_what_is_not_alike_in_all():
    columns = ["task", "generator", "set", "axis"]
    rows = [("x4", "tiny", "own", "distortion"), ("x2", "tiny", "own", "distortion")]
    table = pd.DataFrame(rows, columns=columns)
    assert [name for name, _ in parts.short_scopes(table)] == ["x4", "x2"]
    assert [name for name, _ in parts.short_scopes(table[:1])] == ["x4 · tiny · own · distortion"]

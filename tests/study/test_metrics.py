"""Metrics of pyiqa in a study: what is refused, and where their names may stand."""

from typing import Any

import pytest

from asymmetry.core.errors import UserError
from asymmetry.metrics.contracts import JUDGES, METRICS
from asymmetry.study import parse_study


def study_with(values: dict[str, Any], **metrics: Any) -> Any:
    return parse_study({**values, "metrics": metrics}, "study")


def refusal(values: dict[str, Any], **metrics: Any) -> str:
    with pytest.raises(UserError) as caught:
        study_with(values, **metrics)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_metric_may_stand_wherever_metrics_may(study_values: dict[str, Any]):
    study_values["evaluation"] = {
        "metrics": ["gmsd", "clip-iqa"],
        "metrics_with_weights": ["a-fine"],
        "perception": ["clip-iqa", "a-fine"],
    }
    study = study_with(study_values, **{"clip-iqa": {"pyiqa": "clipiqa+"}, "a-fine": AFINE})
    assert study.evaluation.all_metrics == ["gmsd", "clip-iqa", "a-fine"]
    assert METRICS["clip-iqa"].backbone == "clip"
    assert (METRICS["a-fine"].full_reference, METRICS["a-fine"].higher_is_better) == (True, False)
    assert JUDGES["a-fine"] is METRICS["a-fine"]
    # Read again, as in a job, it is the same.
    assert parse_study(study.model_dump(mode="json"), "written") == study


AFINE = {"pyiqa": "afine_fr", "references": "fr", "draws": 2}


def test_a_name_of_another_library_is_a_near_miss(study_values: dict[str, Any]):
    line = refusal(study_values, mine={"pyiqa": "manqia"})
    assert line.startswith(
        "study: metrics.mine.pyiqa: 'manqia' is not a known metric of pyiqa; "
        "did you mean 'maniqa'? The nearest of "
    )


@pytest.mark.parametrize(
    ("metric", "taken", "said"),
    [
        ("maniqa", "fr", "'maniqa' of pyiqa needs no reference; write `references: nr`"),
        ("ahiq", "nr", "'ahiq' of pyiqa needs a reference; write `references: fr`"),
    ],
)
def test_what_it_is_taken_for_is_checked(
    study_values: dict[str, Any], metric: str, taken: str, said: str
):
    line = refusal(study_values, mine={"pyiqa": metric, "references": taken})
    assert line == f"study: metrics.mine.references: {said}, or name another"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("musiq", "'musiq' is another metric already; choose another name"),
        ("human", "'human' is something else already; choose another name"),
        ("vgg16", "'vgg16' is something else already; choose another name"),
        ("charbonnier", "'charbonnier' is a loss already; choose another name"),
    ],
)
def test_a_name_that_is_taken_is_refused(study_values: dict[str, Any], name: str, said: str):
    line = refusal(study_values, **{name: {"pyiqa": "musiq-spaq"}})
    assert line.removeprefix("study: metrics: ") == said


@pytest.mark.parametrize(
    ("metric", "said"),
    [
        ("fid", "compares two sets of images"),
        ("clipscore", "compares an image with a caption"),
        ("compare2score", "compares with pictures that it loads from a data set on a hub"),
    ],
)
def test_what_gives_no_number_for_an_image_is_refused(
    study_values: dict[str, Any], metric: str, said: str
):
    line = refusal(study_values, mine={"pyiqa": metric})
    assert line == (
        f"study: metrics.mine.pyiqa: '{metric}' {said}, so it gives no number for an image; "
        "remove it"
    )


@pytest.mark.parametrize(
    ("metric", "why"), [("maniqa", "needs no reference"), ("ahiq", "is a metric only")]
)
def test_it_is_no_loss(study_values: dict[str, Any], metric: str, why: str):
    study_values["grid"]["fidelity"] = ["mine"]
    line = refusal(study_values, mine={"pyiqa": metric})
    assert line == f"study: grid.fidelity: 'mine' {why}, so it is no loss; name it as a metric"


def test_a_study_without_any_knows_none(study_values: dict[str, Any]):
    study_values["evaluation"]["metrics"].append("maniqa")
    with pytest.raises(UserError, match=r"evaluation.metrics: 'maniqa' is not a known metric"):
        parse_study(study_values, "study")

import numpy as np
import pandas as pd
import pytest

from asymmetry.iqa.skill import measure as skill
from asymmetry.iqa.skill.measure import measure_skill
from asymmetry.planning.plan import Plan
from asymmetry.study import parse_study
from asymmetry.tables.beside import values_path
from tests.conftest import small_values
from tests.iqa.conftest import SCORED, declare

EVALUATION = {"metrics": ["psnr_y", "gmsd", "piqe"], "distortion": ["gmsd"]}


def measure(study, set_name, folder):
    output = folder / "skill.parquet"
    measure_skill(study, Plan(study), set_name, output)
    return pd.read_parquet(output), pd.read_parquet(values_path(output))


def values_of(table, statistic):
    chosen = table[(table["statistic"] == statistic) & (table["subset"] == "all")]
    return chosen.set_index("metric")["value"]


def test_good_metrics_are_positive_whatever_their_direction(photos, workplace):
    sets = {"severity": {"kind": "severity", "distortions": ["blur", "noise"], "crop": 64}}
    study = declare(photos, iqa_sets=sets, evaluation=EVALUATION)
    table, values = measure(study, "severity", workplace)
    assert set(zip(table["metric"], table["role"], strict=True)) == {
        ("l1", "fidelity"),
        ("psnr_y", "metric"),
        ("gmsd", "metric"),
        ("piqe", "metric"),
    }
    assert set(table["subset"]) == {"all", "blur", "noise"}
    assert list(table.columns) == [
        *("metric", "role", "set", "kind", "subset"),
        *("statistic", "value", "low", "high", "n", "status"),
    ]
    full_reference = table[table["metric"] != "piqe"]
    assert (full_reference["value"] > 0.4).all()
    assert (full_reference["low"] <= full_reference["value"]).all()
    assert set(table.groupby("subset")["n"].first().items()) == {
        ("all", 100),
        ("blur", 50),
        ("noise", 50),
    }
    assert len(values) == 4 * 100
    gmsd = values[values["metric"] == "gmsd"]
    assert np.corrcoef(gmsd["value"], gmsd["score"])[0, 1] < 0  # as measured, lower is better


def test_without_references_only_no_reference_metrics_are_measured(photos, table, workplace):
    declared = SCORED | {"table": str(table), "reference": None}
    sets = {"severity": {"kind": "severity"}, "s": declared}
    study = declare(photos, iqa_sets=sets, evaluation=EVALUATION)
    found, _ = measure(study, "s", workplace)
    assert set(found["metric"]) == {"piqe"}
    assert set(found["kind"]) == {"scores"}


def test_missing_weights_stay_in_the_table(photos, workplace):
    evaluation = EVALUATION | {"metrics_with_weights": ["niqe"]}
    execution = {"device": "cpu", "bootstrap": 20, "weights": str(workplace)}
    study = declare(photos, evaluation=evaluation, execution=execution)
    found, values = measure(study, "severity", workplace)
    niqe = found[found["metric"] == "niqe"]
    assert len(niqe) == 2 * 4
    assert set(niqe["status"]) == {"missing weights"}
    assert niqe["value"].isna().all()
    assert "niqe" not in set(values["metric"])


def test_a_metric_that_fails_on_an_image_says_so(photos, workplace, monkeypatch):
    calls = []

    def fail_once(*_):
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError("too dark")
        return float(len(calls))

    monkeypatch.setattr(skill, "_metric", lambda *_: fail_once)
    study = declare(photos, evaluation={"metrics": ["psnr_y"], "distortion": ["psnr_y"]})
    found, values = measure(study, "severity", workplace)
    assert set(found.loc[found["role"] == "metric", "status"]) == {
        "failed: 1 of 30 values are not finite"
    }
    assert values["value"].isna().sum() == 1


def test_repeats_to_the_byte_on_any_number_of_cores(photos, workplace, monkeypatch):
    study = declare(photos)
    outputs = {cores: workplace / cores / "skill.parquet" for cores in ("1", "3")}
    for cores, output in outputs.items():
        monkeypatch.setenv("OMP_NUM_THREADS", cores)
        measure_skill(study, Plan(study), "severity", output)
    assert outputs["1"].read_bytes() == outputs["3"].read_bytes()
    tables = [pd.read_parquet(values_path(output)) for output in outputs.values()]
    pd.testing.assert_frame_equal(*tables)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("lpips", "trunks"),
    [
        (["lpips-alex"], []),
        pytest.param(
            ["lpips-alex", "lpips-squeeze"],
            ["efficientnet-lite0", "alexnet", "squeezenet"],
            marks=pytest.mark.long,
        ),
    ],
    ids=["some", "all"],
)
def test_losses_and_metrics_on_live_as_known(shared, workplace, lpips, trunks):
    live = {
        "kind": "scores",
        "table": str(shared / "data/live_subset/scores.csv"),
        "image": "dist",
        "reference": "ref",
        "score": "dmos_realigned",
        "higher_is_better": False,
    }
    metrics = ["psnr_y", "ssim", *lpips]
    family = [f"dists-{name}" for name in trunks]
    values = small_values() | {
        "iqa_sets": {"severity": {"kind": "severity"}, "live": live},
        "evaluation": {"metrics": [*metrics, *family], "distortion": ["ssim"]},
        "execution": {"device": "cpu", "bootstrap": 50, "weights": str(shared / "weights")},
    }
    found, _ = measure(parse_study(values, "test"), "live", workplace)
    srcc = values_of(found, "srcc")
    assert srcc["psnr_y"] == pytest.approx(0.870, abs=5e-4)
    assert srcc["ssim"] == pytest.approx(0.908, abs=5e-4)
    # Deep features agree with people better than the PSNR does (Zhang et al. 2018).
    assert (srcc[[*lpips, *family]] > srcc["psnr_y"]).all()
    assert srcc["lpips-alex"] == pytest.approx(0.954, abs=5e-4)  # as first measured
    fitted = values_of(found, "plcc_logistic")
    assert (fitted > values_of(found, "plcc"))[["psnr_y", "ssim"]].all()


@pytest.mark.slow
def test_severities_of_the_default_photos(workplace):
    sets = {"severity": {"kind": "severity"}}
    evaluation = {"metrics": ["psnr_y", "ssim_y", "gmsd"], "distortion": ["gmsd"]}
    values = small_values() | {"iqa_sets": sets, "evaluation": evaluation}
    found, _ = measure(parse_study(values, "test"), "severity", workplace)
    srcc = values_of(found, "srcc")
    assert (srcc[["psnr_y", "ssim_y", "gmsd"]] > 0.7).all()

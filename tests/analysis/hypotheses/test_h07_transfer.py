from itertools import product

import numpy as np
import pandas as pd
import pytest

from asymmetry.analysis.hypotheses.h07_transfer import findings
from tests.analysis.simulated import evidence_of, grid
from tests.conftest import ROOT

CELLS = grid()
DISCRIMINATORS = {"vgg-patch": "vgg16", "vit-vanilla": "vit-small"}


def transfer(level, mode="fine-tune", seeds=3, splits=4, half=0.02, reference="nr"):
    """SRCC of the models from each start, as `level` says, with a little noise between them."""
    rng = np.random.default_rng(0)
    rows = [
        {"discriminator": name, "backbone": backbone, "seed": seed, "split": split}
        | {"initialisation": start, "value": value + 0.01 * rng.standard_normal()}
        for (name, backbone), seed, split, (start, value) in product(
            DISCRIMINATORS.items(), range(seeds), range(splits), level.items()
        )
    ]
    table = pd.DataFrame(rows).assign(mode=mode, reference=reference, set="biq", part="test")
    table = table.assign(statistic="srcc", status="ok", n=40, run="", head="patch", fidelity="l1")
    return table.assign(low=table["value"] - half, high=table["value"] + half)


def found(rows, cells=CELLS):
    proof = evidence_of(cells, np.zeros(len(cells)), transfer=rows)
    return {one.regime: one for one in findings(proof)}


def test_a_small_gain_supports_it():
    one = found(transfer({"random": 0.3, "discriminator": 0.4, "pretrained": 0.8}))
    fraction, gain = one["fine-tune, nr: fraction"], one["fine-tune, nr: gain"]
    assert fraction.value == pytest.approx(0.2, abs=0.02)
    assert 0 < fraction.low < fraction.high < 0.5
    assert (fraction.verdict, gain.verdict) == ("supported", "supported")
    assert gain.value == pytest.approx(0.1, abs=0.01)
    assert fraction.scope == ("all", "all", "biq", "all")
    assert fraction.coverage == "24 models from discriminators on 2 trunks"


def test_most_of_imagenet_s_gain_contradicts_it():
    one = found(transfer({"random": 0.3, "discriminator": 0.75, "pretrained": 0.8}))
    assert one["fine-tune, nr: fraction"].verdict == "contradicted"


def test_a_harmful_start_contradicts_the_order():
    one = found(transfer({"random": 0.4, "discriminator": 0.3, "pretrained": 0.8}))
    assert one["fine-tune, nr: gain"].verdict == "contradicted"


def test_half_of_it_is_undecided():
    one = found(transfer({"random": 0.3, "discriminator": 0.55, "pretrained": 0.8}))
    assert one["fine-tune, nr: fraction"].verdict == "undecided"


def test_of_one_test_content_there_is_no_interval():
    rows = transfer({"random": 0.3, "discriminator": 0.4, "pretrained": 0.8}, splits=1)
    one = found(rows.assign(low=np.nan, high=np.nan))
    fraction, gain = one["fine-tune, nr: fraction"], one["fine-tune, nr: gain"]
    assert np.isnan([fraction.value, fraction.low, gain.low, gain.high]).all()
    assert gain.value == pytest.approx(0.1, abs=0.02)
    assert {fraction.verdict, gain.verdict} == {"this design cannot decide it"}
    assert "One test content" in fraction.note


def test_without_a_gain_of_imagenet_there_is_no_fraction():
    one = found(transfer({"random": 0.5, "discriminator": 0.55, "pretrained": 0.5}))
    fraction = one["fine-tune, nr: fraction"]
    assert np.isnan(fraction.value)
    assert (fraction.verdict, "no certain gain that could be recovered" in fraction.note) == (
        "undecided",
        True,
    )


def test_test_images_widen_the_interval():
    level = {"random": 0.3, "discriminator": 0.4, "pretrained": 0.8}
    narrow, wide = (found(transfer(level, half=half)) for half in (0.02, 0.3))
    first, second = (one["fine-tune, nr: gain"] for one in (narrow, wide))
    assert second.high - second.low > 3 * (first.high - first.low)
    assert second.verdict == "undecided"


def test_modes_and_kinds_of_models_stand_apart():
    level = {"random": 0.3, "discriminator": 0.4, "pretrained": 0.8}
    raw = transfer({"discriminator": 0.35}, mode="raw")
    rows = [transfer(level), transfer(level, "probe", reference="fr"), raw]
    one = found(pd.concat(rows, ignore_index=True))
    assert {"fine-tune, nr: gain", "probe, fr: gain", "raw, nr"} <= set(one)
    assert one["raw, nr"].value == pytest.approx(0.35, abs=0.01)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"seeds": 1}, "second seed"),
        ({"level": {"random": 0.3, "discriminator": 0.4}}, "all three starts"),
    ],
)
def test_too_little_is_undecided(change, reason):
    level = {"random": 0.3, "discriminator": 0.4, "pretrained": 0.8}
    one = found(transfer(**({"level": level} | change)))["fine-tune, nr: fraction"]
    assert (one.verdict, reason in one.note) == ("this design cannot decide it", True)


def test_a_discriminator_that_began_from_imagenet_recovers_nothing():
    rows = transfer({"random": 0.3, "discriminator": 0.4, "pretrained": 0.8})
    inherited = (rows["discriminator"] == "vgg-patch") & (rows["initialisation"] == "discriminator")
    rows.loc[inherited, ["value", "low", "high"]] += 0.4
    began = CELLS["discriminator"] == "vgg-patch"
    cells = CELLS.assign(initialisation=CELLS["initialisation"].mask(began, "pretrained"))
    one = found(rows, cells)["fine-tune, nr: fraction"]
    assert one.value == pytest.approx(0.2, abs=0.03)
    assert one.coverage == "12 models from discriminators on 1 trunks"


def test_the_published_means_are_balanced_over_trunks():
    """By hand from the published table: AlexNet, under two heads, counts once and not twice."""
    rows = pd.read_parquet(ROOT / "published/bench-cpu/tables/transfer.parquet")
    rows = rows[rows["mode"] == "probe"]
    own = rows[(rows["part"] == "test") & (rows["statistic"] == "srcc")]
    own = own[own["discriminator"] != "squeeze-patch-imagenet"]

    def balanced(*units):
        """The mean over all scores of the last unit, then over the others, one after another."""
        means = own.groupby([*units, "initialisation"])["value"].mean()
        for last in range(len(units) - 1, 0, -1):
            means = means.groupby([*units[:last], "initialisation"]).mean()
        return means.unstack()[["random", "discriminator", "pretrained"]].dropna().mean()

    runs = pd.read_parquet(ROOT / "published/bench-cpu/tables/runs.parquet")
    one = next(iter(found(rows, runs.assign(status="missing")).values()))
    assert one.n == 3
    means = balanced("backbone", "seed")
    for name, mean in zip(("random", "trained", "ImageNet"), means, strict=True):
        assert f"{name} {mean:.3f}" in one.note
    assert balanced("discriminator").round(3).tolist() == [0.293, 0.332, 0.553]
    readme = (ROOT / "published/bench-cpu/README.md").read_text()
    assert "random .302, after its training .339, ImageNet .548, balanced over trunks" in readme
    assert "the means are .293, .332 and .553" in readme


def test_raw_scores_of_random_trunks_are_balanced_as_well():
    rows = transfer({"discriminator": 0.3}, mode="raw", seeds=1, splits=1)
    start = rows.assign(initialisation="random", value=[0.1, 0.5])
    more = pd.concat([rows, start, start[:1], start[:1]])
    (one,) = found(more).values()
    assert "Random trunks: 0.300." in one.note

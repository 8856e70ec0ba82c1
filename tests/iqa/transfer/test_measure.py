import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file
from scipy.stats import spearmanr

from asymmetry.core.errors import UserError
from asymmetry.core.files import sha256_of
from asymmetry.data.images import to_tensor
from asymmetry.discriminators.registry import build_discriminator
from asymmetry.iqa.transfer import measure as transfer
from asymmetry.iqa.transfer.initialisations import DISCRIMINATOR_FILE, find_initialisation
from asymmetry.iqa.transfer.measure import transfer_runs
from asymmetry.iqa.transfer.split_set import SplitSet
from asymmetry.planning.plan import Plan
from asymmetry.planning.run import Run
from asymmetry.study import Discriminator
from asymmetry.weights.store import add
from tests.conftest import small_values
from tests.iqa.conftest import SCORED, declare

RANDOM = "random/vgg-patch/seed0"
MODES = ("raw", "probe", "fine-tune")


def trained(plan: Plan, status: str = "done") -> Run:
    """The first run with a discriminator, written as its training would."""
    run = next(run for run in plan.runs if run.cell.adversarial_weight > 0)
    spec = Discriminator.model_validate(run.settings["discriminator"])
    run.folder.mkdir(parents=True)
    # Other weights than those that the seed gives, as if it had learned.
    path = run.folder / DISCRIMINATOR_FILE
    save_file(build_discriminator(spec, 77, Path("none")).state_dict(), path)
    record = {"status": status, "outputs": {path.name: sha256_of(path)}}
    run.record.write_text(json.dumps(record))
    return run


def transferred(study, names, output="transfer.parquet"):
    transfer_runs(study, Plan(study), names, Path(output))
    return pd.read_parquet(output)


def severities(photos, **changes):
    """The small study on a blurred set, with the transfer section changed."""
    sets = {"severity": {"kind": "severity", "distortions": ["blur"], "crop": 64}}
    budget = {"sets": ["severity"], "steps": 4, "batch": 4, "crop": 32, "validate_every": 2}
    return declare(photos, iqa_sets=sets, transfer=budget | changes)


@pytest.mark.parametrize("reference", ["nr", "fr"])
@pytest.mark.parametrize(("mode", "bound"), [("probe", 0.8), ("fine-tune", 0.7)])
def test_a_planted_signal_is_recovered(photos, mode, bound, reference):
    budget = {"steps": 60, "batch": 8, "crop": 48, "validate_every": 20, "learning_rate": 3e-3}
    study = severities(photos, modes=[mode], references=[reference], **budget)
    table = transferred(study, [RANDOM])
    tested = table[table["part"] == "test"].set_index("statistic")
    assert tested.loc["srcc", "value"] > bound
    assert tested.loc["srcc", "low"] > bound - 0.2


def test_rows_of_a_run_and_of_its_controls(photos):
    study = declare(photos)
    run = trained(Plan(study))
    table = transferred(study, [run.id, RANDOM, "pretrained/vgg-patch/seed0"])
    assert list(table.columns) == [
        *("run", "discriminator", "backbone", "head", "fidelity", "adversarial_weight", "seed"),
        *("initialisation", "mode", "reference", "set", "split", "part"),
        *("statistic", "value", "low", "high", "n", "status"),
    ]
    found = table.groupby(["initialisation", "mode"], sort=False).size()
    assert found.to_dict() == {
        **{(name, mode): 6 for name in ("discriminator", "random") for mode in MODES},
        # A trunk from elsewhere has no head, so no score of its own.
        **{("pretrained", mode): 6 for mode in ("probe", "fine-tune")},
    }
    own = table[table["run"] == run.id].iloc[0]
    assert (own["fidelity"], own["adversarial_weight"], own["backbone"]) == (
        "l1",
        run.cell.adversarial_weight,
        "vgg-small",
    )
    absent = table[table["initialisation"] == "pretrained"]
    assert set(absent["status"]) == {"missing weights"}
    assert absent["value"].isna().all()
    assert set(table.loc[table["initialisation"] != "pretrained", "status"]) == {"ok"}


def test_a_raw_score_is_the_mean_logit_and_no_sign_is_turned(photos):
    study = severities(photos, modes=["raw"], crop=64)
    plan = Plan(study)
    initialisation = find_initialisation(study, plan, RANDOM)
    images = SplitSet(study, plan, "severity")
    discriminator = initialisation.discriminator(study).eval()
    places = list(images.splits[0].test)
    with torch.no_grad():  # crop 64 of 64x64 is the whole image
        logits = [
            float(discriminator(to_tensor(images.examples("nr").images[place][0])).mean())
            for place in places
        ]
    expected = spearmanr(logits, images.scores[places])[0]
    table = transferred(study, [RANDOM])
    found = table[(table["part"] == "test") & (table["statistic"] == "srcc")]["value"].item()
    assert found == pytest.approx(expected, abs=1e-6)


def test_a_set_without_references_has_no_full_reference_models(photos, table):
    scored = SCORED | {"table": str(table), "reference": None}
    study = declare(
        photos,
        iqa_sets={"severity": {"kind": "severity"}, "s": scored},
        transfer={"sets": ["s"], "modes": ["raw"], "references": ["nr", "fr"], "crop": 12},
    )
    found = transferred(study, [RANDOM])
    states = found.groupby("reference")["status"].unique()
    assert states["fr"].tolist() == ["no references"]
    assert "no references" not in states["nr"]
    assert len(found[found["reference"] == "fr"]) == 6


def test_an_image_and_its_reference_have_one_size(photos, table):
    Image.new("RGB", (20, 14)).save(table.parent / "images/b.png")
    sets = {"severity": {"kind": "severity"}, "s": SCORED | {"table": str(table)}}
    # Two contents and a drawn third are needed for a split.
    table.write_text(table.read_text() + "a.png,a1.png,3\n")
    study = declare(
        photos, iqa_sets=sets, transfer={"sets": ["s"], "references": ["fr"], "crop": 12}
    )
    with pytest.raises(UserError, match=r"iqa_sets\.s: b1\.png and its reference differ in size"):
        transferred(study, [RANDOM])


def test_the_trunk_is_the_discriminators(photos):
    study = declare(photos)
    plan = Plan(study)
    run = trained(plan)
    initialisation = find_initialisation(study, plan, run.id)
    expected = build_discriminator(initialisation.spec, 77, Path("none")).trunk.state_dict()
    found = initialisation.discriminator(study).trunk.state_dict()
    assert all(torch.equal(found[key], expected[key]) for key in expected)
    random = find_initialisation(study, plan, RANDOM).discriminator(study).trunk.state_dict()
    assert not all(torch.equal(random[key], expected[key]) for key in expected)


def test_spectral_norm_of_a_trunk_comes_along(photos):
    spec = {"backbone": "vgg-small", "head": "patch", "spectral_norm": True}
    vit = {"backbone": "vit-small", "head": "vanilla"}
    study = declare(photos, discriminators={"vgg-patch": spec, "vit-vanilla": vit})
    plan = Plan(study)
    initialisation = find_initialisation(study, plan, trained(plan).id)
    expected = build_discriminator(initialisation.spec, 77, Path("none")).trunk.eval()
    image = torch.rand(1, 3, 32, 32)
    found = initialisation.discriminator(study).trunk.eval()
    for ours, theirs in zip(found(image), expected(image), strict=True):
        assert torch.equal(ours, theirs)


def test_same_seeds_same_bytes_and_nothing_is_computed_twice(photos, monkeypatch):
    study = declare(photos)
    transferred(study, [RANDOM], "a.parquet")
    kept = list(Path(".asymmetry/transfer").iterdir())
    assert len(kept) == len(MODES)
    for path in kept:
        path.unlink()
    transferred(study, [RANDOM], "b.parquet")
    assert Path("a.parquet").read_bytes() == Path("b.parquet").read_bytes()
    monkeypatch.setattr(transfer, "MODES", {})
    transferred(study, [RANDOM], "c.parquet")
    assert Path("a.parquet").read_bytes() == Path("c.parquet").read_bytes()


@pytest.mark.parametrize(
    ("change", "computed"),
    [
        ({"transfer": {"references": ["nr", "fr"]}}, 3),
        ({"transfer": {"steps": 5}}, 3),
        ({"execution": {"bootstrap": 60}}, 3),
        ({"iqa_sets": {"severity": {"kind": "severity", "distortions": ["noise"]}}}, 3),
        ({"transfer": {"modes": ["raw"]}}, 0),
        ({"execution": {"log_every": 7}}, 0),
    ],
)
def test_kept_results_are_named_by_what_changes_them(photos, change, computed):
    transferred(declare(photos), [RANDOM])
    values = small_values()
    sections = {key: values[key] | section for key, section in change.items()}
    transferred(declare(photos, **sections), [RANDOM])
    assert len(list(Path(".asymmetry/transfer").iterdir())) == len(MODES) + computed


def test_starts_of_equal_trunks_share_their_results(photos):
    heads = {
        "vgg-patch": {"backbone": "vgg-small", "head": "patch"},
        "vit-vanilla": {"backbone": "vgg-small", "head": "vanilla"},
    }
    study = declare(photos, discriminators=heads)
    table = transferred(study, [RANDOM, "random/vit-vanilla/seed0"])
    kept = list(Path(".asymmetry/transfer").iterdir())
    assert len(kept) == len(MODES) + 1  # the raw scores differ, as the heads do
    values = table.pivot_table("value", ["mode", "part", "statistic"], "discriminator")
    alike = (values["vgg-patch"] == values["vit-vanilla"]).groupby("mode").all()
    assert alike.to_dict() == {"raw": False, "probe": True, "fine-tune": True}


def test_no_test_score_reaches_a_model(photos, monkeypatch):
    study = declare(photos, transfer=small_values()["transfer"] | {"references": ["nr", "fr"]})
    before = transferred(study, [RANDOM], "before.parquet")
    tested = list(SplitSet(study, Plan(study), "severity").splits[0].test)

    class Shuffled(SplitSet):
        def __init__(self, *args):
            super().__init__(*args)
            self.scores[tested] = np.random.default_rng(0).permutation(self.scores[tested])

    monkeypatch.setattr(transfer, "SplitSet", Shuffled)
    for kept in Path(".asymmetry/transfer").iterdir():
        kept.unlink()
    after = transferred(study, [RANDOM], "after.parquet")
    same = before["part"] == "validation"
    pd.testing.assert_frame_equal(before[same], after[same])
    assert (before.loc[~same, "value"] != after.loc[~same, "value"]).all()


def controls_of(photos, backbones, **execution):
    """The probed and raw SRCC of pretrained discriminators' controls, by backbone and control."""
    study = declare(
        photos,
        discriminators={
            name: {"backbone": name, "head": "patch", "initialisation": "pretrained"}
            for name in backbones
        },
        grid=small_values()["grid"] | {"discriminators": list(backbones)},
        transfer={"sets": ["severity"], "modes": ["raw", "probe"], "crop": 64},
        execution=small_values()["execution"] | execution,
    )
    starts = ("random", "before", "pretrained")
    table = transferred(study, [f"{s}/{name}/seed0" for name in backbones for s in starts])
    assert set(table["status"]) == {"ok"}
    own = table[(table["part"] == "test") & (table["statistic"] == "plcc")]
    return own.set_index(["backbone", "mode", "initialisation"])["value"].to_dict()


def check_controls(values, backbone):
    probed = {name: values[backbone, "probe", name] for name in ("random", "pretrained")}
    assert probed["random"] != probed["pretrained"]
    # Before its training the discriminator has the pretrained trunk, and a head of its own.
    assert values[backbone, "probe", "before"] == probed["pretrained"]
    assert values[backbone, "raw", "before"] != values[backbone, "raw", "random"]
    assert (backbone, "raw", "pretrained") not in values
    assert probed["pretrained"] > 0.5


def test_the_imagenet_control_of_efficientnet_is_real(photos):
    check_controls(controls_of(photos, ["efficientnet-lite0"]), "efficientnet-lite0")


def test_the_imagenet_controls_of_alexnet_and_squeezenet_are_real(photos, shared):
    taken, _ = add(shared / "weights", Path("weights"))
    assert {"alexnet", "squeezenet1_1"} <= set(taken)
    values = controls_of(photos, ["alexnet", "squeezenet"], weights="weights")
    check_controls(values, "alexnet")
    check_controls(values, "squeezenet")


def test_a_frozen_trunk_is_still_the_pretrained_one(photos):
    lite = {"backbone": "efficientnet-lite0", "head": "patch", "initialisation": "pretrained"}
    vit = {"backbone": "vit-small", "head": "vanilla"}
    frozen = {"vgg-patch": lite | {"frozen": True, "spectral_norm": True}, "vit-vanilla": vit}
    study = declare(
        photos, discriminators=frozen, transfer=small_values()["transfer"] | {"modes": ["probe"]}
    )
    table = transferred(study, [f"{s}/vgg-patch/seed0" for s in ("before", "pretrained")])
    before, pretrained = table.groupby("initialisation")["value"].apply(list)
    assert before == pretrained


def test_divergence_is_a_row(photos):
    table = transferred(severities(photos, modes=["fine-tune"], learning_rate=1e30), [RANDOM])
    assert set(table["status"]) == {"diverged"}
    assert table["value"].isna().all()
    assert len(table) == 6


def test_a_diverged_training_is_a_row(photos):
    study = declare(photos)
    run = trained(Plan(study), status="diverged")
    table = transferred(study, [run.id])
    assert set(table["status"]) == {"diverged"}


@pytest.mark.parametrize("damage", ["truncate", "remove"])
def test_a_corrupt_discriminator_is_refused_with_one_line(photos, damage):
    study = declare(photos)
    run = trained(Plan(study))
    path = run.folder / DISCRIMINATOR_FILE
    if damage == "truncate":
        path.write_bytes(path.read_bytes()[:-10])
    else:
        path.unlink()
    with pytest.raises(UserError) as error:
        transferred(study, [run.id])
    assert str(error.value).startswith(str(path))
    assert "start again" in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("before/vgg-pach/seed0", "did you mean 'vgg-patch'"),
        ("random/vgg-pach/seed0", "did you mean 'vgg-patch'"),
        ("random/vgg-patch", "is not random/<discriminator>/seed<n>"),
        ("l1/none", "no run of this study has this id"),
    ],
)
def test_unknown_starts(photos, name, message):
    with pytest.raises(UserError, match=message):
        transferred(declare(photos), [name])


def test_a_run_without_discriminator_has_nothing_to_transfer(photos):
    study = declare(photos)
    run = next(run for run in Plan(study).runs if run.cell.adversarial_weight == 0)
    with pytest.raises(UserError, match="has no discriminator to transfer"):
        transferred(study, [run.id])


@pytest.mark.parametrize("mode", MODES)
def test_an_image_smaller_than_the_crop(photos, mode):
    with pytest.raises(UserError, match=r"transfer\.crop: 65 is larger than an image of 64x64"):
        transferred(severities(photos, crop=65, modes=[mode]), [RANDOM])

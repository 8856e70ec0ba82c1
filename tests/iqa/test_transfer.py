import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.torch import save_file

from asymmetry.discriminators.registry import build_discriminator
from asymmetry.errors import UserError
from asymmetry.files import sha256_of
from asymmetry.iqa import transfer
from asymmetry.iqa.finetune import Examples, fine_tune, predict
from asymmetry.iqa.model import QualityModel
from asymmetry.iqa.starts import FILE, find_start
from asymmetry.iqa.transfer import IqaTest, transfer_runs
from asymmetry.plan import Plan, Run
from asymmetry.study import Discriminator
from tests.iqa.conftest import declare

RANDOM = "random/vgg-patch/seed0"


def trained(plan: Plan, status: str = "done") -> Run:
    """The first run with a discriminator, written as its training would."""
    run = next(run for run in plan.runs if run.cell.adversarial_weight > 0)
    spec = Discriminator.model_validate(run.settings["discriminator"])
    run.folder.mkdir(parents=True)
    # Other weights than those that the seed gives, as if it had learned.
    save_file(build_discriminator(spec, 77, Path("none")).state_dict(), run.folder / FILE)
    record = {"status": status, "outputs": {FILE: sha256_of(run.folder / FILE)}}
    run.record.write_text(json.dumps(record))
    return run


def transferred(study, names, output="transfer.parquet"):
    transfer_runs(study, Plan(study), names, Path(output))
    return pd.read_parquet(output)


def test_a_planted_signal_is_recovered(photos):
    sets = {"severity": {"kind": "severity", "distortions": ["blur"], "crop": 64}}
    budget = {"sets": ["severity"], "steps": 60, "batch": 8, "crop": 48, "validate_every": 20}
    study = declare(photos, iqa_sets=sets, transfer=budget | {"learning_rate": 3e-3})
    table = transferred(study, [RANDOM])
    tested = table[table["part"] == "test"].set_index("statistic")
    assert tested.loc["srcc", "value"] > 0.7
    assert tested.loc["srcc", "low"] > 0.5


def test_rows_of_a_run_and_of_its_controls(photos):
    study = declare(photos)
    run = trained(Plan(study))
    table = transferred(study, [run.id, RANDOM, "pretrained/vgg-patch/seed0"])
    assert list(table.columns) == [
        *("run", "discriminator", "backbone", "head", "fidelity", "adversarial_weight", "seed"),
        *("initialisation", "mode", "set", "split", "part"),
        *("statistic", "value", "low", "high", "n", "status"),
    ]
    assert len(table) == 3 * 2 * 3
    assert table["initialisation"].drop_duplicates().tolist() == [
        "discriminator",
        "random",
        "pretrained",
    ]
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


def test_the_trunk_is_the_discriminators(photos):
    study = declare(photos)
    plan = Plan(study)
    run = trained(plan)
    start = find_start(study, plan, run.id)
    expected = build_discriminator(start.spec, 77, Path("none")).trunk.state_dict()
    found = start.trunk(Path("none")).state_dict()
    assert all(torch.equal(found[key], expected[key]) for key in expected)
    random = find_start(study, plan, RANDOM).trunk(Path("none")).state_dict()
    assert not all(torch.equal(random[key], expected[key]) for key in expected)


def test_spectral_norm_of_a_trunk_comes_along(photos):
    spec = {"backbone": "vgg-small", "head": "patch", "spectral_norm": True}
    vit = {"backbone": "vit-small", "head": "vanilla"}
    study = declare(photos, discriminators={"vgg-patch": spec, "vit-vanilla": vit})
    plan = Plan(study)
    start = find_start(study, plan, trained(plan).id)
    expected = build_discriminator(start.spec, 77, Path("none")).trunk.eval()
    image = torch.rand(1, 3, 32, 32)
    for ours, theirs in zip(start.trunk(Path("none")).eval()(image), expected(image), strict=True):
        assert torch.equal(ours, theirs)


def test_same_seeds_same_bytes_and_nothing_is_computed_twice(photos, monkeypatch):
    study = declare(photos)
    transferred(study, [RANDOM], "a.parquet")
    kept = list(Path(".asymmetry/transfer").iterdir())
    assert len(kept) == 1
    kept[0].unlink()
    transferred(study, [RANDOM], "b.parquet")
    assert Path("a.parquet").read_bytes() == Path("b.parquet").read_bytes()
    monkeypatch.setattr(transfer, "fine_tune", None)
    transferred(study, [RANDOM], "c.parquet")
    assert Path("a.parquet").read_bytes() == Path("c.parquet").read_bytes()


def test_selection_never_looks_at_the_test(photos, monkeypatch):
    study = declare(photos)
    before = transferred(study, [RANDOM], "before.parquet")
    tested = set(IqaTest(study, Plan(study), "severity").splits[0].test)
    examples = IqaTest.examples

    def shuffled(self, part):
        found = examples(self, part)
        if set(part) != tested:
            return found
        return Examples(found.images, np.random.default_rng(0).permutation(found.scores))

    monkeypatch.setattr(IqaTest, "examples", shuffled)
    [kept] = Path(".asymmetry/transfer").iterdir()
    kept.unlink()
    after = transferred(study, [RANDOM], "after.parquet")
    same = before["part"] == "validation"
    pd.testing.assert_frame_equal(before[same], after[same])
    assert (before.loc[~same, "value"] != after.loc[~same, "value"]).all()


def test_the_best_validated_step_is_kept(photos, monkeypatch):
    study = declare(photos)
    test = IqaTest(study, Plan(study), "severity")
    train, validation = (test.examples(getattr(test.splits[0], p)) for p in ("train", "validation"))
    seen = []

    def note(predicted, _scores):
        seen.append(predicted)
        return [0.1, 0.5, 0.2, 0.5][len(seen) - 1]

    monkeypatch.setattr("asymmetry.iqa.finetune.srcc", note)
    model = QualityModel(find_start(study, Plan(study), RANDOM).trunk(Path("none")))
    settings = study.transfer.model_copy(update={"steps": 7})
    assert fine_tune(model, train, validation, settings, 0) == 4
    assert len(seen) == 4  # steps 2, 4, 6 and the last, 7
    np.testing.assert_allclose(predict(model, validation.images, settings.crop), seen[1], atol=1e-6)


def test_divergence_is_a_row(photos):
    study = declare(photos)
    hot = study.model_copy(
        update={"transfer": study.transfer.model_copy(update={"learning_rate": 1e30})}
    )
    table = transferred(hot, [RANDOM])
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
    path = run.folder / FILE
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


def test_an_image_smaller_than_the_crop(photos):
    study = declare(photos)
    large = study.transfer.model_copy(update={"crop": 65})
    with pytest.raises(UserError, match=r"transfer\.crop: 65 is larger than an image of 64x64"):
        transferred(study.model_copy(update={"transfer": large}), [RANDOM])

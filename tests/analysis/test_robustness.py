import numpy as np
import pandas as pd
import pytest

from asymmetry.analysis.hypotheses import h01_prediction, h07_transfer, h08_backbones, h09_judges
from asymmetry.analysis.hypotheses.examine import examine
from asymmetry.analysis.robustness import robustness, rows_of_claim, stability_in_words
from tests.analysis.hypotheses.test_h07_transfer import transfer
from tests.analysis.simulated import AXIS, LOSSES, by_loss, evidence_of, grid, skill_table

RISING = np.arange(8.0)
SKILL = dict(zip(LOSSES, 0.5 + 0.05 * RISING, strict=True))
JUDGES = ("vsi", "niqe", "lpips-alex", "lpips-vgg", "dists-vgg16")


def rows(module, proof):
    whole = {module.ID: examine(module, proof)}
    return pd.DataFrame(robustness([module], proof, whole)), whole[module.ID]


def lone_judge(advantage):
    """Evidence in which one judge, niqe, sees the opposite of all others, `advantage` times."""
    cells = grid()
    proof = evidence_of(cells, by_loss(cells, RISING), SKILL, judges=JUDGES)
    (judged,) = proof.judged
    judged.z[1] *= -advantage
    return proof


def test_each_judge_family_and_kind_is_left_out():
    table, _ = rows(h01_prediction, lone_judge(1))
    first = table[table["regime"] == "without adversary"]
    left = first.groupby("left_out_kind")["left_out"].agg(list).to_dict()
    assert left == {
        "judge": list(JUDGES),
        "reference": ["nr", "fr"],
        "backbone": ["alexnet", "vgg"],
    }


def test_a_conclusion_that_hangs_on_one_judge_is_found_out():
    """Niqe alone says the opposite, ten times as loud: without it the verdict is another."""
    table, whole = rows(h01_prediction, lone_judge(10))
    assert whole[0].verdict == "no verdict"  # the judges do not agree
    assert whole[0].value == pytest.approx(-1)
    one = table[(table["regime"] == "without adversary") & (table["left_out_kind"] == "judge")]
    assert one.set_index("left_out")["agrees"].to_dict() == {
        name: name != "niqe" for name in JUDGES
    }
    assert one.set_index("left_out").loc["niqe", "verdict"] == "contradicted"
    words = stability_in_words(one, {"value": whole[0].value})
    assert words == "-1.00 to 1.00 without one of 5, 1 sign change, another verdict in 1"


def test_a_sound_conclusion_holds_throughout():
    table, whole = rows(h01_prediction, lone_judge(-1))
    assert whole[0].verdict == "contradicted"
    assert table["agrees"].all()


def test_the_numbers_are_those_of_the_evidence_without_it():
    proof = lone_judge(10)
    table, _ = rows(h01_prediction, proof)
    first = table.iloc[0]
    assert first["axis"] == AXIS
    again = h01_prediction.findings(proof.without(["lpips-vgg", "dists-vgg16"]))
    vgg = table[table["left_out"] == "vgg"]
    assert vgg["value"].tolist() == [one.value for one in again]
    assert vgg["low"].tolist() == pytest.approx([one.low for one in again])


def test_a_judge_is_left_out_of_its_own_axis_only():
    cells = grid()
    axes = {"distortion": ["vsi", "lpips-vgg"], "perception": ["niqe", "lpips-alex"]}
    proof = evidence_of(cells, by_loss(cells, RISING), SKILL, judges=JUDGES, axes=axes)
    table, _ = rows(h01_prediction, proof)
    left = table[table["left_out_kind"] == "judge"].groupby("axis")["left_out"].unique()
    assert {axis: set(names) for axis, names in left.items()} == {
        axis: set(judges) for axis, judges in axes.items()
    }


def test_transfer_is_left_out_by_the_discriminators_family():
    cells = grid()
    level = {"random": 0.3, "discriminator": 0.4, "pretrained": 0.8}
    proof = evidence_of(cells, np.zeros(len(cells)), transfer=transfer(level))
    table, _ = rows(h07_transfer, proof)
    assert set(table["left_out"]) == {"vgg", "vit"}
    assert set(table["left_out_kind"]) == {"backbone"}
    assert table["agrees"].all()


def test_what_was_not_computed_has_no_row():
    cells = grid()
    skill = skill_table({"dists-vgg16": 0.9})
    table, _ = rows(h08_backbones, evidence_of(cells, np.zeros(len(cells)), skill))
    assert table.empty


def test_the_agreement_of_judges_is_not_checked_by_itself():
    table, _ = rows(h09_judges, lone_judge(1))
    assert table.empty


def test_a_single_judge_cannot_be_left_out():
    cells = grid()
    proof = evidence_of(cells, by_loss(cells, RISING), SKILL, judges=("vsi",))
    assert rows(h01_prediction, proof)[0].empty


def test_rows_of_a_claim():
    table, _ = rows(h01_prediction, lone_judge(1))
    claim = table.iloc[0].to_dict()
    own = rows_of_claim(table, claim)
    assert len(own) == 9
    assert own["regime"].unique().tolist() == [claim["regime"]]

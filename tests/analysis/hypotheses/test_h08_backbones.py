from math import comb

import numpy as np
import pandas as pd
import pytest

from asymmetry.analysis.hypotheses.h08_backbones import findings
from tests.analysis.simulated import evidence_of, grid, skill_table

CELLS = grid()
CONVOLUTIONAL = ["vgg16", "resnet50", "alexnet", "squeezenet", "convnext-tiny", "vgg-small"]
TRANSFORMER = ["swin-tiny", "clip-vit-b32", "vit-small", "dinov2-vits14"]


def measures(convolutional, transformer, kind):
    """SRCC on six and on four backbones and a set of this kind, a little apart within a family."""
    values = [convolutional + 0.004 * place for place in range(6)]
    values += [transformer + 0.004 * place for place in range(4)]
    table = pd.DataFrame({"value": values, "backbone": [*CONVOLUTIONAL, *TRANSFORMER]})
    return table.assign(metric=[f"m{place}" for place in range(10)], kind=kind, set=kind)


def found(*tables):
    proof = evidence_of(CELLS, np.zeros(len(CELLS)))
    # More metrics than there are names of: the property is given its value.
    vars(proof)["measures"] = pd.concat(tables, ignore_index=True)
    return {one.regime: one for one in findings(proof)}


def test_a_planted_advantage_supports_it():
    one = found(measures(0.9, 0.8, "tid2013"))["synthetic"]
    assert one.value == pytest.approx(np.arctanh(0.91) - np.arctanh(0.806), abs=0.01)
    assert 0 < one.low < one.value < one.high
    assert (one.n, one.verdict) == (10, "supported")


def test_p_is_that_of_all_permutations_of_the_families():
    """Complete separation: the two most extreme of C(10, 4) choices."""
    assert found(measures(0.9, 0.8, "live"))["synthetic"].p == pytest.approx(2 / comb(10, 4))


def test_the_opposite_contradicts_it():
    assert found(measures(0.8, 0.9, "kadid10k"))["synthetic"].verdict == "contradicted"


def test_an_advantage_on_synthetic_sets_alone_is_an_interaction():
    one = found(measures(0.9, 0.8, "tid2013"), measures(0.85, 0.85, "pipal"))
    assert {kind: found.verdict for kind, found in one.items()} == {
        "synthetic": "supported",
        "interaction": "supported",
    }
    reverse = found(measures(0.85, 0.85, "tid2013"), measures(0.9, 0.8, "pipal"))
    assert reverse["interaction"].verdict == "contradicted"


def test_equal_families_are_undecided():
    assert found(measures(0.85, 0.85, "tid2013"))["synthetic"].verdict == "undecided"


def test_metrics_on_one_backbone_are_one():
    table = measures(0.9, 0.8, "tid2013")
    twice = table.assign(metric=table["metric"] + "again")
    one = found(pd.concat([table, twice]))["synthetic"]
    assert (one.n, one.p) == (10, pytest.approx(2 / comb(10, 4)))


def test_three_metrics_are_too_few():
    table = measures(0.9, 0.8, "tid2013").iloc[4:8]
    one = found(table)["synthetic"]
    assert (one.verdict, np.isnan(one.p)) == ("this design cannot decide it", True)
    assert "Too few" in one.note


def test_sets_of_unknown_type_are_left_out_and_named():
    one = found(measures(0.9, 0.8, "scores"))["synthetic"]
    assert one.n == 0
    assert "scores" in one.note


def test_measures_are_the_pretrained_ones_each_once():
    names = ["dists-vgg16", "dists-vgg16-random", "lpips-alex", "fsim", "dists-swin-tiny"]
    values = dict.fromkeys(names, 0.9)
    skill = pd.concat([skill_table(values), skill_table(values, role="metric")])
    proof = evidence_of(CELLS, np.zeros(len(CELLS)), skill)
    assert proof.measures[["metric", "backbone"]].to_numpy().tolist() == [
        ["dists-vgg16", "vgg16"],
        ["lpips-alex", "alexnet"],
        ["dists-swin-tiny", "swin-tiny"],
    ]
    assert "swin-tiny" not in set(proof.without([], "swin").measures["backbone"])

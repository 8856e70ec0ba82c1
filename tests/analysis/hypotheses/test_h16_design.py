from dataclasses import replace

import numpy as np
import pytest

from asymmetry.analysis.hypotheses import h16_design, h17_semantics
from asymmetry.analysis.variance import DESIGN, share_of
from tests.analysis.simulated import LOSSES, by_loss, evidence_of, grid, training_noise

TRUNKS = ("vgg16", "resnet50", "alexnet", "vit-small", "swin-tiny", "convnext-tiny")
DISCRIMINATORS = [(f"{name}-patch", name, "patch") for name in TRUNKS]


def evidence(of_losses, of_designs, discriminators=DISCRIMINATORS):
    cells = grid(LOSSES, discriminators, (0.1,), 2)
    names = [name for name, *_ in discriminators]
    design = np.array([names.index(one) if one in names else 0 for one in cells["discriminator"]])
    quality = of_losses * by_loss(cells, range(8)) + of_designs * design
    quality = quality + training_noise(cells, 0.1)
    return evidence_of(cells, quality, judges=("vsi", "semantics", "sifid"), noise=0.1)


def test_discriminators_that_matter_most_support_it():
    (one,) = h16_design.findings(evidence(0.02, 2.0))
    assert (one.low > 0.5, one.verdict) == (True, "supported")
    assert "8 losses, 6 discriminators" in one.note


def test_losses_that_matter_most_contradict_it_and_support_h17():
    proof = evidence(2.0, 0.02)
    assert h16_design.findings(proof)[0].verdict == "contradicted"
    found = {one.scope[3]: one.verdict for one in h17_semantics.findings(proof)}
    assert found == {"semantics": "supported", "sifid": "supported"}


def test_both_alike_are_undecided():
    (one,) = h16_design.findings(evidence(1.0, 1.3))
    assert one.verdict == "undecided"
    assert one.value == pytest.approx(0.5, abs=0.2)


def test_two_discriminators_say_nothing_of_their_variance():
    (one,) = h16_design.findings(evidence(1.0, 1.0, DISCRIMINATORS[:2]))
    assert one.verdict == "this design cannot decide it"
    assert "3 losses that are beside 3 discriminators each" in one.note


@pytest.mark.parametrize(("crossed", "decidable"), [(2, False), (3, True)])
def test_discriminators_beside_one_or_two_losses_say_nothing_of_others(crossed, decidable):
    """As in a study whose other losses have the reference discriminator alone."""
    proof = evidence(2.0, 0.02)
    keep = [*LOSSES[:crossed]]

    def fewer(cells):
        return cells["fidelity"].isin(keep) | cells["discriminator"].isin(["none", "vgg16-patch"])

    effects = proof.effects[0]
    done = fewer(effects.done).to_numpy()
    part = replace(
        effects,
        cells=effects.cells[fewer(effects.cells)],
        done=effects.done[done],
        z=effects.z[:, done],
        by_image=effects.by_image[done],
    )
    one = share_of(part, DESIGN, "discriminators")
    assert (one.verdict != "this design cannot decide it") == decidable

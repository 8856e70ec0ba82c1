"""Games that were not played are left out of claims about discriminators, and named."""

from dataclasses import replace

import numpy as np
import pytest

from asymmetry.analysis.games import Setting
from asymmetry.analysis.hypotheses import (
    h05_patch,
    h05b_patch_detail,
    h06_family,
    h06b_family_detail,
    h14_sharpness,
    h15_artifacts,
    h16_design,
    h17_semantics,
)
from asymmetry.analysis.hypotheses.evidence import Evidence
from tests.analysis.simulated import (
    LOSSES,
    VGG_PATCH,
    adversarial,
    evidence_of,
    grid,
    training_noise,
)
from tests.synthetic_tables import GENERATOR, TASK

TRUNKS = ("vgg16", "resnet50", "alexnet", "vit-small", "swin-tiny")
HEADS = [(f"{trunk}-{head}", trunk, head) for trunk in TRUNKS for head in ("patch", "vanilla")]
MEASURES = ("vsi", "coherence", "lattice", "semantics")


def game(name: str, weight: float = 0.01) -> Setting:
    return Setting(TASK, GENERATOR, name, weight)


def evidence(patch: float = 1.0, odd: float = 0.0, seeds: int = 2) -> Evidence:
    """Patch heads better by so much, but for `odd` on the head of alexnet."""
    cells = grid(LOSSES[:3], HEADS, seeds=seeds)
    quality = patch * (cells["head"] == "patch") + odd * (cells["discriminator"] == "alexnet-patch")
    return evidence_of(
        cells,
        quality.to_numpy(dtype=float) + training_noise(cells, 0.1),
        judges=MEASURES,
        axes={"distortion": ["vsi"]},
    )


def without(proof: Evidence, *names: str, weight: float = 0.01) -> Evidence:
    return replace(proof, unplayed={game(name, weight): "perfect" for name in names})


def test_what_was_not_played_does_not_count():
    """The pair on alexnet says the opposite of the others, and its patch head learned nothing."""
    proof = evidence(odd=-8.0)
    whole = h05_patch.findings(proof)[0]
    assert whole.verdict == "undecided"
    fair = h05_patch.findings(without(proof, "alexnet-patch"))
    assert fair[0].verdict == "supported"
    assert (whole.n, fair[0].n) == (5, 4)
    assert not any("alexnet" in one.regime for one in fair)
    assert fair[0].note.endswith(
        "Left out are 1 of 10 games: perfect throughout (alexnet-patch at 0.01)."
    )


def test_a_game_of_another_task_or_weight_is_another_game():
    proof = evidence()
    other = {Setting("x2", GENERATOR, "vgg16-patch", 0.01): "chance"}
    for unplayed in (other, {game("vgg16-patch", 0.1): "chance"}):
        assert h05_patch.findings(replace(proof, unplayed=unplayed)) == h05_patch.findings(proof)


def test_without_any_game_the_claim_is_open_and_not_beyond_the_design():
    names = [name for name, *_ in HEADS]
    (one,) = h05_patch.findings(without(evidence(), *names))
    assert (one.verdict, one.n) == ("undecided", 0)
    assert "10 of 10" in one.note
    few = h16_design.findings(without(evidence(), *names[2:]))
    assert {one.verdict for one in few} == {"undecided"}
    assert "It needs 3 losses that are beside 3 discriminators each" in few[0].note


@pytest.mark.parametrize(
    "module",
    [
        h05_patch,
        h05b_patch_detail,
        h06_family,
        h06b_family_detail,
        h14_sharpness,
        h15_artifacts,
        h16_design,
        h17_semantics,
    ],
    ids=lambda module: module.ID,
)
def test_each_claim_about_discriminators_says_what_it_leaves_out(module):
    proof = evidence()
    plain, fair = module.findings(proof), module.findings(without(proof, "swin-tiny-patch"))
    assert not any("Left out" in one.note for one in plain)
    told = [
        "1 of 10 games: perfect throughout (swin-tiny-patch at 0.01)" in one.note for one in fair
    ]
    # Runs that collapsed are counted in all games.
    assert told == ["collapsed" not in one.regime for one in fair]
    assert any(told)


def test_the_cells_without_an_adversary_stay():
    cells = grid(LOSSES, [VGG_PATCH, HEADS[3]], seeds=2)
    quality = adversarial(cells) * np.where(cells["discriminator"] == HEADS[3][0], -3.0, 1.0)
    proof = evidence_of(cells, quality + training_noise(cells, 0.1), judges=MEASURES, axes={})
    (one,) = [x for x in h14_sharpness.findings(without(proof, HEADS[3][0])) if x.n == 8]
    assert (one.verdict, one.scope[3]) == ("supported", "coherence")

import pytest

from asymmetry.analysis.hypotheses.contract import FEWEST
from asymmetry.analysis.hypotheses.notes import enough_losses, sets_behind, settings_behind
from asymmetry.analysis.regimes import regimes
from tests.analysis.simulated import LOSSES, by_loss, evidence_of, grid


@pytest.mark.parametrize(
    ("count", "words"),
    [(FEWEST - 1, "no rank correlation can reach"), (7, "|rho| ≥ 0.786 is needed")],
)
def test_how_many_losses_are_enough(count, words):
    assert f"n = {count}: {words}" in enough_losses(count)


def test_what_is_behind_the_effects():
    cells = grid(seeds=1)
    proof = evidence_of(cells, by_loss(cells, range(len(LOSSES))))
    (effects,) = proof.effects
    without, with_adversary = regimes(effects)
    assert settings_behind(without, LOSSES) == ""
    assert "over 1 adversarial settings, 1.0 trainings a loss" in settings_behind(
        with_adversary, LOSSES
    )
    assert sets_behind(proof) == "Skill: not measured."

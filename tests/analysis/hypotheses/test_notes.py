import numpy as np
import pytest

from asymmetry.analysis.hypotheses.contract import FEWEST
from asymmetry.analysis.hypotheses.notes import (
    enough_losses,
    no_width,
    seeds_behind,
    sets_behind,
    settings_behind,
)
from asymmetry.analysis.regimes import regimes
from tests.analysis.simulated import LOSSES, by_loss, evidence_of, grid


@pytest.mark.parametrize(
    ("count", "words"),
    [(FEWEST - 1, "no rank correlation can reach"), (7, "|rho| ≥ 0.786 is needed")],
)
def test_how_many_losses_are_enough(count, words):
    assert f"n = {count}: {words}" in enough_losses(count)


def test_only_an_interval_without_width_has_a_note():
    assert "All draws agree" in no_width(1.0, 1.0)
    assert no_width(0.5, 1.0) == no_width(np.nan, np.nan) == ""


def test_what_is_behind_the_effects():
    cells = grid(seeds=1)
    proof = evidence_of(cells, by_loss(cells, range(len(LOSSES))))
    (effects,) = proof.effects
    without, with_adversary = regimes(effects)
    assert settings_behind(without, LOSSES) == ""
    assert "the 1 of 1 adversarial settings" in settings_behind(with_adversary, LOSSES)
    assert seeds_behind(effects).startswith("One seed")
    assert sets_behind(proof) == "Skill: not measured."

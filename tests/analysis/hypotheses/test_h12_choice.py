import numpy as np
import pytest

from asymmetry.analysis.hypotheses.h12_choice import findings
from tests.analysis.hypotheses.test_h11_optimisability import recovered
from tests.analysis.simulated import LOSSES, by_loss, evidence_of, grid

RISING = np.arange(8.0)


def found(skill, optimisability=RISING, losses=LOSSES, **snapshots):
    cells = grid(losses)
    known = dict(zip(losses, 0.5 + 0.05 * np.array(skill), strict=False))
    begun = {float(share[1:]) / 100: by_loss(cells, one) for share, one in snapshots.items()}
    quality = by_loss(cells, RISING[: len(losses)])
    table = recovered(optimisability, losses)
    proof = evidence_of(cells, quality, known, snapshots=begun, optimisability=table)
    return {one.regime: one for one in findings(proof)}


def test_a_rule_that_names_the_best_loss_is_better_than_one_that_names_the_worst():
    one = found(-RISING, p5=RISING)["without adversary, by the snapshot at 5 %"]
    # z-scores of 0..7, both regimes alike: the best and the worst are 7 / sd(0..7) apart.
    assert one.value == pytest.approx(7 / np.arange(8).std(), abs=0.02)
    assert one.low > 0
    assert one.verdict == "supported"
    assert "by the snapshot at 5 % 0.00" in one.note


def test_each_snapshot_is_a_rule_of_its_own():
    every = found(np.zeros(8), p5=-RISING, p25=RISING)
    late = every["with adversary, by the snapshot at 25 %"]
    assert "by the snapshot at 25 % 0.00" in late.note
    early = every["with adversary, by the snapshot at 5 %"]
    # The loss that the early one names is the worst: 7 / sd(0..7) below the best.
    assert late.value - early.value == pytest.approx(7 / np.arange(8).std(), abs=0.02)


def test_the_opposite_contradicts_it():
    one = found(RISING, -RISING, p5=-RISING)
    assert {finding.verdict for finding in one.values()} == {"contradicted"}


def test_equal_rules_are_undecided():
    one = found(RISING, RISING, p5=RISING)["without adversary, by optimisability"]
    assert (one.value, one.verdict) == (pytest.approx(0), "undecided")


def test_without_snapshots_that_rule_is_undecided():
    one = found(-RISING)
    assert one["without adversary, by optimisability"].verdict == "supported"
    absent = one["without adversary, by a snapshot"]
    assert (absent.verdict, "training.snapshots" in absent.note) == (
        "this design cannot decide it",
        True,
    )


def test_three_losses_are_too_few():
    assert {one.verdict for one in found(-RISING, RISING, losses=LOSSES[:3]).values()} == {
        "this design cannot decide it"
    }

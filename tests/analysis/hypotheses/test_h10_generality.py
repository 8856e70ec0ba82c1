from dataclasses import replace

import numpy as np
import pytest

from asymmetry.analysis.hypotheses.h10_generality import findings
from tests.analysis.simulated import (
    LOSSES,
    VGG_PATCH,
    VGG_VANILLA,
    by_loss,
    evidence_of,
    grid,
    training_noise,
)


def evidence(gains):
    """One task for each gain of the patch head."""
    parts = []
    for place, gain in enumerate(gains):
        cells = grid(LOSSES[:4], [VGG_PATCH, VGG_VANILLA], (0.01, 0.1), seeds=3)
        patch = (cells["head"] == "patch").to_numpy()
        quality = by_loss(cells, range(4)) + gain * patch + training_noise(cells, key=place)
        scope = (f"task{place}", "compact", "held-out")
        parts.append(evidence_of(cells, quality, {}, scope=scope, key=place))
    return replace(parts[0], judged=[part.judged[0] for part in parts])


def found(gains):
    return {one.regime: one for one in findings(evidence(gains))}


def test_one_sign_everywhere_supports_it():
    one = found([0.5, 0.6, 0.7, 0.5, 0.6, 0.7])["H5: sign"]
    assert (one.value, one.n, one.verdict) == (1.0, 6, "supported")
    assert one.p == pytest.approx(2 / 2**6)


def test_opposite_signs_contradict_it():
    one = found([1, -1, 1, -1])
    assert one["H5: sign"].verdict == one["H5: I²"].verdict == "contradicted"
    assert one["H5: I²"].low > 0.5


def test_equal_gains_are_homogeneous():
    one = found([0.5] * 6)["H5: I²"]
    assert one.value < 0.5
    assert one.p > 0.05
    assert one.verdict != "contradicted"


def test_a_single_task_is_undecided():
    one = found([1])
    assert {finding.verdict for finding in one.values()} == {"this design cannot decide it"}
    assert "second of either" in one["H5: sign"].note


def test_few_tasks_of_one_sign_are_undecided():
    assert found([1, 1, 1])["H5: sign"].verdict == "undecided"
    assert np.isfinite(found([1, 1, 1])["H5: sign"].p)

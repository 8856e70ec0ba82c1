import numpy as np
import pandas as pd
import pytest

from asymmetry.analysis.hypotheses.h11_optimisability import findings, recovery
from tests.analysis.simulated import LOSSES, by_loss, evidence_of, grid

RISING, SHUFFLED = np.arange(8.0), np.array([3, 0, 6, 1, 7, 4, 2, 5.0])


def recovered(values, losses=LOSSES, images=10, noise=0.05):
    rng = np.random.default_rng(2)
    rows = [
        {"fidelity": loss, "image": image, "statistic": statistic, "status": "ok"}
        | {"value": 20 + image + (value if statistic == "recovery" else -value)}
        for loss, value in zip(losses, values, strict=False)
        for image in range(images)
        for statistic in ("recovery", "recovery_start")
    ]
    table = pd.DataFrame(rows)
    return table.assign(value=table["value"] + noise * rng.standard_normal(len(table)))


def found(skill, optimisability, losses=LOSSES):
    cells = grid(losses)
    known = dict(zip(losses, 0.5 + 0.05 * np.array(skill), strict=False))
    table = recovered(optimisability, losses)
    proof = evidence_of(cells, by_loss(cells, RISING[: len(losses)]), known, optimisability=table)
    return findings(proof)


def test_a_planted_advantage_supports_it():
    without, with_adversary = found(-RISING, RISING)
    assert (without.value, without.n) == (pytest.approx(2), 8)
    assert without.low > 0
    assert without.verdict == with_adversary.verdict == "supported"
    assert "optimisability 1.00, skill -1.00; 10 photos" in without.note


def test_the_opposite_contradicts_it():
    assert {one.verdict for one in found(RISING, -RISING)} == {"contradicted"}


def test_equal_predictors_are_undecided():
    assert {one.verdict for one in found(SHUFFLED, SHUFFLED)} == {"undecided"}


def test_starts_are_joined_by_photo_and_what_one_loss_lacks_is_left_out_for_all():
    table = recovered([1, 3], ["ssim", "vif"], images=2, noise=0)
    table = table.assign(image="photos/" + table["image"].astype(str) + "/noise")
    other = table.assign(image=table["image"].str.replace("noise", "blur"), value=50.0)
    other.loc[(other["fidelity"] == "vif") & (other["image"] == "photos/1/blur"), "status"] = (
        "diverged"
    )
    cells = grid(["ssim", "vif"])
    both = pd.concat([table, other], ignore_index=True)
    found = recovery(evidence_of(cells, np.zeros(len(cells)), optimisability=both))
    assert found.loc["ssim"].to_dict() == {"photos/0": (21 + 50) / 2, "photos/1": 22}
    assert found.loc["vif"].to_dict() == {"photos/0": (23 + 50) / 2, "photos/1": 24}


def test_three_losses_are_too_few():
    verdicts = {one.verdict for one in found(-RISING, RISING, LOSSES[:3])}
    assert verdicts == {"this design cannot decide it"}

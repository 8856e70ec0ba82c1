from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from asymmetry.core.randomness import draws
from asymmetry.simulation import search
from asymmetry.simulation.components import Components
from asymmetry.simulation.design import Design
from asymmetry.simulation.power import Power, Setup, number_of_studies, powers, simulated
from asymmetry.simulation.power_report import needed_lines, power_lines, power_table
from asymmetry.simulation.search import Needed, Tried, needed, with_losses, with_seeds
from asymmetry.simulation.study import cells_of
from asymmetry.simulation.truths import (
    BORDER,
    CLAIM,
    NAMES,
    OPPOSITE,
    QUESTIONS,
    Truth,
    losses_of,
    quality,
)
from asymmetry.stats.rank_correlation import spearman

NOTHING = Components(**{field.name: 0.0 for field in fields(Components)})
VGG = ("vgg-patch", "vgg16", "patch")
LOSSES = [f"loss{place}" for place in range(10)]
STUDIES = 100


def design_of(cells, judges=("sharpness",)):
    return Design(cells, list(judges), {}, "set")


@pytest.fixture(scope="module")
def paired():
    """Ten losses with and without an adversary, whose changes alone differ: by .6."""
    design = design_of(cells_of(LOSSES, [VGG], (0.1,), 1))
    return Setup(design, replace(NOTHING, losses_beside=0.6), images=2)


@pytest.fixture(scope="module")
def found(paired):
    return {one.truth: one for one in powers(paired, ["H14"], STUDIES)}


@pytest.mark.slow
def test_power_is_that_of_a_paired_t_test(found):
    """Closed form: Student's noncentral t of n pairs, at .5 / .6 standard deviations."""
    n, size = len(LOSSES), 0.5 / 0.6
    critical = stats.t.ppf(0.975, n - 1)
    power = stats.nct.sf(critical, n - 1, size * np.sqrt(n))
    error = np.sqrt(power * (1 - power) / STUDIES)
    assert found[CLAIM].right == pytest.approx(power, abs=3.5 * error)
    assert found[OPPOSITE].right == pytest.approx(power, abs=3.5 * error)


@pytest.mark.slow
def test_at_the_border_a_verdict_is_wrong_in_one_of_twenty(found):
    assert 1 - found[BORDER].right == pytest.approx(0.05, abs=3.5 * np.sqrt(0.05 * 0.95 / STUDIES))


def test_a_seed_repeats_it(paired):
    first, again, other = (
        powers(replace(paired, seed=seed), ["H14"], 3, (CLAIM,)) for seed in (0, 0, 1)
    )
    assert first == again
    assert first[0].width != other[0].width


@pytest.mark.slow
def test_more_losses_are_what_this_design_needs(paired, monkeypatch):
    """n = 5 has a power of .3, n = 10 of .65, n = 30 of .99; seeds and images change nothing."""
    monkeypatch.setattr(search, "OF_LOSSES", (0.5, 3.0))
    monkeypatch.setattr(search, "SEEDS", (2,))
    monkeypatch.setattr(search, "IMAGES", (2,))
    asked = powers(paired, ["H14"], 1, (CLAIM,))
    tried = search.search(paired, asked, 20)
    least = {one.what: one.number for one in search.needed(asked, tried)}
    assert least == {"losses": 30, "seeds": None, "images": None}


def power_of(truth, right, regime="over losses"):
    verdict = {CLAIM: "supported", OPPOSITE: "contradicted"}.get(truth, "undecided")
    return Power("H14", regime, truth, 40, {verdict: right, "undecided": 1 - right}, 0.8)


def test_the_least_number_has_power_both_ways():
    """Of what is not decided in every design that was tried, an absent row counts as no power."""
    asked = [power_of(CLAIM, 0.5), power_of(CLAIM, 0.1, "on the way")]
    tried = [
        Tried("losses", number, power_of(truth, right))
        for number, rights in {5: (0.9, 0.7), 10: (0.8, 0.85), 15: (0.95, 0.95)}.items()
        for truth, right in zip((CLAIM, OPPOSITE), rights, strict=True)
    ]
    assert needed(asked, [*tried, Tried("seeds", 2, power_of(CLAIM, 0.7))]) == [
        Needed("H14", "over losses", "losses", 10),
        Needed("H14", "over losses", "seeds", None),
        Needed("H14", "on the way", "losses", None),
        Needed("H14", "on the way", "seeds", None),
    ]


def test_the_table_has_a_row_for_each_truth_and_design(paired):
    found = [power_of(CLAIM, 0.5), power_of(BORDER, 0.0)]
    tried = [Tried("losses", 20, power_of(CLAIM, 0.8)), Tried("images", 9, power_of(CLAIM, 0.4))]
    table = power_table(found, tried, paired)
    assert table["varied"].tolist() == ["as planned", "as planned", "losses", "images"]
    assert table["number"].tolist()[2:] == [20, 9]
    assert table["images"].tolist() == [2, 2, 2, 9]
    assert table["power"].tolist() == [0.5, 1.0, 0.8, 0.4]
    # Wilson's interval of 20 of 40.
    assert table.loc[0, ["low", "high"]].tolist() == pytest.approx([0.352, 0.648], abs=1e-3)


def test_designs_are_enlarged_by_whole_settings():
    design = design_of(cells_of(["l1", "ssim"], [VGG], (0.1, 1.0), 2))
    assert len(with_seeds(design, 5).cells) == 2 * 3 * 5
    more = with_losses(design, 5)
    assert more.losses == ["l1", "ssim", "l1 (2)", "ssim (2)", "l1 (3)"]
    assert len(more.cells) == 5 * 3 * 2
    assert with_losses(design, 1).losses == ["l1"]


@pytest.mark.parametrize("rho", [0.7, 0.0])
def test_skill_and_effect_have_the_rank_correlation_of_the_truth(rho):
    names = [f"loss{place}" for place in range(4000)]
    truth = Truth(skill=(rho, -rho), recovery=0.0)
    losses = losses_of(names, truth, Components(), draws(0, "test"))
    for regime, wanted in (("alone", rho), ("beside", -rho)):
        got = spearman(losses["skill"].to_numpy(), losses[regime].to_numpy())
        assert float(got) == pytest.approx(wanted, abs=0.05)


def test_spread_is_the_ratio_of_deviations():
    names = [f"loss{place}" for place in range(4000)]
    losses = losses_of(names, Truth(spread=0.5), Components(), draws(0, "test"))
    assert losses["beside"].std() / losses["alone"].std() == pytest.approx(0.5, abs=0.03)


def test_kinds_differ_by_what_the_truth_says():
    kinds = [
        (f"{trunk}-{head}", trunk, head)
        for trunk in ("vgg16", "vit-small")
        for head in ("patch", "vanilla")
    ]
    cells = cells_of(["l1"], kinds, (0.1, 1.0), 1)
    truth = Truth(patch=0.5, transformer=-0.4, adversary=2.0)
    rng = draws(0, "test")
    losses = losses_of(["l1"], truth, NOTHING, rng)
    cells["quality"] = quality(cells, losses, truth, NOTHING, rng)
    beside = cells[cells["adversarial_weight"] > 0]
    by = {name: beside.groupby(name)["quality"].mean() for name in ("head", "backbone")}
    assert by["head"]["patch"] - by["head"]["vanilla"] == pytest.approx(0.5)
    assert by["backbone"]["vit-small"] - by["backbone"]["vgg16"] == pytest.approx(-0.4)
    assert beside["quality"].mean() - cells.loc[0, "quality"] == pytest.approx(2.0)
    slopes = beside.pivot_table(index="backbone", columns="adversarial_weight", values="quality")
    change = slopes[1.0] - slopes[0.1]
    assert change["vit-small"] - change["vgg16"] == pytest.approx(-0.4)


def test_claims_on_other_data_are_not_simulated():
    assert simulated(["H1", "H7", "H8", "H12", "H5b"]) == ["H1", "H5b"]


def test_a_claim_without_a_border_has_a_dash_there():
    shares = {"supported": 0.5, "undecided": 0.5}
    found = [Power("H1", "all", truth, 2, shares, 0.7) for truth in QUESTIONS[0].truths]
    assert BORDER not in QUESTIONS[0].truths
    assert power_lines(found)[-1].split() == ["H1", "all", "0.50", "0.00", "–", "0.70"]
    assert number_of_studies(["H1", "H2"], 10) == 50


def test_tables_say_chances_and_needs(paired):
    found = {one.truth: one for one in powers(paired, ["H14"], 2)}
    lines = power_lines(list(found.values()))
    assert lines[-1].split() == [
        *("H14", "over", "losses"),
        *(f"{found[truth].right:.2f}" for truth in (CLAIM, OPPOSITE, BORDER)),
        f"{found[CLAIM].width:.2f}",
    ]
    needs = [Needed("H14", "over losses", what, n) for what, n in (("losses", 15), ("seeds", None))]
    assert needed_lines(needs)[-1].split() == ["H14", "over", "losses", "15", "–"]
    assert set(found) == set(NAMES)
    assert isinstance(found[CLAIM].shares, dict)
    assert pd.Series(found[CLAIM].shares).sum() == pytest.approx(1)

"""The studies in `studies/`: what they promise, without their data."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from asymmetry.backbones.families import is_transformer
from asymmetry.core.errors import UserError
from asymmetry.discriminators.measure import measure_size
from asymmetry.fidelity.registry import weights_of
from asymmetry.metrics.borrowed import borrow
from asymmetry.metrics.contracts import METRICS
from asymmetry.monitor.forecast import print_plan
from asymmetry.planning.plan import Plan
from asymmetry.simulation.decidable import decidable
from asymmetry.study import Study, parse_study, read_study
from asymmetry.study.grid import Cell, cells
from asymmetry.weights.store import has_weights
from tests.conftest import ROOT

STUDIES = sorted((ROOT / "studies").glob("*.yaml"))
AXES = ("fidelity", "discriminator", "adversarial_weight")
LAPTOP_TRUNKS = ("vgg", "resnet", "convnext", "encoder", "vit", "eva", "swin", "twins")


def study_of(name: str, **grid: Any) -> Study:
    values = yaml.safe_load((ROOT / "studies" / f"{name}.yaml").read_text())
    values["grid"] |= grid
    return parse_study(values, name)


def games(found: list[Cell]) -> list[Cell]:
    """The games of seed 0: what a fractional design draws."""
    return [cell for cell in found if cell.adversarial_weight > 0 and cell.seed == 0]


def test_there_are_three():
    assert [path.stem for path in STUDIES] == ["bench", "laptop", "paper"]


def test_laptop_has_the_units_that_its_preregistration_says():
    study = study_of("laptop")
    found = cells(study)
    assert len(found) == 354
    alone = [cell for cell in found if cell.adversarial_weight == 0]
    assert len({cell.fidelity for cell in alone}) == 28
    assert len(alone) == 28 * 3
    reference = [cell for cell in found if cell.discriminator == "vgg-patch"]
    assert len({cell.fidelity for cell in reference}) == 28
    beside = Counter(cell.discriminator for cell in found if cell.adversarial_weight > 0)
    assert len(beside) == 16
    # Two losses, two weights, three seeds; 26 losses more beside the reference.
    assert set(beside.values()) == {12, 12 + 26 * 3}
    trunks = [study.discriminators[name].backbone for name in beside]
    assert Counter(map(is_transformer, trunks)) == {False: 8, True: 8}
    sizes = [measure_size(study.discriminators[name], 96).parameters for name in beside]
    assert max(sizes) < 1.25 * min(sizes)


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.stem)
def test_results_of_no_two_studies_mix(path: Path):
    assert read_study(path).results == f"results/{path.stem}"


@pytest.mark.parametrize("path", [*STUDIES, ROOT / "params.yaml"], ids=lambda path: path.stem)
def test_a_study_is_the_same_once_written_whole(path: Path):
    study = read_study(path)
    assert parse_study(study.model_dump(mode="json"), "written") == study


@pytest.mark.parametrize(
    ("name", "trainings", "alone", "drawn", "full"),
    [
        # 15 losses in three seeds; 15 of another generator or of another task. Two more seeds of 15
        # losses beside one adversary, and of 7 discriminators at two weights.
        ("bench", 217, 45 + 15 + 15, 84, 217 - 84 + 15 * 12 * 6),
        # 20 losses in three seeds; 4 with another generator; 3 in three other tasks. Two more seeds
        # of 20 losses beside one adversary, and of 10 discriminators at two weights, less one.
        ("paper", 221, 60 + 4 + 9, 70, 221 - 70 + 20 * 14 * 7),
    ],
)
def test_trainings_are_as_many_as_promised(
    name: str, trainings: int, alone: int, drawn: int, full: int
):
    found = cells(study_of(name))
    assert len(found) == trainings
    assert sum(cell.adversarial_weight == 0 for cell in found) == alone
    assert len(games(found)) == drawn
    whole = cells(study_of(name, design="full"))
    assert len(whole) == full
    assert set(found) <= set(whole)


@pytest.mark.parametrize(
    ("name", "slices"),
    [
        ("bench", {"l1", "squeeze-patch", 0.01}),
        ("paper", {"dists-vgg16", "resnet50-patch", 0.01, 0.1}),
    ],
)
def test_beside_the_slices_every_value_of_an_axis_is_drawn_equally_often(
    name: str, slices: set[str | float]
):
    study = study_of(name)
    named = (study.grid.fidelity, study.grid.discriminators, study.grid.adversarial_weights[1:])
    for axis, values in zip(AXES, named, strict=True):
        times = Counter(getattr(cell, axis) for cell in games(cells(study)))
        assert set(times) == set(values)
        others = [times[value] for value in values if value not in slices]
        assert max(others) - min(others) <= 1


def test_bench_has_power_and_its_controls():
    grid = study_of("bench").grid
    assert len(grid.fidelity) == 15  # n = 12 needs a rank correlation of .58
    assert len(grid.discriminators) >= 6
    assert sum(weight > 0 for weight in grid.adversarial_weights) == 6
    slice_seeds = {cell.seed for cell in cells(study_of("bench"))}
    assert slice_seeds == {0, 1, 2}


@pytest.mark.parametrize("name", ["bench", "laptop"])
def test_it_needs_no_weights_but_those_beside_the_checkout(name: str, shared: Path):
    study = study_of(name)
    for part in [*study.grid.fidelity, *study.evaluation.metrics]:
        assert all(has_weights(entry, shared / "weights") for entry in weights_of(part)), part


@pytest.mark.parametrize(
    ("name", "pairs"),
    [
        ("bench", ("alex-patch", "alex-vanilla")),
        ("paper", ("resnet50-patch", "resnet50-vanilla-matched")),
        *[("laptop", (f"{one}-patch", f"{one}-vanilla")) for one in LAPTOP_TRUNKS],
    ],
)
def test_matched_heads_have_equal_parameters(name: str, pairs: tuple[str, str]):
    known = study_of(name).discriminators
    first, second = (measure_size(known[one], 64).parameters for one in pairs)
    assert first == pytest.approx(second, rel=1e-3 if name == "laptop" else 2e-4)


def test_paper_has_seven_weights_with_those_of_public_recipes():
    weights = study_of("paper").grid.adversarial_weights
    assert len(weights) == 8
    assert {0, 0.001, 0.005, 0.01, 0.1} <= set(weights)


def test_paper_has_modern_judges_of_several_families():
    """What the paper reports only as a set of modern no-reference models; of our choice."""
    study = study_of("paper")
    assert len(study.metrics) >= 8
    assert set(study.metrics) <= set(study.evaluation.judges)
    families = {name: METRICS[name].backbone for name in study.metrics}
    assert {"vit", "clip", "vgg", "resnet", "inception"} <= set(families.values())
    for name, metric in study.metrics.items():
        # Said in the file, and what is known of pyiqa's network.
        assert metric.backbone == families[name] == borrow(metric.pyiqa).backbone
        assert not METRICS[name].full_reference


def test_hours_are_told_before_the_photos_are_there(
    workplace: Path, capsys: pytest.CaptureFixture[str]
):
    with pytest.raises(UserError, match="data/div2k: there is no such folder"):
        print_plan(Plan(study_of("paper", discriminators=["unet"], include=[])))
    printed = capsys.readouterr().out
    # 20 losses alone, and 70 games with the one discriminator; all begin at the published file.
    assert "90 cells and 0 warm starts" in printed
    assert "  swinir_m_classical_x4: 67.9 MB, for swinir-m-df2k\n" in printed
    hours = 90 * 300_000 * 0.5 / 3600
    assert f"expected: {hours:,.2f} GPU-hours" in printed
    assert "a guess before any run" in printed
    assert "run `asymmetry weights get --study params.yaml`" in printed
    assert "  pyiqa:maniqa: size not known, for maniqa\n" in printed
    assert "  vgg16: size not known, for dists-vgg16, " in printed


@pytest.mark.parametrize("name", ["bench", "paper"])
@pytest.mark.parametrize("design", ["fractional", "full"])
def test_a_slice_has_the_first_seed_too(name: str, design: str):
    found = cells(study_of(name, design=design))
    seeds: dict[tuple[str, str, float], set[int]] = {}
    for cell in found:
        key = (cell.fidelity, cell.discriminator, cell.adversarial_weight)
        seeds.setdefault(key, set()).add(cell.seed)
    repeated = {key: own for key, own in seeds.items() if len(own) > 1}
    assert any(weight > 0 for _, _, weight in repeated)
    assert set(map(frozenset, repeated.values())) == {frozenset({0, 1, 2})}


def named_undecidable(path: Path) -> set[str]:
    """The claims that a study's file says its design can never decide, "H2 to H4" in full."""
    text = " ".join(line.lstrip("# ") for line in path.read_text().splitlines())
    said = text.partition("What this design can never decide")[2].partition(": ")[2]
    said = re.split(r"[.;]", said, maxsplit=1)[0]  # after it, single findings
    names = set(re.findall(r"H\d+b?", said))
    for first, last in re.findall(r"H(\d+) to H(\d+)", said):
        names |= {f"H{number}" for number in range(int(first), int(last) + 1)}
    return names


@pytest.mark.slow
@pytest.mark.parametrize("path", [*STUDIES, ROOT / "params.yaml"], ids=lambda path: path.stem)
def test_a_study_names_what_its_design_cannot_decide(path: Path):
    found = decidable(read_study(path))
    lacking = {one.hypothesis for one in found if len(one.never) == one.findings}
    lacking -= {one.hypothesis for one in found if one.descriptive}
    assert named_undecidable(path) == lacking

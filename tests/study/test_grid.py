from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asymmetry.core.errors import UserError
from asymmetry.study import parse_study
from asymmetry.study.grid import Cell, cells
from tests.conftest import small_values

LOSSES = ["l1", "mse", "charbonnier", "gmsd"]
axes = st.fixed_dictionaries(
    {
        "fidelity": st.lists(st.sampled_from(LOSSES), min_size=1, unique=True),
        "discriminators": st.lists(
            st.sampled_from(["vgg-patch", "vit-vanilla"]), min_size=1, unique=True
        ),
        "adversarial_weights": st.lists(
            st.floats(0, 10, allow_nan=False).map(abs), min_size=1, max_size=4, unique=True
        ),
        "seeds": st.lists(st.integers(0, 5), min_size=1, max_size=3, unique=True),
        "tasks": st.lists(st.sampled_from(["bicubic-x4", "blind-x4"]), min_size=1, unique=True),
    }
)


def grid_of(**changes: Any) -> list:
    values = small_values()
    values["grid"] |= changes
    return cells(parse_study(values, "params.yaml"))


@given(axes)
def test_the_grid_is_the_product_with_one_cell_at_weight_zero(axes: dict[str, list]):
    found = grid_of(**axes)
    positive = sum(weight > 0 for weight in axes["adversarial_weights"])
    games = positive * len(axes["discriminators"]) + (positive < len(axes["adversarial_weights"]))
    expected = len(axes["fidelity"]) * len(axes["seeds"]) * len(axes["tasks"]) * games
    assert len(found) == len(set(found)) == expected
    assert len({cell.name for cell in found}) == expected


@given(axes)
def test_a_whole_seed_comes_before_the_next(axes: dict[str, list]):
    seeds = [cell.seed for cell in grid_of(**axes)]
    assert seeds == sorted(seeds)


@given(axes, st.sampled_from(LOSSES))
def test_exclude_takes_out_what_matches_and_include_brings_it_back(
    axes: dict[str, list], loss: str
):
    whole = set(grid_of(**axes))
    out = {cell for cell in whole if cell.fidelity == loss}
    if out == whole:
        return
    assert set(grid_of(**axes, exclude=[{"fidelity": [loss]}])) == whole - out
    again = grid_of(**axes, exclude=[{"fidelity": [loss]}], include=[{"fidelity": [loss]}])
    assert set(again) == whole | set(grid_of(**(axes | {"fidelity": [loss]})))


def game_of(cell: Cell) -> tuple[object, ...]:
    """What a fractional design draws: a cell with an adversary, but for its seed."""
    return cell.task, cell.generator, cell.fidelity, cell.discriminator, cell.adversarial_weight


@given(axes, st.integers(1, 20))
def test_a_fraction_is_a_part_of_the_grid_with_all_of_weight_zero(
    axes: dict[str, list], combinations: int
):
    whole = grid_of(**axes, combinations=combinations)
    found = grid_of(**axes, design="fractional", combinations=combinations)
    assert found == [cell for cell in whole if cell in set(found)]
    zero = [cell for cell in whole if cell.adversarial_weight == 0]
    assert [cell for cell in found if cell.adversarial_weight == 0] == zero
    games = {game_of(cell) for cell in whole if cell.adversarial_weight > 0}
    drawn = [game_of(cell) for cell in found if cell.adversarial_weight > 0]
    assert len(set(drawn)) == min(combinations, len(games))
    assert len(drawn) == len(set(drawn)) * len(axes["seeds"])


def test_a_fraction_leaves_out_what_is_excluded_and_adds_what_is_included():
    found = grid_of(
        fidelity=["l1", "mse"],
        design="fractional",
        combinations=2,
        exclude=[{"fidelity": ["mse"], "discriminators": ["vit-vanilla"]}],
        include=[{"seeds": [7]}],
    )
    assert len([cell for cell in found if cell.seed == 7]) == 2 * (2 * 2 + 1)
    drawn = [cell for cell in found if cell.seed == 0 and cell.adversarial_weight > 0]
    assert len(drawn) == 2
    assert not any(cell.fidelity == "mse" and "vit" in cell.discriminator for cell in drawn)


def test_a_fraction_says_how_many():
    with pytest.raises(UserError, match="grid: combinations: is missing; a fractional design"):
        grid_of(design="fractional")


def test_one_more_cell_is_a_line():
    found = grid_of(include=[{"fidelity": ["mse"], "adversarial_weights": [0]}])
    assert [cell.name for cell in found if cell.fidelity == "mse"] == [
        "bicubic-x4/compact-tiny/mse/none/0/seed0"
    ]


def test_a_repeated_cell_is_named():
    with pytest.raises(UserError, match=r"grid.include\[0\]: the cell bicubic-x4/compact-tiny/l1/"):
        grid_of(include=[{"seeds": [0]}])


def test_a_grid_without_cells_is_refused():
    with pytest.raises(UserError, match="leaves no cell"):
        grid_of(exclude=[{"seeds": [0]}])

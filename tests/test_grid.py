from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asymmetry.errors import UserError
from asymmetry.grid import cells
from asymmetry.study import parse_study
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


def test_a_fractional_design_is_a_few_lines():
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

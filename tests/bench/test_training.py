import pytest

from asymmetry.study import parse_study
from asymmetry.study.grid import cells
from bench.training import SEEDS, study_of
from bench.workflow import SIZES
from bench.workflow import study_of as study_of_cells


def test_the_cells_of_a_pack_share_all_but_a_weight():
    grid = cells(parse_study(study_of(100, "cpu"), "bench"))
    assert len(grid) == 8 * len(SEEDS)
    assert len({(cell.fidelity, cell.discriminator) for cell in grid}) == 1
    assert len({cell.adversarial_weight for cell in grid}) == 8


@pytest.mark.parametrize("size", SIZES)
def test_the_studies_that_are_planned_have_their_size(size: int):
    assert len(cells(parse_study(study_of_cells(size), "bench"))) == size

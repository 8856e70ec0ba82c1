"""The grid of a study, expanded into cells."""

from dataclasses import dataclass
from itertools import product

from asymmetry.core.errors import UserError
from asymmetry.study import Axes, Grid, Study
from asymmetry.study.fraction import Combination, balanced

NO_DISCRIMINATOR = "none"


@dataclass(frozen=True)
class Cell:
    """One training of the grid. Weight 0 has no discriminator: `discriminator` is then "none"."""

    task: str
    generator: str
    fidelity: str
    discriminator: str
    adversarial_weight: float
    seed: int

    @property
    def name(self) -> str:
        """The readable part of a run's id: `bicubic-x4/compact/l1/vgg-patch/0.01/seed0`."""
        weight = f"{self.adversarial_weight:.15g}"
        return "/".join(
            [
                self.task,
                self.generator,
                self.fidelity,
                self.discriminator,
                weight,
                f"seed{self.seed}",
            ]
        )


def cells(study: Study) -> list[Cell]:
    """The cells of the study, without doubles: one seed of the whole grid before the next seed.

    Raises UserError where an entry of `include` repeats a cell, or where nothing is left.
    """
    grid = study.grid
    kept = [cell for cell in _product(grid, grid) if not _excluded(cell, grid.exclude)]
    if grid.design == "fractional":
        kept = _fraction(kept, grid)
    for index, axes in enumerate(grid.include):
        known = set(kept)
        for cell in _product(axes, grid):
            if cell in known:
                raise UserError(
                    f"grid.include[{index}]: the cell {cell.name} is there already; "
                    "remove it from the axes or from include"
                )
            kept.append(cell)
    if not kept:
        raise UserError("grid.exclude: leaves no cell; exclude less")
    return sorted(kept, key=lambda cell: (cell.seed, cell.adversarial_weight > 0))


def _fraction(whole: list[Cell], grid: Grid) -> list[Cell]:
    """All cells of weight 0, and those of the combinations that a fractional design draws.

    First those that `include` repeats with other seeds: a slice is to have the first seed too.
    """
    every = {_combination(cell) for cell in whole if cell.adversarial_weight > 0}
    again = {_combination(cell) for axes in grid.include for cell in _product(axes, grid)}
    drawn = set(balanced(every, grid.combinations or 0, grid.design_seed, sorted(every & again)))
    return [cell for cell in whole if cell.adversarial_weight == 0 or _combination(cell) in drawn]


def _combination(cell: Cell) -> Combination:
    """A cell but for its seed."""
    return cell.task, cell.generator, cell.fidelity, cell.discriminator, cell.adversarial_weight


def _product(axes: Axes, grid: Grid) -> list[Cell]:
    """The product of the axes; where one is None, all values of `grid` stand for it."""
    names = list(Axes.model_fields)
    values = [getattr(axes, name) or getattr(grid, name) for name in names]
    found = [
        Cell(task, generator, fidelity, name if weight > 0 else NO_DISCRIMINATOR, weight, seed)
        for task, generator, fidelity, name, weight, seed in product(*values)
    ]
    return list(dict.fromkeys(found))


def _excluded(cell: Cell, exclude: list[Axes]) -> bool:
    """Whether an entry of `exclude` has the cell's value on every axis that it names."""
    return any(_matches(cell, axes) for axes in exclude)


def _matches(cell: Cell, axes: Axes) -> bool:
    return all(
        value in allowed
        for value, allowed in [
            (cell.task, axes.tasks),
            (cell.generator, axes.generators),
            (cell.fidelity, axes.fidelity),
            (cell.discriminator, axes.discriminators),
            (cell.adversarial_weight, axes.adversarial_weights),
            (cell.seed, axes.seeds),
        ]
        if allowed is not None
    )

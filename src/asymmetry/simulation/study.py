"""Makes the evidence of a study whose truth is known, straight from arrays.

A cell has a quality; judges see it through what differs by chance. The sizes are standard
deviations, by default about those of the published run (`published/bench-cpu`), in units of the
spread between cells.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np
import pandas as pd

from asymmetry.analysis.balance import BALANCE
from asymmetry.analysis.hypotheses.evidence import Evidence
from asymmetry.analysis.judging import Judged, judge_values
from asymmetry.analysis.skill import skill_of_losses
from asymmetry.stats.arrays import Array
from asymmetry.study.grid import NO_DISCRIMINATOR, Cell
from asymmetry.tables.read import TABLES, Tables
from asymmetry.tables.schemas import COLUMNS, DIVERGED, DONE, empty_table

AXIS = "perception"
JUDGES = ("niqe", "piqe", "lpips-alex")
Quality = Callable[[pd.DataFrame, np.random.Generator], Array]
_EMPTY = {name: empty_table(name) for name in TABLES}
_NO_SKILL = skill_of_losses(_EMPTY["skill"])
_DISCRETE = 0.5  # the step to which tied values are rounded
_OPPOSED = 2  # of the camps, the judges from this one on see the opposite
SPREAD = 0.7  # the standard deviation between losses, unless a world says otherwise


@dataclass(frozen=True)
class Chance:
    """What differs by chance, beside the quality of the cells.

    `training`: between trainings of one cell; with an adversary, that times `adversarial`.
    `seeds`: what all cells of a seed have in common. `scores`: between single values of a judge,
    cell and image. `by_image`: between the images that a level of this column does better on.
    `by_judge`: between the losses that a judge prefers. `tails`: the degrees of freedom of
    Student's t of trainings and scores; `ties`: values are rounded to half a unit; `missing`: the
    share of cells that one judge lacks; `diverged`: that of cells at the highest weight that did;
    `camps`: whether one judge of three opposes the others.
    """

    training: float = 0.3
    adversarial: float = 1.0
    seeds: float = 0.0
    scores: float = 0.5
    by_image: Mapping[str, float] = field(default_factory=lambda: {"fidelity": 0.4})
    by_judge: float = 0.2
    images: int = 8
    tails: float = np.inf
    ties: bool = False
    missing: float = 0.0
    diverged: float = 0.0
    camps: bool = False


def cells_of(
    losses: Sequence[str],
    discriminators: Sequence[tuple[str, str, str]],
    weights: Sequence[float],
    seeds: int,
) -> pd.DataFrame:
    """The cells of a full grid; a discriminator is its name, its backbone and its head."""
    none = (NO_DISCRIMINATOR, None, None)
    settings = [(none, 0.0), *product(discriminators, weights)]
    rows = [
        row_of(Cell("task", "generator", loss, kind[0], weight, seed), kind[1], kind[2])
        for seed, loss, (kind, weight) in product(range(seeds), losses, settings)
    ]
    cells = pd.DataFrame(rows)
    # Plain objects are several times faster here than strings of their own type.
    return cells.astype(dict.fromkeys(cells.select_dtypes(exclude="number"), object))


def row_of(
    cell: Cell,
    backbone: str | None,
    head: str | None,
    initialisation: str | None = "scratch",
    frozen: bool = False,
) -> dict[str, object]:
    """A cell that is done, as a row of the table `runs`, with its discriminator's parts."""
    return vars(cell) | {
        "run": cell.name,
        "kind": "cell",
        "status": DONE,
        "backbone": backbone,
        "head": head,
        "initialisation": initialisation if backbone else None,
        "frozen": frozen,
    }


def empty_tables(**tables: pd.DataFrame) -> Tables:
    """These tables, and all others without rows."""
    return Tables(**(_EMPTY | tables))


def evidence_of(
    cells: pd.DataFrame,
    quality: Quality,
    chance: Chance,
    rng: np.random.Generator,
    *,
    judges: Sequence[str] = JUDGES,
    measures: Sequence[str] = (),
    snapshots: Sequence[float] = (),
    losses: pd.DataFrame | None = None,
    tables: Mapping[str, pd.DataFrame] | None = None,
    scope: tuple[str, str, str] = ("task", "generator", "set"),
) -> Evidence:
    """The evidence of one study; `judges` are one axis, `measures` are beside it.

    All of it is seen at each of the `snapshots` too, by scores of their own. `losses` is their
    skill, as `skill_of_losses` gives it; `tables` are others of the study.
    """
    true = quality(cells, rng)
    cells = _with_diverged(cells, chance, rng)
    done = (cells["status"] == DONE).to_numpy()
    names = [*judges, *measures]
    level = _trained(cells[done], true[done], chance, rng)

    def judged() -> Judged:
        values = _values(cells[done], level, chance, rng, len(names))
        if chance.camps:
            values[_OPPOSED:] *= -1
        return judged_of(cells, values, scope, names)

    runs = cells.reindex(columns=COLUMNS["runs"])
    # Arrays and `losses` are the scores and the skill; the tables only say that there are some.
    scores = cells[:1].reindex(columns=COLUMNS["scores"])
    known = {"runs": runs, "scores": scores}
    if losses is not None:
        known["skill"] = pd.DataFrame([{}]).reindex(columns=COLUMNS["skill"])
    found = empty_tables(**(known | dict(tables or {})))
    axes = {AXIS: list(judges)} if judges else {}
    return Evidence(
        found,
        [judged()],
        axes,
        _NO_SKILL if losses is None else losses,
        snapshots={share: {scope: judged()} for share in snapshots},
    )


def judged_of(
    cells: pd.DataFrame, values: Array, scope: tuple[str, str, str], names: Sequence[str]
) -> Judged:
    """Cells as these judges see them; of the balance, `values` are freedom from artifacts."""
    found = judge_values(cells, values, scope, list(names))
    if BALANCE in names:
        place = list(names).index(BALANCE)
        found.z[place] = _balance(found.done, values[place])
    return found


def _with_diverged(cells: pd.DataFrame, chance: Chance, rng: np.random.Generator) -> pd.DataFrame:
    if not chance.diverged:
        return cells
    weights = cells["adversarial_weight"]
    lost = (weights == weights.max()) & (rng.random(len(cells)) < chance.diverged)
    return cells.assign(status=cells["status"].mask(lost, DIVERGED))


def _balance(done: pd.DataFrame, values: Array) -> Array:
    """The balance of artifacts [done, images], where `values` are freedom from them.

    What an adversary removes is to what it adds as exp(2 difference / SPREAD) is to 1. 0 without an
    adversary; NaN where nothing is beside the cell.
    """
    keys = list(zip(done["fidelity"], done["seed"], strict=True))
    alone = ~adversarial(done)
    controls = {key: row for row, key in enumerate(keys) if alone[row]}
    rows = np.array([controls.get(key, -1) for key in keys])
    beside = np.where((rows >= 0)[:, None], values[rows], np.nan)
    return np.tanh((values - beside) / SPREAD)


def observed(
    cells: pd.DataFrame, true: Array, chance: Chance, rng: np.random.Generator, judges: int
) -> Array:
    """What judges see of cells of this quality [cells]: values [judges, cells, images]."""
    return _values(cells, _trained(cells, true, chance, rng), chance, rng, judges)


def _trained(cells: pd.DataFrame, true: Array, chance: Chance, rng: np.random.Generator) -> Array:
    """The quality [cells] of the trainings: the true one, and what differs between them."""
    weight = cells["adversarial_weight"].to_numpy()
    noise = chance.training * np.where(weight > 0, chance.adversarial, 1.0)
    level = true + noise * _drawn(rng, chance.tails, len(cells))
    return level + chance.seeds * rng.standard_normal(100)[cells["seed"].to_numpy(dtype=int)]


def _values(
    cells: pd.DataFrame, level: Array, chance: Chance, rng: np.random.Generator, judges: int
) -> Array:
    """Values [judges, cells, images] of trainings of this `level` [cells]: higher is better."""
    count, images = len(cells), chance.images
    values = np.tile(level[None, :, None], (judges, 1, images))
    for column, size in chance.by_image.items():
        codes = pd.factorize(cells[column])[0]
        values += size * rng.standard_normal((codes.max() + 2, images))[codes]
    codes = pd.factorize(cells["fidelity"])[0]
    values += chance.by_judge * rng.standard_normal((judges, codes.max() + 1, 1))[:, codes]
    values += rng.standard_normal((judges, 1, images))
    values += chance.scores * _drawn(rng, chance.tails, values.shape)
    if chance.ties:
        values = np.round(values / _DISCRETE) * _DISCRETE
    if chance.missing:
        values[0, rng.random(count) < chance.missing] = np.nan
    return values


def _drawn(rng: np.random.Generator, tails: float, size: int | tuple[int, ...]) -> Array:
    drawn = rng.standard_normal(size) if np.isinf(tails) else rng.standard_t(tails, size)
    return np.asarray(drawn)


# What a quality is made of.


def of_levels(cells: pd.DataFrame, column: str, values: Array) -> Array:
    """The value [cells] of each cell's level of a column, in order of appearance; 0 of none."""
    codes = pd.factorize(cells[column])[0]
    return np.where(codes >= 0, np.asarray(values)[codes], 0.0)


def adversarial(cells: pd.DataFrame) -> np.ndarray:
    """Whether each cell has an adversary [cells]."""
    return (cells["adversarial_weight"] > 0).to_numpy()

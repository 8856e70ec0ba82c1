"""Evidence of known truth, straight from arrays: hundreds of studies a minute."""

from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np
import pandas as pd

from asymmetry.analysis.hypotheses.evidence import Evidence
from asymmetry.analysis.judging import judge_values
from asymmetry.analysis.skill import skill_of_losses
from asymmetry.study.fraction import balanced
from asymmetry.tables.read import TABLES, Tables
from asymmetry.tables.schemas import COLUMNS, empty_table
from tests.synthetic_tables import GENERATOR, SET, TASK

SCOPE = (TASK, GENERATOR, SET)
JUDGES = ["vsi", "piqe", "niqe"]
AXIS = "perception"
LOSSES = ["ms_ssim", "ssim", "ssimc", "fsim", "vif", "nlpd", "cw_ssim", "gmsd"]
NONE = ("none", None, None)
VGG_PATCH, VGG_VANILLA = ("vgg-patch", "vgg16", "patch"), ("vgg-vanilla", "vgg16", "vanilla")
VIT_PATCH = ("vit-patch", "vit-small", "patch")
_EMPTY = {name: empty_table(name) for name in TABLES}
_NO_SKILL = skill_of_losses(_EMPTY["skill"])


def grid(
    losses: Sequence[str] = LOSSES,
    discriminators: Sequence[tuple[str, str, str]] = (VGG_PATCH,),
    weights: Sequence[float] = (0.01,),
    seeds: int = 2,
) -> pd.DataFrame:
    """The cells of a study, all done; a discriminator is its name, its backbone and its head."""
    settings = [(NONE, 0.0), *product(discriminators, weights)]
    rows = [
        (
            TASK,
            GENERATOR,
            loss,
            *kind,
            weight,
            seed,
            "cell",
            "done",
            f"{loss}/{kind[0]}/{weight}/{seed}",
        )
        for seed, loss, (kind, weight) in product(range(seeds), losses, settings)
    ]
    columns = ["task", "generator", "fidelity", "discriminator", "backbone", "head"]
    columns += ["adversarial_weight", "seed", "kind", "status", "run"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(initialisation=np.where(frame["backbone"].isna(), None, "scratch"))


def part_of_the_games(cells: pd.DataFrame, count: int) -> pd.DataFrame:
    """Cells without an adversary, and of those with one a balanced fraction of `count`."""
    axes = ["fidelity", "discriminator", "adversarial_weight"]
    keys = list(cells[axes].itertuples(index=False, name=None))
    kept = set(balanced([key for key in keys if key[2] > 0], count, 0))
    return cells[[key in kept or key[2] == 0 for key in keys]].reset_index(drop=True)


def skill_table(values: Mapping[str, float], width: float = 0.0, **columns: str) -> pd.DataFrame:
    """The table `skill`: SRCC of each loss on one set; `columns` differ from the usual ones."""
    named = {
        "role": "fidelity",
        "set": "live",
        "kind": "live",
        "subset": "all",
        "statistic": "srcc",
    }
    frame = pd.DataFrame({"metric": list(values), "value": list(values.values()), "n": 100})
    return frame.assign(
        low=frame["value"] - width, high=frame["value"] + width, **(named | columns)
    )


def tables_of(**tables: pd.DataFrame) -> Tables:
    """These tables, and all others without rows."""
    return Tables(**(_EMPTY | tables))


def evidence_of(
    cells: pd.DataFrame,
    quality: np.ndarray,
    skill: Mapping[str, float] | pd.DataFrame | None = None,
    *,
    snapshots: Mapping[float, np.ndarray] | None = None,
    scope: tuple[str, str, str] = SCOPE,
    judges: Sequence[str] = tuple(JUDGES),
    images: int = 12,
    noise: float = 0.3,
    key: int = 0,
    axes: Mapping[str, Sequence[str]] | None = None,
    **tables: pd.DataFrame,
) -> Evidence:
    """Evidence in which a cell has this quality [cells], that judges see through noise an image.

    All judges are on one axis, unless `axes` says otherwise.
    """
    rng = np.random.default_rng(key)
    done = (cells["status"] == "done").to_numpy()

    def judged(quality: np.ndarray):
        shape = (len(judges), int(done.sum()), images)
        levels = rng.standard_normal((len(judges), 1, images))
        values = quality[done][None, :, None] + levels + noise * rng.standard_normal(shape)
        return judge_values(cells, values, scope, list(judges))

    if skill is not None:
        tables["skill"] = skill if isinstance(skill, pd.DataFrame) else skill_table(skill)
    # The arrays are the scores; the table only says that there are some.
    scores = cells.reindex(columns=COLUMNS["scores"])
    return Evidence(
        tables_of(runs=cells, scores=scores, **tables),
        [judged(quality)],
        {AXIS: list(judges)} if axes is None else axes,
        skill_of_losses(tables["skill"]) if "skill" in tables else _NO_SKILL,
        snapshots={share: {scope: judged(early)} for share, early in (snapshots or {}).items()},
    )


def by_loss(cells: pd.DataFrame, values: Sequence[float]) -> np.ndarray:
    """The value of each cell's loss [cells]; `values` in the order of the losses."""
    losses = pd.unique(cells["fidelity"]).tolist()
    return np.asarray(values, dtype=float)[[losses.index(name) for name in cells["fidelity"]]]


def adversarial(cells: pd.DataFrame) -> np.ndarray:
    """Whether each cell has an adversary [cells]."""
    return (cells["adversarial_weight"] > 0).to_numpy()


def training_noise(cells: pd.DataFrame, size: float = 0.05, key: int = 9) -> np.ndarray:
    """What differs between trainings by chance [cells]."""
    return size * np.random.default_rng(key).standard_normal(len(cells))

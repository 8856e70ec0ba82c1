"""The components of a study's variance, estimated from the tables of a pilot."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd

from asymmetry.analysis.effect import Effects, all_judged, effects_on_axes
from asymmetry.analysis.hypotheses.contract import FEWEST
from asymmetry.analysis.judging import (
    Judged,
    codes_of,
    level_seeds,
    mean_of_known,
    settings_of,
    values_by_image,
)
from asymmetry.analysis.pairs import with_trunk
from asymmetry.analysis.regimes import regimes
from asymmetry.analysis.skill import skill_of_losses
from asymmetry.core.errors import UserError
from asymmetry.simulation.components import Components
from asymmetry.stats.arrays import Array, Integers
from asymmetry.stats.mixed_model import RESIDUAL, MixedModel
from asymmetry.study import Study
from asymmetry.tables.read import Tables, load_tables

_FEWEST = 3  # levels of a factor; of two, a variance is a guess
_BESIDE = {
    "losses_beside": ["fidelity"],
    "trunks": ["trunk"],
    "weights": ["adversarial_weight"],
    "heads": ["trunk", "head"],
    "mixed": ["fidelity", "discriminator"],
}
# What a deviation between means of judges and images has of the chance of these.
_WITHIN = {
    "losses": ("judges", "images"),
    "losses_beside": ("judges", "images"),
    "trunks": ("images_beside",),
    "trainings": ("scores",),
    "trainings_beside": ("scores",),
}


def components_of(study: Study, results: Path) -> Components:
    """The components in the tables of a pilot of `study`, the mean over its scopes and axes.

    What the pilot does not show, as a single seed shows no chance, is as `Components` has it.
    Raises UserError where the folder has no scores.
    """
    tables = load_tables(results)
    if tables.scores.empty or tables.cells.empty:
        raise UserError(
            f"{results}: has no scores of a pilot (scores.parquet, runs.parquet); give another "
            "folder, or leave out --pilot"
        )
    return estimated(tables, study.evaluation.axes)


def estimated(tables: Tables, axes: Mapping[str, list[str]]) -> Components:
    """The components in these tables."""
    judges = [judge for names in axes.values() for judge in names]
    found = [_of_skill(tables)]
    for judged in all_judged(tables, judges):
        found += [of_effects(effects) for effects in effects_on_axes(judged, axes)]
        found.append(_of_seeds(tables, judged))
    default = asdict(Components())
    known = {
        name: [one[name] for one in found if np.isfinite(one.get(name, np.nan))] for name in default
    }
    return Components(
        **{name: float(np.mean(own)) if own else default[name] for name, own in known.items()}
    )


def of_effects(effects: Effects) -> dict[str, float]:
    """The components of the effects on one axis; what they do not show is left out.

    The mean of judges and images still has a part of their chance, which is taken off.
    """
    cells = with_trunk(effects.done).reset_index(drop=True)
    known = np.asarray(np.isfinite(effects.by_image).all(axis=1))
    beside = (cells["adversarial_weight"] > 0).to_numpy()
    alone = _deviations(effects.level, cells, known & ~beside, {"losses": ["fidelity"]})
    with_one = _deviations(effects.level, cells, known & beside, _BESIDE)
    found = {name: value for name, value in (alone | with_one).items() if name != RESIDUAL}
    for name, of_part in (("trainings", alone), ("trainings_beside", with_one)):
        found |= {name: of_part[RESIDUAL]} if of_part else {}
    found |= _of_images(effects, cells, known) | _of_judges(effects, cells, known)
    for name, chances in _WITHIN.items():
        if name in found:
            counts = {"judges": len(effects.judges), "images": effects.images}
            counts |= {"images_beside": effects.images, "scores": effects.z[:, 0].size}
            noise = sum(found.get(one, 0.0) ** 2 / counts[one] for one in chances)
            found[name] = float(np.sqrt(max(0.0, found[name] ** 2 - noise)))
    before, after = regimes(effects)
    shared = [loss for loss in before.losses if loss in after.losses]
    if len(shared) >= FEWEST:
        reliable = before.reliability(shared) * after.reliability(shared)
        rho = float(np.corrcoef(before.of(shared), after.of(shared))[0, 1])
        found |= {"kept": float(np.clip(rho / np.sqrt(reliable), -1, 1))} if reliable > 0 else {}
    return found


def _deviations(
    values: Array, cells: pd.DataFrame, mask: np.ndarray, factors: Mapping[str, list[str]]
) -> dict[str, float]:
    """The deviations, by REML, of those factors that have enough levels and repeat some."""
    own = cells[mask]
    used: dict[str, Integers] = {}
    for name, columns in factors.items():
        codes = codes_of(own, columns)
        levels = len(np.unique(codes))
        if _FEWEST <= levels < len(own) and not any(
            np.array_equal(codes, other) for other in used.values()
        ):
            used[name] = codes
    if not used:
        return {}
    return MixedModel(values[mask], np.ones((len(own), 1)), used).deviations


def _of_images(effects: Effects, cells: pd.DataFrame, known: np.ndarray) -> dict[str, float]:
    """What losses and discriminators do on single images."""
    images = effects.images
    if images < 2 or not known.any():
        return {}
    rest = _doubly_centred(effects.by_image[known]) * np.sqrt(images / (images - 1))
    long = pd.DataFrame(
        {
            "fidelity": np.repeat(cells["fidelity"][known].to_numpy(), images),
            "discriminator": np.repeat(cells["discriminator"][known].to_numpy(), images),
            "image": np.tile(np.arange(images), int(known.sum())),
        }
    )
    factors = {"images": ["fidelity", "image"]}
    if cells["discriminator"][known].nunique() > 1:  # of one, it is the image
        factors["images_beside"] = ["discriminator", "image"]
    found = _deviations(rest.ravel(), long, np.ones(len(long), dtype=bool), factors)
    return {name: value for name, value in found.items() if name != RESIDUAL}


def _of_judges(effects: Effects, cells: pd.DataFrame, known: np.ndarray) -> dict[str, float]:
    """What judges make of losses, and what is left of single scores."""
    z = effects.z[:, known & np.isfinite(effects.z).all(axis=(0, 2))]
    count, _, images = z.shape
    if count < 2 or images < 2 or not z.size:
        return {}
    level = z.mean(axis=2)
    kept = cells[known & np.isfinite(effects.z).all(axis=(0, 2))]
    long = pd.DataFrame(
        {
            "fidelity": np.tile(kept["fidelity"].to_numpy(), count),
            "judge": np.repeat(np.arange(count), len(kept)),
        }
    )
    rest = _doubly_centred(level) * np.sqrt(count / (count - 1))
    every = np.ones(len(long), dtype=bool)
    found = _deviations(rest.ravel(), long, every, {"judges": ["fidelity", "judge"]})
    left = z - level[:, :, None] - z.mean(axis=0) + z.mean(axis=(0, 2))[:, None]
    scores = float(left.std()) * np.sqrt(count / (count - 1) * images / (images - 1))
    return {"scores": scores} | ({"judges": found["judges"]} if "judges" in found else {})


def _doubly_centred(table: Array) -> Array:
    return np.asarray(table - table.mean(axis=0) - table.mean(axis=1, keepdims=True) + table.mean())


def _of_seeds(tables: Tables, judged: Judged) -> dict[str, float]:
    """How much the seeds' means differ, of the values before analysis takes that out."""
    done, scores = judged.done, tables.scores[tables.scores["set"] == judged.scope[2]]
    if done["seed"].nunique() < _FEWEST:
        return {}
    values, _ = values_by_image(done, scores, judged.judges)
    found = []
    for own in values:
        levelled = level_seeds(own, settings_of(done), done["seed"].to_numpy())
        shift = pd.Series(mean_of_known(own - levelled, axis=1)).groupby(done["seed"].to_numpy())
        scale = float(np.nanstd(mean_of_known(levelled, axis=1)))
        found.append(float(shift.mean().std()) / scale if scale > 0 else np.nan)
    return {"seeds": float(np.nanmean(found))}


def _of_skill(tables: Tables) -> dict[str, float]:
    """The error of skill as a share of the deviation between losses less that error."""
    if tables.skill.empty:
        return {}
    skill = skill_of_losses(tables.skill, tables.skill_values)
    if len(skill) < FEWEST or not np.isfinite(skill["error"]).all():
        return {}
    error = float(np.square(skill["error"]).mean())
    true = float(skill["z"].var(ddof=1)) - error
    return {"skill": float(np.sqrt(error / true))} if true > 0 else {}

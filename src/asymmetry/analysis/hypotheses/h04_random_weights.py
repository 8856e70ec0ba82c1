"""H4: whether the DISTS-style loss on random weights beats those on pretrained ones somewhere."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy import stats

from asymmetry.analysis.contrast import FEWEST_SEEDS, enough_seeds
from asymmetry.analysis.effect import Effects
from asymmetry.analysis.hypotheses.contract import (
    CONTRADICTED,
    SUPPORTED,
    UNDECIDED,
    Finding,
    sentences,
    with_draws,
)
from asymmetry.analysis.hypotheses.evidence import Evidence
from asymmetry.stats.arrays import Array
from asymmetry.stats.power import power_of_estimate
from asymmetry.stats.significance import ALPHA, holm

ID = "H4"
CLAIM = "VGG-16 with random weights: low skill, yet beats pretrained backbones in some settings"
SOURCE = "A"
SILENT = (
    "It names ResNet-50 and CLIP-ViT as the ones beaten, but not the settings. Here: every "
    "pretrained backbone and every setting of the study."
)
TABLES = ("runs", "scores", "skill")
UNIT = "images"
ASSUMED = 0.5
POWER = f"at a true difference of {ASSUMED} z-scores in one setting before Holm, normal"
RANDOM = "dists-vgg16-random"
FEWEST_IMAGES = 6  # of fewer, no Wilcoxon test reaches p ≤ ALPHA


@dataclass(frozen=True)
class _Pair:
    """The random loss and a rival in one setting, and the differences of their effects.

    `rows` are those of both in the table of effects. The differences are `images` [images] and
    `seeds` [seeds].
    """

    rival: str
    rows: tuple[int, int]
    images: Array
    seeds: Array
    p: float


def findings(evidence: Evidence) -> list[Finding]:
    """A finding for each rival of each task, generator and set."""
    return [one for effects in evidence.effects for one in _against_all(effects, evidence)]


def _against_all(effects: Effects, evidence: Evidence) -> Iterable[Finding]:
    pairs = _pairs(effects)
    adjusted = np.array(holm([pair.p for pair in pairs]))
    for rival in dict.fromkeys(pair.rival for pair in pairs):
        indices = [index for index, pair in enumerate(pairs) if pair.rival == rival]
        yield _finding(effects, [pairs[i] for i in indices], adjusted[indices], evidence)


def _pairs(effects: Effects) -> list[_Pair]:
    done = effects.settings[effects.settings["value"].notna()].reset_index()
    random = done[done["fidelity"] == RANDOM]
    rivals = done[done["fidelity"].map(_is_rival).astype(bool)]
    keys = ["discriminator", "adversarial_weight"]
    pairs = rivals.merge(random, on=keys, suffixes=("", "_random"))
    columns = (pairs[name].tolist() for name in ("fidelity", "index_random", "index"))
    return [_pair(effects, *pair) for pair in zip(*columns, strict=True)]


def _pair(effects: Effects, rival: str, random_row: int, rival_row: int) -> _Pair:
    images = effects.by_image[random_row] - effects.by_image[rival_row]
    images = images[np.isfinite(images)]
    seeds = effects.by_seed[random_row] - effects.by_seed[rival_row]
    enough = len(images) >= FEWEST_IMAGES and images.any()
    p = float(stats.wilcoxon(images).pvalue) if enough else np.nan
    return _Pair(rival, (random_row, rival_row), images, seeds[np.isfinite(seeds)], p)


def _finding(effects: Effects, pairs: list[_Pair], adjusted: Array, evidence: Evidence) -> Finding:
    best = max(range(len(pairs)), key=lambda index: pairs[index].images.mean())
    pair, images = pairs[best], pairs[best].images
    enough, lower = len(images) >= FEWEST_IMAGES, _is_lower(evidence, pair.rival)
    setting = effects.settings.loc[pair.rows[0]]
    return with_draws(
        Finding(
            effects.scope,
            f"against {pair.rival}",
            "mean difference of the effect over images in the best setting for the random weights",
            n=len(images),
            coverage=effects.coverage,
        ),
        float(images.mean()),
        effects.draws[pair.rows[0]] - effects.draws[pair.rows[1]],
        p=float(adjusted[best]),
        power=power_of_estimate(ASSUMED, images.std(ddof=1) / np.sqrt(len(images)))
        if enough
        else np.nan,
        verdict=_verdict(pairs, adjusted, best) if lower else UNDECIDED,
        note=sentences(
            f"The best of {len(pairs)} settings: {setting['discriminator']} at "
            f"λ = {setting['adversarial_weight']:g}. Its interval does not allow for that choice; "
            "its p (Wilcoxon, Holm over settings and rivals) does.",
            "" if lower else "Its skill is not known to be lower than the rival's.",
            "" if enough else f"n = {len(images)}: {FEWEST_IMAGES} images are the least.",
            enough_seeds(min(len(one.seeds) for one in pairs)),
        ),
    )


def _verdict(pairs: list[_Pair], adjusted: Array, best: int) -> str:
    """Supported: better somewhere, with every seed; contradicted: worse everywhere."""
    if (
        len(pairs[best].seeds) >= FEWEST_SEEDS
        and adjusted[best] <= ALPHA
        and (pairs[best].seeds > 0).all()
    ):
        return SUPPORTED
    worse = [
        p <= ALPHA and len(pair.seeds) >= FEWEST_SEEDS and (pair.seeds < 0).all()
        for pair, p in zip(pairs, adjusted, strict=True)
    ]
    return CONTRADICTED if all(worse) else UNDECIDED


def _is_lower(evidence: Evidence, rival: str) -> bool:
    """Whether the skill of the random loss is below the rival's."""
    skill = evidence.losses["z"]
    return RANDOM in skill.index and rival in skill.index and skill[RANDOM] < skill[rival]


def _is_rival(fidelity: str) -> bool:
    return fidelity.startswith("dists-") and "-random" not in fidelity

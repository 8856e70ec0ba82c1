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
)
from asymmetry.analysis.hypotheses.evidence import Evidence
from asymmetry.stats.intervals import ALPHA, holm, interval, power_at

ID = "H4"
CLAIM = "VGG-16 with random weights: low skill, yet beats pretrained backbones in some settings"
SOURCE = "A"
SILENT = (
    "It names ResNet-50 and CLIP-ViT as those that it beats, and not the settings. Here: every "
    "pretrained backbone and every setting of the study."
)
TABLES = ("runs", "scores", "skill")
UNIT = "images"
ASSUMED = 0.5
POWER = f"at a true difference of {ASSUMED} z-scores in one setting before Holm, normal"
RANDOM = "dists-vgg16-random"
FEWEST_IMAGES = 6  # of fewer, no Wilcoxon test reaches p ≤ ALPHA


@dataclass(frozen=True)
class _Duel:
    """The random loss against a rival in one setting; `rows` of both in the table of effects."""

    rival: str
    rows: tuple[int, int]
    images: np.ndarray
    seeds: np.ndarray
    p: float


def findings(evidence: Evidence) -> list[Finding]:
    """A finding for each rival of each task, generator and set."""
    return [one for effects in evidence.effects for one in _against_all(effects, evidence)]


def _against_all(effects: Effects, evidence: Evidence) -> Iterable[Finding]:
    duels = _duels(effects)
    adjusted = np.array(holm([duel.p for duel in duels]))
    for rival in dict.fromkeys(duel.rival for duel in duels):
        places = [place for place, duel in enumerate(duels) if duel.rival == rival]
        yield _finding(effects, [duels[i] for i in places], adjusted[places], evidence)


def _duels(effects: Effects) -> list[_Duel]:
    done = effects.settings[effects.settings["value"].notna()].reset_index()
    own = done[done["fidelity"] == RANDOM]
    rivals = done[done["fidelity"].map(_is_rival).astype(bool)]
    pairs = rivals.merge(own, on=["discriminator", "adversarial_weight"], suffixes=("", "_own"))
    columns = (pairs[name].tolist() for name in ("fidelity", "index_own", "index"))
    return [_duel(effects, *pair) for pair in zip(*columns, strict=True)]


def _duel(effects: Effects, rival: str, mine: int, theirs: int) -> _Duel:
    images = effects.by_image[mine] - effects.by_image[theirs]
    images = images[np.isfinite(images)]
    seeds = effects.by_seed[mine] - effects.by_seed[theirs]
    enough = len(images) >= FEWEST_IMAGES and images.any()
    p = float(stats.wilcoxon(images).pvalue) if enough else np.nan
    return _Duel(rival, (mine, theirs), images, seeds[np.isfinite(seeds)], p)


def _finding(
    effects: Effects, duels: list[_Duel], adjusted: np.ndarray, evidence: Evidence
) -> Finding:
    best = max(range(len(duels)), key=lambda place: duels[place].images.mean())
    duel, p = duels[best], float(adjusted[best])
    low, high = interval(effects.draws[duel.rows[0]] - effects.draws[duel.rows[1]])
    lower = _is_lower(evidence, duel.rival)
    row = effects.settings.loc[duel.rows[0]]
    return Finding(
        effects.scope,
        f"against {duel.rival}",
        "mean difference of O over images in the setting that suits the random weights best",
        value=float(duel.images.mean()),
        low=float(low),
        high=float(high),
        p=p,
        n=len(duel.images),
        power=power_at(ASSUMED, duel.images.std(ddof=1) / np.sqrt(len(duel.images)))
        if len(duel.images) >= FEWEST_IMAGES
        else np.nan,
        verdict=_verdict(duels, adjusted, best) if lower else UNDECIDED,
        coverage=effects.coverage,
        note=sentences(
            f"The best of {len(duels)} settings: {row['discriminator']} at "
            f"λ = {row['adversarial_weight']:g}; its interval does not allow for that choice, its "
            "p (Wilcoxon, Holm over settings and rivals) does.",
            "" if lower else "Its skill is not known to be lower than the rival's.",
            f"n = {len(duel.images)}: {FEWEST_IMAGES} images are the least."
            if len(duel.images) < FEWEST_IMAGES
            else "",
            enough_seeds(min(len(duel.seeds) for duel in duels)),
        ),
    )


def _verdict(duels: list[_Duel], adjusted: np.ndarray, best: int) -> str:
    """Supported: better somewhere, with every seed; contradicted: worse everywhere."""
    if (
        len(duels[best].seeds) >= FEWEST_SEEDS
        and adjusted[best] <= ALPHA
        and (duels[best].seeds > 0).all()
    ):
        return SUPPORTED
    worse = [
        p <= ALPHA and len(duel.seeds) >= FEWEST_SEEDS and (duel.seeds < 0).all()
        for duel, p in zip(duels, adjusted, strict=True)
    ]
    return CONTRADICTED if all(worse) else UNDECIDED


def _is_lower(evidence: Evidence, rival: str) -> bool:
    """Whether the skill of the random loss is below the rival's."""
    skill = evidence.losses["z"]
    return RANDOM in skill.index and rival in skill.index and skill[RANDOM] < skill[rival]


def _is_rival(fidelity: str) -> bool:
    return fidelity.startswith("dists-") and "-random" not in fidelity

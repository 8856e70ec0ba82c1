"""H4: whether the DISTS-style loss on random weights beats those on pretrained ones somewhere."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from asymmetry.analysis.effect import Effects
from asymmetry.analysis.hypotheses.contract import Finding, sentences, undecidable
from asymmetry.analysis.hypotheses.evidence import Evidence
from asymmetry.analysis.regimes import difference
from asymmetry.stats.estimate import Estimate
from asymmetry.stats.significance import ALPHA, holm
from asymmetry.tables.schemas import CONTRADICTED, SUPPORTED, UNDECIDED

ID = "H4"
CLAIM = "VGG-16 with random weights: low skill, yet beats pretrained backbones in some settings"
SOURCE = "A"
SILENT = (
    "It names ResNet-50 and CLIP-ViT as the ones beaten, but not the settings. Here: every "
    "pretrained backbone and every setting of the study."
)
TABLES = ("runs", "scores", "skill")
UNIT = "trainings"
ASSUMED = 0.5
POWER = f"at a true difference of {ASSUMED} z-scores in one setting before Holm, Student's t"
RANDOM = "dists-vgg16-random"


@dataclass(frozen=True)
class _Pair:
    """The random loss minus a rival in one setting (discriminator, weight)."""

    rival: str
    setting: tuple[str, float]
    found: Estimate


def findings(evidence: Evidence) -> list[Finding]:
    """A finding for each rival of each task, generator, set and axis."""
    return [one for effects in evidence.effects for one in _against_all(effects, evidence)]


def _against_all(effects: Effects, evidence: Evidence) -> Iterable[Finding]:
    pairs = list(_pairs(effects))
    adjusted = np.array(holm([pair.found.p for pair in pairs]))
    for rival in dict.fromkeys(pair.rival for pair in pairs):
        indices = [index for index, pair in enumerate(pairs) if pair.rival == rival]
        own = [pairs[i] for i in indices]
        yield _finding(effects, own, adjusted[indices], len(pairs), evidence)


def _pairs(effects: Effects) -> Iterable[_Pair]:
    done = effects.done
    keys = [done["discriminator"], done["adversarial_weight"]]
    for setting, cells in done.groupby(keys, sort=False):
        if RANDOM not in set(cells["fidelity"]) or not isinstance(setting, tuple):
            continue
        mask = done.index.isin(cells.index)
        for rival in dict.fromkeys(filter(_is_rival, cells["fidelity"])):
            found = difference(effects, mask, RANDOM, rival)
            if np.isfinite(found.value):
                yield _Pair(rival, (str(setting[0]), float(str(setting[1]))), found)


def _finding(
    effects: Effects, pairs: list[_Pair], adjusted: np.ndarray, tests: int, evidence: Evidence
) -> Finding:
    best = max(range(len(pairs)), key=lambda index: pairs[index].found.value)
    pair, found = pairs[best], pairs[best].found
    low, high = found.simultaneous(tests)
    lower = _is_lower(evidence, pair.rival)
    finding = Finding(
        effects.scope,
        f"against {pair.rival}",
        "difference of the effect in the best setting for the random weights",
        value=found.value,
        low=low,
        high=high,
        n=found.n,
        power=found.power(ASSUMED),
        p=float(adjusted[best]),
        coverage=effects.coverage,
        note=sentences(
            f"The best of {len(pairs)} settings: {pair.setting[0]} at λ = {pair.setting[1]:g}. "
            f"Interval (Bonferroni) and p (Holm) allow for the {tests} settings and rivals.",
            "" if lower else "Its skill is not known to be lower than the rival's.",
        ),
    )
    if not np.isfinite([one.found.p for one in pairs]).any():
        return undecidable(
            finding, "Nothing was repeated in these settings: train them in a second seed."
        )
    return replace(finding, verdict=_verdict(pairs, adjusted, best) if lower else UNDECIDED)


def _verdict(pairs: list[_Pair], adjusted: np.ndarray, best: int) -> str:
    """Supported: better somewhere, after Holm; contradicted: worse everywhere, each by itself."""
    if adjusted[best] <= ALPHA and pairs[best].found.value > 0:
        return SUPPORTED
    worse = all(pair.found.p <= ALPHA and pair.found.value < 0 for pair in pairs)
    return CONTRADICTED if worse else UNDECIDED


def _is_lower(evidence: Evidence, rival: str) -> bool:
    """Whether the skill of the random loss is below the rival's."""
    skill = evidence.losses["z"]
    return RANDOM in skill.index and rival in skill.index and skill[RANDOM] < skill[rival]


def _is_rival(fidelity: str) -> bool:
    return fidelity.startswith("dists-") and "-random" not in fidelity

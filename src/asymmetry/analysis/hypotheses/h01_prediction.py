"""H1: the rank correlation of skill and effect over the losses, in each regime."""

from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from asymmetry.analysis.effect import Effects
from asymmetry.analysis.hypotheses.contract import FEWEST, Finding, sentences, undecidable
from asymmetry.analysis.hypotheses.evidence import Evidence
from asymmetry.analysis.hypotheses.notes import enough_losses, sets_behind, settings_behind
from asymmetry.analysis.regimes import WITHOUT, Regime, regimes
from asymmetry.stats.arrays import Array
from asymmetry.stats.dependent_correlations import corrected, spearman_interval
from asymmetry.stats.intervals import NORMAL_QUANTILE, Interval
from asymmetry.stats.power import power_of_spearman
from asymmetry.stats.rank_correlation import permutation_p, spearman
from asymmetry.stats.reliability import share_of_truth
from asymmetry.stats.significance import ALPHA
from asymmetry.tables.schemas import CONTRADICTED, SUPPORTED, UNDECIDED

ID = "H1"
CLAIM = "Skill as a metric does not predict effect as a loss"
SOURCE = "P"
SILENT = (
    "No correlation, interval or number of losses is public. Here: Spearman's rho over the losses, "
    "corrected for the errors of both sides (Spearman 1904)."
)
TABLES = ("runs", "scores", "skill")
UNIT = "losses"
STRONG = 0.5  # with a smaller rank correlation, skill predicts the effect poorly
ASSUMED = 0.7
POWER = f"to contradict, at a true |rho| of {ASSUMED}, from 10,000 simulated samples"
LEAST_RELIABLE = 0.5  # with less, a correction is mostly a guess
_RULE = f"Supported: interval below {STRONG}; contradicted: rho > 0 with p ≤ {ALPHA}."


@dataclass(frozen=True)
class Relation:
    """Skill and effect of losses, each [losses], and their rank correlation `rho`.

    `reliability` is the product of those of both, NaN where it is not known. `value` and `interval`
    are corrected for it, where it is known.
    """

    skill: Array
    effect: Array
    rho: float
    reliability: float

    @property
    def known(self) -> bool:
        """Whether both sides are reliable enough for the correction."""
        return self.reliability >= LEAST_RELIABLE

    @property
    def _divisor(self) -> float:
        return self.reliability if self.reliability > 0 else 1.0

    @property
    def value(self) -> float:
        """The corrected correlation."""
        return corrected(self.rho, self._divisor)

    @property
    def interval(self) -> Interval:
        """Its 95 % interval."""
        return spearman_interval(self.rho, len(self.effect), self._divisor)


def relation(part: Regime, losses: list[str], evidence: Evidence) -> Relation:
    """How skill and effect of these losses are related in a regime."""
    known, effect = evidence.losses.reindex(losses), part.of(losses)
    skill = known["z"].to_numpy()
    reliable = share_of_truth(skill, known["error"].to_numpy()) * part.reliability(losses)
    rho = float(spearman(skill, effect)) if len(losses) > 1 else np.nan
    return Relation(skill, effect, rho, reliable)


def findings(evidence: Evidence) -> list[Finding]:
    """A finding for each regime of each task, generator, set and axis."""
    return [
        _finding(effects, part, evidence)
        for effects in evidence.effects
        for part in regimes(effects)
    ]


def _finding(effects: Effects, part: Regime, evidence: Evidence) -> Finding:
    losses = [loss for loss in part.losses if loss in evidence.losses.index]
    sign = "=" if part.name == WITHOUT else ">"
    finding = Finding(
        effects.scope,
        part.name,
        f"Spearman's rank correlation of skill and effect at adversarial weight {sign} 0",
        n=len(losses),
        coverage=effects.coverage,
        note=sentences(
            _RULE, settings_behind(part, losses), sets_behind(evidence), enough_losses(len(losses))
        ),
    )
    found = relation(part, losses, evidence)
    finding = replace(finding, value=found.value, power=power_of_spearman(len(losses), ASSUMED))
    p = permutation_p(found.skill, found.effect) if losses else np.nan
    finding = replace(finding, p=p)
    if len(losses) < FEWEST:
        return undecidable(finding, f"It needs {FEWEST} losses of known skill.")
    low, high = found.interval
    return replace(
        finding,
        low=low,
        high=high,
        verdict=_verdict(found, high, p),
        note=sentences(reliability_in_words(found), _power_to_support(found), finding.note),
    )


def reliability_in_words(found: Relation) -> str:
    """What the correction rests on."""
    if not np.isfinite(found.reliability):
        return (
            f"Rank correlation {found.rho:.2f}; not corrected, since how much trainings differ by "
            "chance is not known: repeat them in a second seed. Without it the claim cannot be "
            "supported."
        )
    words = f"Rank correlation {found.rho:.2f}; reliability of both sides {found.reliability:.2f}"
    return f"{words}{'' if found.known else f', below {LEAST_RELIABLE}: mostly noise'}."


def _power_to_support(found: Relation) -> str:
    """The chance that the interval is below the border where there is no relation at all."""
    if not found.known:
        return ""
    error = 1 / np.sqrt(len(found.effect) - 3)
    border = np.arctanh(STRONG * np.sqrt(found.reliability))
    chance = special.ndtr(border / error - NORMAL_QUANTILE)
    return f"Power to support, at a true rho of 0: {chance:.2f}."


def _verdict(found: Relation, high: float, p: float) -> str:
    """A positive rho contradicts the claim; an interval without a strong one supports it."""
    if not np.isfinite(found.rho):
        return UNDECIDED
    if p <= ALPHA and found.rho > 0:
        return CONTRADICTED
    return SUPPORTED if found.known and high < STRONG else UNDECIDED

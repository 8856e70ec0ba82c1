"""H3: whether losses differ less in effect with an adversary."""

from dataclasses import replace

import numpy as np

from asymmetry.analysis.effect import Effects
from asymmetry.analysis.hypotheses.contract import (
    FEWEST,
    Finding,
    family,
    sentences,
    undecidable,
    with_estimate,
)
from asymmetry.analysis.hypotheses.evidence import Evidence
from asymmetry.analysis.regimes import WITHOUT, Regime, fitted, regime
from asymmetry.stats.arrays import Array
from asymmetry.stats.estimate import Estimate, satterthwaite

ID = "H3"
CLAIM = "The adversarial term dominates once a reasonable perceptual loss is present"
SOURCE = "R"
SILENT = (
    "What is a reasonable perceptual loss is not public. Here: every loss that is not an error of "
    "single pixels; dominates: losses differ less with the adversary than without it."
)
TABLES = ("runs", "scores")
UNIT = "losses"
ASSUMED = 0.75
POWER = (
    f"at a true fall of the variance by a share of {ASSUMED}, Student's t with the interval's own "
    "error"
)
PIXEL = ("l1", "mse", "charbonnier", "psnr", "psnr_y", "psnry")
_REPEAT = (
    "The chance of trainings, which is a part of both variances, is not known: repeat trainings in "
    "a second seed, without the adversary and at this weight."
)


def findings(evidence: Evidence) -> list[Finding]:
    """A finding for each adversarial weight of each task, generator, set and axis."""
    return [finding for effects in evidence.effects for finding in _by_weight(effects)]


def _by_weight(effects: Effects) -> list[Finding]:
    column = effects.done["adversarial_weight"].to_numpy()
    without = regime(effects, WITHOUT)
    planned = effects.cells["adversarial_weight"]
    return family(
        _finding(effects, without, fitted(effects, f"λ = {weight:g}", column == weight))
        for weight in sorted(planned[planned > 0].unique())
    )


def _finding(effects: Effects, without: Regime, part: Regime) -> Finding:
    losses = [loss for loss in without.losses if loss in part.losses and loss not in PIXEL]
    finding = Finding(
        effects.scope,
        part.name,
        "variance of the effect over losses with the adversary minus that without it",
        n=len(losses),
        coverage=effects.coverage,
    )
    if len(losses) < FEWEST:
        return undecidable(
            finding,
            f"n = {len(losses)}: it needs {FEWEST} losses here that are not pixel errors.",
        )
    before, after = (_variance(one, losses) for one in (without, part))
    found = variance_change(without, part, losses)
    return replace(
        with_estimate(
            replace(
                finding,
                note=sentences(
                    f"Variance {before:.2f} without and {after:.2f} with the adversary, less the "
                    "errors of the effects.",
                    "p: Holm over the weights.",
                ),
            ),
            found,
            assumed=ASSUMED * before,
            sign=-1,
            mend=_REPEAT,
        ),
        n=len(losses),
    )


def variance_change(without: Regime, part: Regime, losses: list[str]) -> Estimate:
    """The change of the variance over losses, less what error brings, by Student's t over losses.

    Each loss has a squared deviation in each regime; the variances differ by the mean of their
    differences, which under equal spreads is symmetric about zero whatever the tails.
    """
    count = len(losses)
    squares = [count / (count - 1) * _deviation(one, losses) ** 2 for one in (without, part)]
    noises = [float(np.square(one.error_of(losses)).mean()) for one in (without, part)]
    change = squares[1] - squares[0]
    of_losses = float(change.var(ddof=1)) / count
    of_noise = [
        2 * noise**2 / max(one.degrees_of_freedom, 1)
        for noise, one in zip(noises, (without, part), strict=True)
    ]
    variances = (of_losses, *of_noise)
    freedom = (float(count - 1), *(float(one.degrees_of_freedom) for one in (without, part)))
    return Estimate(
        float(change.mean()) - (noises[1] - noises[0]),
        float(np.sqrt(sum(variances))),
        satterthwaite(variances, freedom),
        count,
    )


def _deviation(part: Regime, losses: list[str]) -> Array:
    effect = part.of(losses)
    return np.asarray(effect - effect.mean())


def _variance(part: Regime, losses: list[str]) -> float:
    noise = float(np.square(part.error_of(losses)).mean())
    return float(part.of(losses).var(ddof=1)) - noise

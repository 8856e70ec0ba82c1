"""The asymmetry itself: whether the skill A of a loss as a metric predicts its effect O as a loss.

Intervals are percentiles of a bootstrap over losses, images and seeds; each loss's A is drawn from
its own sampling distribution. The draws are shared by the regimes, so their difference is paired.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from asymmetry.analysis.correlation import critical_rho, permutation_p, spearman
from asymmetry.analysis.effect import Effects
from asymmetry.analysis.inference import Array, interval
from asymmetry.analysis.skill import sets_in_words, skill_of_losses
from asymmetry.analysis.tables import SCOPE, coverage
from asymmetry.randomness import draws

WITHOUT, WITH, CHANGE = "without adversary", "with adversary", "with minus without"
ALPHA = 0.05
FEWEST = 5  # losses; of fewer, no rank correlation reaches p ≤ ALPHA, whatever the order
STRONG = 0.5  # a rank correlation below it predicts a loss's effect poorly
_RULE = f"Supported: interval below {STRONG}; contradicted: rho > 0 with p ≤ {ALPHA}."
_H1 = "Skill as a metric does not predict effect as a loss"
_H2 = "The misalignment grows under adversarial training"


@dataclass(frozen=True)
class Regime:
    """Effects of losses without or with an adversary, over settings that all of them share.

    `effect` [losses] and `draws` [losses, draws], in the order of `losses`.
    """

    name: str
    losses: list[str]
    effect: Array
    draws: Array
    settings: int
    possible: int


def regime(effects: Effects, name: str) -> Regime:
    """The mean effect of each loss over the settings (discriminator, weight) that are done for all.

    A loss without any done cell is left out; the others are compared on equal settings, so that a
    loss does not look better because its hardest setting diverged.
    """
    table = effects.table[(effects.table["adversarial_weight"] > 0) == (name == WITH)]
    possible = len(table[["discriminator", "adversarial_weight"]].drop_duplicates())
    done = table[table["value"].notna()]
    losses = pd.unique(done["fidelity"]).tolist()
    # The place in the table of each loss [losses] in each setting [settings], shared ones only.
    places = done.reset_index().pivot(
        index="fidelity", columns=["discriminator", "adversarial_weight"], values="index"
    )
    places = places.reindex(losses).dropna(axis="columns")
    if places.empty:
        return Regime(name, [], np.empty(0), np.empty((0, effects.draws.shape[-1])), 0, possible)
    rows = places.to_numpy(dtype=int)
    return Regime(
        name,
        losses,
        effects.table["value"].to_numpy()[rows].mean(1),
        effects.draws[rows].mean(1),
        rows.shape[1],
        possible,
    )


def points(effects: Effects, skill: pd.DataFrame) -> pd.DataFrame:
    """A and O of each loss in each regime, with 95 % intervals: the table `asymmetry`."""
    known = skill_of_losses(skill)
    rows = []
    for part in (regime(effects, WITHOUT), regime(effects, WITH)):
        low, high = interval(part.draws)
        for place, loss in enumerate(part.losses):
            own = known.loc[loss] if loss in known.index else pd.Series(np.nan, known.columns)
            rows.append(
                _scope(effects)
                | {"fidelity": loss, "regime": part.name, "settings": part.settings}
                | {"skill": own["skill"], "skill_low": own["low"], "skill_high": own["high"]}
                | {
                    "effect": part.effect[place],
                    "effect_low": low[place],
                    "effect_high": high[place],
                }
            )
    return pd.DataFrame(rows)


def hypotheses(effects: Effects, skill: pd.DataFrame) -> list[dict[str, Any]]:
    """H1 (in both regimes) and H2 within one task, generator and set."""
    known = skill_of_losses(skill)
    without, with_adversary = regime(effects, WITHOUT), regime(effects, WITH)
    context = _scope(effects) | {"coverage": _coverage_in_words(effects)}
    first = [_h1(part, known) for part in (without, with_adversary)]
    known_sets = f"A: {sets_in_words(skill) or 'not measured'}."
    return [
        context | row | {"note": _sentences(row["note"], known_sets, _seed_note(effects))}
        for row in [*first, _h2(without, with_adversary, known)]
    ]


def _h1(part: Regime, known: pd.DataFrame) -> dict[str, Any]:
    losses = [loss for loss in part.losses if loss in known.index]
    skill, effect = known["z"].reindex(losses).to_numpy(), _of(part, losses)[0]
    rho = float(spearman(skill, effect)) if losses else np.nan
    low, high = _interval(_rho_draws([part], losses, known)[0], len(losses))
    p = permutation_p(skill, effect) if losses else np.nan
    sign = "=" if part.name == WITHOUT else ">"
    return {
        "id": "H1",
        "claim": _H1,
        "regime": part.name,
        "statistic": f"Spearman rank correlation of A and O at adversarial weight {sign} 0",
        "value": rho,
        "low": low,
        "high": high,
        "p": p,
        "n": len(losses),
        "verdict": _h1_verdict(rho, high, p, len(losses)),
        "note": _sentences(
            _power_note(len(losses)), _width_note(low, high), _RULE, _settings_note(part)
        ),
    }


def _h2(without: Regime, with_adversary: Regime, known: pd.DataFrame) -> dict[str, Any]:
    losses = [
        loss for loss in without.losses if loss in with_adversary.losses and loss in known.index
    ]
    parts = [without, with_adversary]
    rho = [
        float(spearman(known["z"].reindex(losses).to_numpy(), _of(part, losses)[0]))
        for part in parts
    ]
    before, after = _rho_draws(parts, losses, known)
    change = after - before
    low, high = _interval(change, len(losses))
    return {
        "id": "H2",
        "claim": _H2,
        "regime": CHANGE,
        "statistic": "rank correlation with the adversary minus without it",
        "value": rho[1] - rho[0],
        "low": low,
        "high": high,
        "p": _bootstrap_p(change) if len(losses) >= FEWEST else np.nan,
        "n": len(losses),
        "verdict": _h2_verdict(low, high, len(losses)),
        "note": _sentences(
            _power_note(len(losses)), _width_note(low, high), _settings_note(with_adversary)
        ),
    }


def _h1_verdict(rho: float, high: float, p: float, count: int) -> str:
    """A positive relation contradicts the claim; excluding a strong one supports it."""
    if count < FEWEST or not np.isfinite(rho):
        return "undecided"
    if p <= ALPHA and rho > 0:
        return "contradicted"
    return "supported" if high < STRONG else "undecided"


def _h2_verdict(low: float, high: float, count: int) -> str:
    if count < FEWEST:
        return "undecided"
    return "supported" if high < 0 else "contradicted" if low > 0 else "undecided"


def _interval(values: Array, count: int) -> tuple[float, float]:
    """The interval of draws over `count` losses; NaN of too few, whose draws are mostly ties."""
    if count < FEWEST:
        return np.nan, np.nan
    low, high = interval(values)
    return float(low), float(high)


def _rho_draws(parts: Sequence[Regime], losses: list[str], known: pd.DataFrame) -> Array:
    """rho(A, O) in each draw of each regime [regimes, draws]; NaN where a side is constant."""
    resamples = parts[0].draws.shape[-1]
    if len(losses) < 2 or not resamples:
        return np.full((len(parts), resamples), np.nan)
    picks = draws(0, "asymmetry")
    chosen = picks.integers(len(losses), size=(resamples, len(losses)))
    z, error = (known[column].reindex(losses).to_numpy() for column in ("z", "error"))
    skill = z + np.nan_to_num(error) * picks.standard_normal((resamples, len(losses)))
    skill = np.take_along_axis(skill, chosen, axis=1)
    effects = [np.take_along_axis(_of(part, losses)[1].T, chosen, axis=1) for part in parts]
    return np.stack([_spearman_of_known(skill, effect) for effect in effects])


def _spearman_of_known(skill: Array, effect: Array) -> Array:
    """rho of each draw; NaN for a draw in which a loss has no effect (its seeds were not drawn)."""
    known = np.asarray(np.isfinite(effect).all(axis=-1))
    return np.where(known, spearman(skill, np.where(known[:, None], effect, 0)), np.nan)


def _of(part: Regime, losses: list[str]) -> tuple[Array, Array]:
    """The effects of `losses`, and their draws."""
    places = [part.losses.index(loss) for loss in losses]
    return part.effect[places], part.draws[places]


def _bootstrap_p(values: Array) -> float:
    """Two-sided p of zero under the bootstrap's draws, never below one draw."""
    values = values[np.isfinite(values)]
    if not len(values):
        return float("nan")
    tail = min((values <= 0).sum(), (values >= 0).sum())
    return float(min(1.0, 2 * (tail + 1) / (len(values) + 1)))


def _scope(effects: Effects) -> dict[str, str]:
    return {column: effects.table[column].iloc[0] for column in SCOPE}


def _coverage_in_words(effects: Effects) -> str:
    table = effects.table
    states = table["status"].where(table["status"] != "not assessed", "missing")
    counts = coverage(states)
    return str(counts).replace("cells", "settings")


def _power_note(count: int) -> str:
    if count < FEWEST:
        return (
            f"n = {count}: no rank correlation can reach p ≤ {ALPHA}, and a bootstrap over so few "
            f"losses gives no interval; {FEWEST} losses are the least."
        )
    return f"n = {count}: |rho| ≥ {critical_rho(count):.3f} is needed for p ≤ {ALPHA}."


def _width_note(low: float, high: float) -> str:
    if low != high:
        return ""
    return "All draws agree: an interval without width is the bootstrap's limit, not certainty."


def _settings_note(part: Regime) -> str:
    if part.name == WITHOUT:
        return ""
    return f"O: the {part.settings} of {part.possible} adversarial settings that all losses share."


def _sentences(*sentences: str) -> str:
    """Those that there are, as one text."""
    return " ".join(filter(None, sentences))


def _seed_note(effects: Effects) -> str:
    seeds = int(effects.table["seeds"].max())
    return "" if seeds > 1 else "One seed: the interval knows no variation between trainings."

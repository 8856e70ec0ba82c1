"""The asymmetry itself: the skill of each loss as a metric against its effect as a loss."""

import textwrap
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from asymmetry.analysis.hypotheses.contract import FEWEST
from asymmetry.analysis.regimes import WITH, WITHOUT
from asymmetry.analysis.skill import sets_in_words
from asymmetry.figures import parts, style
from asymmetry.figures.labels import label_points
from asymmetry.figures.marks import legend, mark
from asymmetry.study import Study
from asymmetry.tables.read import SCOPE, Tables
from asymmetry.tables.schemas import DONE

TITLE = "Skill as a metric against effect as a loss"
_SETTING = ["discriminator", "adversarial_weight", "seed"]
_CHARACTERS, _WIDTH = 150, 60  # that fit into a line of the legend, and above a panel
_NAMED = 8  # losses whose names fit into the panels; more are numbered
_TITLES = {WITHOUT: "without an adversary (λ = 0)", WITH: "with an adversary (λ > 0)"}


def caption(tables: Tables, study: Study) -> str:
    """What is shown, and how much of the grid."""
    sets = sets_in_words(tables.skill, study.calibration) or "no set yet"
    return (
        f"{_where(tables.asymmetry)}Skill: SRCC of each loss as a metric, mean over the IQA sets, "
        f"which are {sets}. "
        f"{parts.effect_in_words(tables.effect)}; in each regime the main effect of the loss over "
        "its settings and seeds. A pair of panels for each axis. Bars: 95 %, of effects only where "
        "trainings were repeated. ρ: Spearman's rank correlation of skill and effect, corrected "
        f"for the errors of both where they are known, with its interval (from {FEWEST} losses "
        "on) and its permutation p. "
        f"{tables.coverage}."
    )


def numbers(tables: Tables, study: Study) -> pd.DataFrame:
    """The table `asymmetry`, with the rank correlation of each panel beside its points.

    `opens` has the runs that the page compares: one of the loss, and that of the best loss of the
    panel in the same setting and seed; for the best loss itself, that of the worst.
    """
    claims = tables.hypotheses[tables.hypotheses["id"] == "H1"]
    rho = claims[[*SCOPE, "regime", "value", "low", "high", "p", "n", "verdict"]]
    rho = rho.rename(columns={"value": "rho", "low": "rho_low", "high": "rho_high"})
    points = tables.asymmetry.merge(rho, on=[*SCOPE, "regime"], how="left")
    ranked = points.sort_values("effect", kind="stable")
    panels = ranked.groupby([*SCOPE, "regime"])["fidelity"]
    worst, best = panels.transform("first"), panels.transform("last")
    others = best.where(best != ranked["fidelity"], worst).reindex(points.index)
    opens = [_opens(tables.cells, row, others[row["row"]]) for row in parts.records(points)]
    return points.assign(opens=pd.Series(opens, index=points.index, dtype=object))


def _opens(cells: pd.DataFrame, row: dict[str, Any], other: str) -> str:
    """A done run of the loss of a row, and one of the other loss, of the same setting and seed."""
    alone = cells["adversarial_weight"] == 0
    done = cells[
        (cells["status"] == DONE)
        & (cells["task"] == row["task"])
        & (cells["generator"] == row["generator"])
        & (alone if row["regime"] == WITHOUT else ~alone)
    ]
    own, others = (done[done["fidelity"] == loss] for loss in (row["fidelity"], other))
    pairs = own.merge(others, on=_SETTING)
    if len(pairs):
        return " ".join(pairs.loc[0, ["run_x", "run_y"]])
    return " ".join(own["run"].head(1))


def draw(numbers: pd.DataFrame, study: Study) -> Figure:
    """A pair of panels, without and with an adversary, for each task, generator, set and axis."""
    if numbers.empty:
        return style.nothing_yet(parts.NO_CELLS)
    pairs = parts.short_scopes(numbers)
    look, names = style.look(study), _names(numbers)
    columns = max(1, _CHARACTERS // (max(map(len, names), default=0) + 9))
    entries = -(-len(names) // columns) + 1.5 if len(names) > _NAMED else 0
    figure = style.blank(0.3 + 2.45 * len(pairs) + 0.19 * entries)
    grid = figure.subplots(len(pairs), 2, squeeze=False, sharex=True, sharey="row")
    for (scope, rows), pair in zip(pairs, grid, strict=True):
        for axes, regime in zip(pair, _TITLES, strict=True):
            name = f"{scope}, {_TITLES[regime]}" if len(pairs) > 1 else _TITLES[regime]
            _panel(axes, rows[rows["regime"] == regime], name, look)
        pair[0].set_ylabel("effect as a loss (z-score)")
    for axes in grid[-1]:
        axes.set_xlabel("skill as a metric (SRCC)")
    if len(names) > _NAMED:
        key = [style.swatch(f"{name}  {loss}", look.fidelity[loss]) for loss, name in names.items()]
        for entry, loss in zip(key, names, strict=True):
            entry.set_gid(loss)
        legend(figure, key, loc="outside lower center", ncols=columns, title="by skill")
    # Only now are the limits of all panels final.
    for (_, rows), pair in zip(pairs, grid, strict=True):
        for axes, regime in zip(pair, _TITLES, strict=True):
            known = _known(rows[rows["regime"] == regime])
            points = known[["skill", "effect"]].to_numpy()
            across = known[["skill_low", "effect", "skill_high", "effect"]].to_numpy()
            up = known[["skill", "effect_low", "skill", "effect_high"]].to_numpy()
            bars = np.concatenate([across, up]).reshape(-1, 2, 2)
            label_points(axes, points, known["fidelity"].map(names), bars)
    return figure


def _where(points: pd.DataFrame) -> str:
    """What all panels share, as a sentence; empty where there is none."""
    same = [column for column in SCOPE if points[column].nunique() == 1]
    return f"{' · '.join(points[same].iloc[0])}. " if same else ""


def _names(numbers: pd.DataFrame) -> dict[str, str]:
    """The label of each loss in the panels: its name, or its rank by skill if there are many."""
    losses = _known(numbers).groupby("fidelity", sort=False)["skill"].first()
    if len(losses) <= _NAMED:
        return {loss: loss for loss in losses.index}
    ranked = losses.sort_values(ascending=False, kind="stable").index
    return {loss: str(rank) for rank, loss in enumerate(ranked, 1)}


def _known(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["skill"].notna() & rows["effect"].notna()]


def _panel(axes: Axes, rows: pd.DataFrame, name: str, look: style.Look) -> None:
    known = _known(rows)
    for row in parts.records(known):
        drawn = axes.errorbar(
            row["skill"],
            row["effect"],
            xerr=_ends(row["skill"], row["skill_low"], row["skill_high"]),
            yerr=_ends(row["effect"], row["effect_low"], row["effect_high"]),
            fmt="o",
            color=look.fidelity[row["fidelity"]],
            markersize=6.5,
            elinewidth=1.3,
            zorder=3,
        )
        mark(drawn, row["row"])
    axes.axhline(0, color=style.MUTED, linewidth=0.8, zorder=1)
    axes.margins(0.18)
    axes.set_title(f"{name}\n{textwrap.fill(_correlation(rows), _WIDTH)}", linespacing=1.5)
    if known.empty:
        style.note(axes, "no loss has both skill and effect")


def _ends(value: float, low: float, high: float) -> np.ndarray:
    """The lengths of both arms of an error bar; zero where the interval is unknown."""
    return np.nan_to_num(np.abs([[value - low], [high - value]]))


def _correlation(rows: pd.DataFrame) -> str:
    if rows.empty or not np.isfinite(rows["rho"].iloc[0]):
        return "ρ not defined"
    first = rows.iloc[0]
    rho, low, high = (style.signed(first[name]) for name in ("rho", "rho_low", "rho_high"))
    interval = f"[{low}, {high}]" if np.isfinite(first["rho_low"]) else "(no interval)"
    p, n = parts.p_in_words(first["p"]), f"n = {first['n']:.0f}"
    return f"ρ = {rho} {interval}, {p}, {n}: {first['verdict']}"

"""The evidence for the hypotheses: the tables, and the effects by all judges or some of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from asymmetry.analysis.balance import BALANCE
from asymmetry.analysis.effect import Effects, all_judged, effects_of, effects_on_axes
from asymmetry.analysis.games import Setting, unplayed_games
from asymmetry.analysis.judging import Judged, mean_of_known
from asymmetry.analysis.skill import sets_in_words, skill_of_losses
from asymmetry.backbones.families import family_of
from asymmetry.fidelity.registry import backbone_of, fidelity_names
from asymmetry.metrics.contracts import METRICS
from asymmetry.study import Study
from asymmetry.study.training import snapshot_steps
from asymmetry.tables.read import Tables

# What claims speak of by name, each an axis of its own: metrics that no axis needs to name.
MEASURES = ("sharpness", "coherence", "lattice", "semantics", "sifid")


@dataclass(frozen=True)
class Evidence:
    """The tables of a study, and the z-scores of its cells by scope.

    `axes` has the judges of each axis. `losses` has the skill of each loss (`skill_of_losses`), and
    `sets` names the IQA sets behind it. `snapshots` has what judges say of the same cells on their
    way, by the share of their steps and by scope. `unplayed` are the settings whose game was not
    played, and what it was. `practically_equal` is in standard deviations between the cells without
    an adversary. No effect includes `left_out` judges. `transfer` and
    `measures` exclude discriminators and metrics on backbones of the family `no_backbone`.
    """

    tables: Tables
    judged: list[Judged]
    axes: Mapping[str, Sequence[str]]
    losses: pd.DataFrame
    sets: str = ""
    snapshots: Mapping[float, Mapping[tuple[str, ...], Judged]] = field(default_factory=dict)
    unplayed: Mapping[Setting, str] = field(default_factory=dict)
    practically_equal: float = 0.1
    left_out: frozenset[str] = frozenset()
    no_backbone: str = ""

    @cached_property
    def effects(self) -> list[Effects]:
        """The effects on every axis of every task, generator and set."""
        return [
            effects
            for judged in self.judged
            for effects in effects_on_axes(judged, self.axes, self.left_out)
        ]

    def measured(self, name: str) -> list[Effects]:
        """The effects by one metric alone, wherever it has numbers."""
        return [effects_of(one, name, [name]) for one in self.judged if name in one.judges]

    def margin(self, effects: Effects) -> float:
        """The difference that is practically none, in z-scores."""
        return self.practically_equal * (effects.control if effects.control > 0 else 1.0)

    def snapshot_of(self, effects: Effects, share: float) -> Effects | None:
        """The effects of the same settings after this share of the steps; None without scores."""
        judged = self.snapshots[share].get(effects.scope[:3])
        return effects_of(judged, effects.scope[3], effects.judges) if judged else None

    def on_the_way(self, effects: Effects) -> Effects | None:
        """The mean of the effects of the same settings over all snapshots; None without scores."""
        found = [self.snapshot_of(effects, share) for share in self.snapshots]
        early = [one for one in found if one is not None]
        if not early:
            return None
        by_image = mean_of_known(np.stack([one.by_image for one in early]), axis=0)
        z = mean_of_known(np.stack([one.z for one in early]), axis=0)
        return replace(early[0], z=z, by_image=by_image)

    @property
    def judges(self) -> list[str]:
        """The judges of all axes that have numbers."""
        known = {name for judged in self.judged for name in judged.judges}
        return [name for judges in self.axes.values() for name in judges if name in known]

    @cached_property
    def transfer(self) -> pd.DataFrame:
        """SRCC on the test part of every fine-tuning, probe and raw score."""
        rows = self.tables.transfer
        rows = rows[(rows["part"] == "test") & (rows["statistic"] == "srcc")]
        return rows[rows["backbone"].map(_family) != self.no_backbone]

    @cached_property
    def measures(self) -> pd.DataFrame:
        """SRCC of each loss and metric with a pretrained backbone, on each whole IQA set.

        The column `backbone` names the backbone. A metric that is also a loss has one row.
        """
        rows = self.tables.skill
        rows = rows[(rows["statistic"] == "srcc") & (rows["subset"] == "all")]
        rows = rows.drop_duplicates(["metric", "set"])
        rows = rows.assign(backbone=rows["metric"].map(_pretrained_backbone))
        rows = rows[rows["backbone"].notna() & rows["value"].notna()]
        return rows[rows["backbone"].map(_family) != self.no_backbone]

    def without(self, judges: Collection[str], no_backbone: str = "") -> "Evidence":
        """The same with these judges, and what is on this family of backbones, left out."""
        return replace(self, left_out=frozenset(judges), no_backbone=no_backbone)


def gather(study: Study, tables: Tables) -> Evidence:
    """The evidence in the tables of a study."""
    judges = list(dict.fromkeys([*study.evaluation.judges, *MEASURES, BALANCE]))
    primary = study.evaluation.primary
    shares, step = study.training.snapshots, tables.trajectories["step"]
    begun = {
        share: replace(tables, scores=tables.trajectories[step == at])
        for share, at in zip(shares, snapshot_steps(shares, study.training.steps), strict=True)
    }
    return Evidence(
        tables,
        all_judged(tables, judges, primary),
        study.evaluation.axes,
        skill_of_losses(tables.skill, tables.skill_values, study.execution.bootstrap),
        sets_in_words(tables.skill, study.calibration),
        {
            share: {one.scope: one for one in all_judged(early, judges)}
            for share, early in begun.items()
        },
        unplayed_games(tables.runs, study),
        study.evaluation.practically_equal,
    )


def _family(backbone: str | None) -> str | None:
    return family_of(backbone) if isinstance(backbone, str) else None


def _pretrained_backbone(measure: str) -> str | None:
    """The catalogue's name of the backbone inside a DISTS or LPIPS; None for random weights."""
    known = measure in fidelity_names() and measure in METRICS and METRICS[measure].backbone
    return backbone_of(measure) if known else None

"""The evidence for the hypotheses: the tables, and the effects by all judges or some of them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import pandas as pd

from asymmetry.analysis.effect import Effects, all_judged, effects_of
from asymmetry.analysis.judging import Judged
from asymmetry.analysis.skill import sets_in_words, skill_of_losses
from asymmetry.backbones.families import family_of
from asymmetry.fidelity.registry import backbone_of, fidelity_names
from asymmetry.metrics.contracts import METRICS
from asymmetry.study import Study
from asymmetry.study.training import snapshot_steps
from asymmetry.tables.read import Tables


@dataclass(frozen=True)
class Evidence:
    """The tables of a study, and the z-scores of its cells by scope.

    `snapshots` has those of the same cells on their way, by the share of their steps and by scope.
    `losses` has the skill of each loss (`skill_of_losses`), and `sets` names the IQA sets behind
    it. No effect includes `left_out` judges. `transfer` and `measures` exclude discriminators and
    metrics on backbones of the family `no_backbone`.
    """

    tables: Tables
    judged: list[Judged]
    snapshots: Mapping[float, Mapping[tuple[str, str, str], Judged]]
    losses: pd.DataFrame
    sets: str
    left_out: frozenset[str] = frozenset()
    no_backbone: str = ""

    @cached_property
    def effects(self) -> list[Effects]:
        """The effects of every task, generator and set."""
        return [effects_of(judged, self.left_out) for judged in self.judged]

    def snapshot_of(self, effects: Effects, share: float) -> Effects | None:
        """The effects of the same settings after this share of the steps; None without scores."""
        judged = self.snapshots[share].get(effects.scope)
        return effects_of(judged, self.left_out) if judged else None

    @property
    def judges(self) -> list[str]:
        """The judges that have numbers."""
        return list(dict.fromkeys(name for judged in self.judged for name in judged.judges))

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
    judges, resamples = study.evaluation.judges, study.execution.bootstrap
    judged = all_judged(tables, judges, resamples)
    shares, step = study.training.snapshots, tables.trajectories["step"]
    begun = {
        share: replace(tables, scores=tables.trajectories[step == at])
        for share, at in zip(shares, snapshot_steps(shares, study.training.steps), strict=True)
    }
    return Evidence(
        tables,
        judged,
        {
            share: {one.scope: one for one in all_judged(early, judges, resamples)}
            for share, early in begun.items()
        },
        skill_of_losses(tables.skill),
        sets_in_words(tables.skill, study.calibration),
    )


def _family(backbone: str | None) -> str | None:
    return family_of(backbone) if isinstance(backbone, str) else None


def _pretrained_backbone(measure: str) -> str | None:
    """The catalogue's name of the backbone inside a DISTS or LPIPS; None for random weights."""
    known = measure in fidelity_names() and measure in METRICS and METRICS[measure].backbone
    return backbone_of(measure) if known else None

"""Which human scores the channel weights of the calibrated losses are fitted to."""

from collections.abc import Iterable, Mapping

from pydantic import Field

from asymmetry.backbones.catalog import CALIBRATED
from asymmetry.core.names import check_name
from asymmetry.study.evaluation import IqaSet, SeveritySet
from asymmetry.study.section import Count, Fraction, Section


class Calibration(Section):
    """The human scores behind `dists-<backbone>-calibrated`.

    The contents that fit the weights count in no skill on this set, of no loss and no metric. Take
    a set whose scenes are in no other of the study.
    """

    set: str = Field(description="one of `iqa_sets`, with references and opinion scores")
    train: Fraction = Field(
        0.5, description="share of the contents whose images fit the weights; none of its own test"
    )
    seed: Count = Field(0, description="another draws other contents")


def check_set(section: Calibration, sets: Mapping[str, IqaSet]) -> None:
    """ValueError where the calibration's set is unknown, has no opinions or no references."""
    check_name(section.set, sets, "IQA set", key="calibration.set")
    declared = sets[section.set]
    if isinstance(declared, SeveritySet):
        wrong = "severity ranks and no opinion scores"
    elif not declared.has_references:
        wrong = "no references"
    else:
        return
    raise ValueError(f"calibration.set: '{section.set}' has {wrong}; name another of iqa_sets")


def check_uncalibrated(key: str, names: Iterable[str]) -> None:
    """ValueError where a study without the section names a calibrated loss or metric at `key`."""
    for name in names:
        if name.endswith(CALIBRATED):
            raise ValueError(
                f"{key}: '{name}' needs the section `calibration`, which says what its channel "
                f"weights are fitted to; add it, or name {name.removesuffix(CALIBRATED)}"
            )

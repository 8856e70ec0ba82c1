"""Metrics that a study takes from pyiqa, under names of its own."""

from typing import Literal

from pydantic import Field, ValidationInfo, field_validator

from asymmetry.backbones.catalog import BACKBONES
from asymmetry.core.define import define
from asymmetry.core.names import check_name
from asymmetry.metrics.borrowed import Borrowed, borrow
from asymmetry.metrics.contracts import METRICS, PEOPLE
from asymmetry.metrics.pyiqa_catalog import catalog, not_usable
from asymmetry.study.section import Label, Positive, Section


class BorrowedMetric(Section):
    """A metric of pyiqa, whose licence forbids commercial use."""

    pyiqa: str = Field(description="its name there; direction, range and reference are pyiqa's")
    references: Literal["nr", "fr"] | None = Field(
        None, description="what the study takes it for, checked: without or with a reference"
    )
    backbone: Label | None = Field(
        None, description="family of the network inside, where it is not known: resnet, vit, clip"
    )
    draws: Positive | None = Field(
        None, description="judgements of an image, of which the mean counts; 3 of a language model"
    )

    @field_validator("pyiqa")
    @classmethod
    def _known(cls, value: str) -> str:
        check_name(value, catalog(), "metric of pyiqa")
        if reason := not_usable(value):
            raise ValueError(f"'{value}' {reason}, so it gives no number for an image; remove it")
        return value

    @field_validator("references")
    @classmethod
    def _as_taken(cls, value: str | None, info: ValidationInfo) -> str | None:
        name = info.data.get("pyiqa")
        if value and name and catalog()[name].full_reference != (value == "fr"):
            needs, other = ("no reference", "nr") if value == "fr" else ("a reference", "fr")
            raise ValueError(
                f"'{name}' of pyiqa needs {needs}; write `references: {other}`, or name another"
            )
        return value

    @property
    def contract(self) -> Borrowed:
        """Its contract."""
        return borrow(self.pyiqa, self.backbone, self.draws)


def define_metrics(metrics: dict[str, BorrowedMetric]) -> None:
    """Add the metrics to those that a study may name; ValueError where a name is taken."""
    for name, metric in metrics.items():
        if name == PEOPLE or name in BACKBONES:
            raise ValueError(f"'{name}' is something else already; choose another name")
        define(METRICS, name, metric.contract, "metric")

"""The grid of a study as it is written: axes, and what is added or left out."""

from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from asymmetry.core.names import check_name
from asymmetry.core.own_parts import check_part
from asymmetry.fidelity.registry import fidelity_names
from asymmetry.generators.catalog import generator_names
from asymmetry.metrics.contracts import METRICS
from asymmetry.study.section import Count, NonNegative, Positive, Section


class Axes(Section):
    """Values along each axis; in `include` and `exclude`, an axis left out means all."""

    tasks: list[str] | None = None
    generators: list[str] | None = None
    fidelity: list[str] | None = None
    discriminators: list[str] | None = None
    adversarial_weights: list[NonNegative] | None = None
    seeds: list[Count] | None = None

    @field_validator(
        "tasks", "generators", "fidelity", "discriminators", "adversarial_weights", "seeds"
    )
    @classmethod
    def _values(cls, values: list[Any] | None) -> list[Any] | None:
        if values is not None and not values:
            raise ValueError("an empty axis gives no cells; name at least one value")
        doubles = sorted({str(value) for value in values or () if (values or []).count(value) > 1})
        if doubles:
            raise ValueError(f"{', '.join(doubles)} stands there twice; remove the duplicate")
        return values

    @field_validator("generators")
    @classmethod
    def _generators(cls, values: list[str] | None) -> list[str] | None:
        return values and [check_name(value, generator_names(), "generator") for value in values]

    @field_validator("fidelity")
    @classmethod
    def _fidelity(cls, values: list[str] | None) -> list[str] | None:
        known = fidelity_names()
        for value in values or ():
            if value in METRICS and value not in known:
                needed = (
                    "is a metric only" if METRICS[value].full_reference else "needs no reference"
                )
                raise ValueError(f"'{value}' {needed}, so it is no loss; name it as a metric")
        return values and [check_part(one, known, "fidelity loss", "fidelity") for one in values]


class Grid(Axes):
    """The cells: the product of the axes, without `exclude`, then the sub-grids of `include`.

    A fractional design keeps, of that product, every cell of weight 0 and `combinations` of those
    with an adversary, balanced (`asymmetry.study.fraction`); the sub-grids are always whole.
    """

    design: Literal["full", "fractional"] = "full"
    combinations: Positive | None = Field(
        None, description="with an adversary, of a fractional design; each has every seed"
    )
    design_seed: Count = Field(0, description="another draws others")
    tasks: list[str]
    generators: list[str]
    fidelity: list[str]
    discriminators: list[str]
    adversarial_weights: list[NonNegative]
    seeds: list[Count]
    include: list[Axes] = []
    exclude: list[Axes] = []

    @model_validator(mode="after")
    def _counted(self) -> "Grid":
        if self.design == "fractional" and self.combinations is None:
            raise ValueError("combinations: is missing; a fractional design says how many")
        return self

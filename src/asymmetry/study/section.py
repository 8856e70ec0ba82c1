"""What all sections of a study share, and the types of their values."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from asymmetry.names import check_name

Positive = Annotated[int, Field(gt=0)]
Fraction = Annotated[float, Field(gt=0, lt=1)]
Share = Annotated[float, Field(ge=0, le=1)]
NonNegative = Annotated[float, Field(ge=0)]
Rate = Annotated[float, Field(gt=0)]
# A label becomes a part of a path and of a table: no separators, no surprises.
Label = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.+-]*$", max_length=60)]


class Section(BaseModel):
    """A part of the study; unknown keys are refused, and nothing changes after it was read."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _known_keys(cls, values: Any) -> Any:
        for key in values if isinstance(values, dict) else ():
            check_name(str(key), cls.model_fields, "key")
        return values

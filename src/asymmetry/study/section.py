"""What all sections of a study share, and the types of their values."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from asymmetry.core.names import check_name


def _number(value: Any) -> Any:
    """Refuse true and false, which Python takes for 1 and 0."""
    if isinstance(value, bool):
        raise ValueError(f"should be a number, not {str(value).lower()}")
    return value


_Number = BeforeValidator(_number)
Positive = Annotated[int, _Number, Field(gt=0)]
Count = Annotated[int, _Number, Field(ge=0)]
Fraction = Annotated[float, _Number, Field(gt=0, lt=1)]
Share = Annotated[float, _Number, Field(ge=0, le=1)]
NonNegative = Annotated[float, _Number, Field(ge=0)]
Rate = Annotated[float, _Number, Field(gt=0)]
# A label becomes a part of a path and of a table: no separators, no surprises.
Label = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.+-]*$", max_length=60)]


class Section(BaseModel):
    """A part of the study; unknown keys are refused, and nothing changes after it was read."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _known_keys(cls, values: Any) -> Any:
        for key in values if isinstance(values, dict) else ():
            check_name(str(key), cls.model_fields, "key")
        return values

"""What was made elsewhere, and is judged beside the cells of the grid."""

from pydantic import Field, model_validator

from asymmetry.study.section import Label, Section

# Names that stand for something else among the runs of a task, and on the pages.
_TAKEN = ("bicubic", "reference", "warm-start")


class Outside(Section):
    """A method of no cell: folders of its restored images, or the file of its generator.

    It has no loss, so no claim about losses counts it.
    """

    task: str = Field(description="one of `tasks`, whose inputs it restores")
    images: dict[Label, str] | None = Field(
        None,
        description="a folder of restored images for each of `evaluation.sets`; names as in the "
        "set, or all with one ending, such as _x4",
    )
    file: str | None = Field(None, description="weights of a generator that spandrel recognises")

    @model_validator(mode="after")
    def _one(self) -> "Outside":
        if (self.images is None) == (self.file is None):
            raise ValueError("a method has `images` or a `file`; give one of them")
        if self.images is not None and not self.images:
            raise ValueError("images: names no folder; name one for a set of evaluation.sets")
        return self


def check_method_name(name: str) -> None:
    """ValueError where a method cannot have this name."""
    if name in _TAKEN:
        raise ValueError(f"outside.{name}: '{name}' has a meaning of its own; use another name")

"""The declaration of a discriminator, and its size. Imports no torch."""

from dataclasses import dataclass
from typing import Protocol


class Spec(Protocol):
    """A backbone, a head and how both start: `study.Discriminator` says what each may be."""

    @property
    def backbone(self) -> str:
        """The name of the trunk in the catalogue."""

    @property
    def head(self) -> str:
        """`vanilla`, `patch` or `pixel`."""

    @property
    def initialisation(self) -> str:
        """`scratch` or `pretrained`."""

    @property
    def frozen(self) -> bool:
        """Whether only the head is trained."""

    @property
    def spectral_norm(self) -> bool:
        """Whether the weights of trained layers are divided by their largest singular value."""

    @property
    def stride(self) -> int | None:
        """The head reads the deepest stage of at most this stride; None for the head's own."""

    @property
    def width(self) -> int:
        """Hidden units of a vanilla or patch head."""


@dataclass(frozen=True)
class Size:
    """The parameters that the logits depend on, the trained ones of them, and the receptive field.

    `receptive_field` is the side in pixels of what one logit sees of a training's crop.
    """

    parameters: int
    trained_parameters: int
    receptive_field: int

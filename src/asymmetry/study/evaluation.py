"""How the trained networks are judged: images, metrics, IQA sets, transfer."""

from typing import Annotated, Any, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from asymmetry.core.own_parts import check_part
from asymmetry.metrics.contracts import METRICS, PEOPLE, weighted_metrics
from asymmetry.study.section import Count, Label, NonNegative, Positive, Rate, Section


class CropStrip(Section):
    """A crop of an evaluation image, shown for every cell."""

    set: str
    image: str | None = Field(None, description="without it, the first of the set by name")
    left: Count | None = Field(None, description="pixels; without `left` and `top`, the centre")
    top: Count | None = None
    size: Positive = 96

    @model_validator(mode="after")
    def _whole(self) -> "CropStrip":
        if (self.left is None) != (self.top is None):
            raise ValueError("a corner has `left` and `top`; without both, the centre is taken")
        return self


class Pictures(Section):
    """What is kept of every generator's images, for the comparison: a square from the centre.

    As PNG, so without loss: some 110 KB each at 256 pixels, 0.8 GB for 300 cells and 25 images.
    """

    images: Count = Field(25, description="of each set, at most, the first by name; 0 keeps none")
    side: Positive = Field(256, description="pixels, less where the image is smaller")


class Evaluation(Section):
    """The images, the metrics and the judges of the trained generators."""

    sets: dict[Label, str] = Field(
        {"held-out": "photos"}, description="`photos` (those held out) or a folder of references"
    )
    primary: Label | None = Field(
        None,
        description="the set that the answer and the drawings are of; claims, tables and the CSVs "
        "of figures have all sets",
    )
    metrics: list[str]
    metrics_with_weights: list[str] = Field(
        [], description="computed where their weights are present, reported missing where not"
    )
    distortion: list[str] = Field(
        [], description="judges of the axis of distortion: full-reference metrics of `metrics`"
    )
    perception: list[str] = Field(
        [], description="judges of the axis of perception: no-reference and learned metrics"
    )
    practically_equal: NonNegative = Field(
        0.1,
        description="differences below it are none, in standard deviations between the cells "
        "without an adversary",
    )
    artifacts_beside: bool = Field(
        False,
        description="the artifacts (LDL) that a cell with an adversary adds and removes beside the "
        "same cell without one",
    )
    crops: list[CropStrip] = []
    pictures: Pictures = Pictures()

    @property
    def all_metrics(self) -> list[str]:
        """The metrics, those with optional weights too, each once."""
        return list(dict.fromkeys([*self.metrics, *self.metrics_with_weights]))

    @property
    def axes(self) -> dict[str, list[str]]:
        """The judges of each axis; people, where they have rated, are an axis of their own."""
        axes = {"distortion": self.distortion, "perception": self.perception, PEOPLE: [PEOPLE]}
        return {axis: judges for axis, judges in axes.items() if judges}

    @property
    def judges(self) -> list[str]:
        """The judges of all axes."""
        return [judge for judges in self.axes.values() for judge in judges]

    @model_validator(mode="before")
    @classmethod
    def _two_axes(cls, values: Any) -> Any:
        if isinstance(values, dict) and "judges" in values:
            raise ValueError(
                "judges: is now two axes, `distortion` (full-reference metrics) and `perception` "
                "(no-reference and learned ones); `human` is an axis of its own where people rated"
            )
        return values

    @field_validator("metrics", "metrics_with_weights", "distortion", "perception")
    @classmethod
    def _metrics(cls, values: list[str], info: ValidationInfo) -> list[str]:
        known = weighted_metrics() if info.field_name == "metrics_with_weights" else METRICS
        return [check_part(value, known, "metric", "metrics") for value in values]

    @model_validator(mode="after")
    def _consistent(self) -> "Evaluation":
        measured = self.all_metrics
        for axis in ("distortion", "perception"):
            for judge in getattr(self, axis):
                if judge not in measured:
                    raise ValueError(
                        f"{axis}: '{judge}' is not among the metrics {', '.join(measured)}"
                    )
        for judge in self.distortion:
            if judge in self.perception:
                raise ValueError(f"perception: '{judge}' judges distortion; leave it on one axis")
            if not METRICS[judge].full_reference:
                raise ValueError(f"distortion: '{judge}' knows no reference; it judges perception")
        named = [("primary", self.primary), *(("crops", crop.set) for crop in self.crops)]
        for key, name in named:
            if name is not None and name not in self.sets:
                raise ValueError(f"{key}: '{name}' is not among the sets {', '.join(self.sets)}")
        return self


class SeveritySet(Section):
    """Distortions of the photos at known severities: ranks, never opinion scores."""

    kind: Literal["severity"]
    distortions: list[Literal["blur", "noise", "jpeg", "downsample", "contrast"]] = [
        "blur",
        "noise",
        "jpeg",
        "downsample",
    ]
    levels: Annotated[int, Field(ge=2, le=10)] = 5
    crop: Positive = Field(192, description="side of the square cut from each photo")


class ScoredSet(Section):
    """Images with human scores, in a CSV table beside them."""

    kind: Literal["scores"]
    table: str = Field(description="path of the CSV; image paths are relative to its folder")
    image: str = Field(description="column of the distorted image")
    reference: str | None = Field(None, description="column of its reference; none: no-reference")
    score: str = Field(description="column of the score")
    higher_is_better: bool = Field(description="true for MOS, false for DMOS")
    folder: str = Field("", description="folder of the images below the table's own")
    split: str | None = Field(
        None, description="column that says train or test; none: the test contents are drawn"
    )
    split_as_released: bool = Field(
        False,
        description="the split is a public set's own: training images that show a test image are "
        "left out; otherwise they are an error",
    )

    @property
    def has_references(self) -> bool:
        """Whether its images have references."""
        return self.reference is not None


class PublishedSet(Section):
    """A public set as it was released: its kind knows pairs, scores, range and direction."""

    kind: Literal[
        "agiqa3k",
        "csiq",
        "flive",
        "kadid10k",
        "koniq10k",
        "live",
        "live_challenge",
        "pipal",
        "spaq",
        "tid2013",
    ]
    folder: str = Field(description="folder that the release was unpacked into")

    @property
    def has_references(self) -> bool:
        """Whether its images have references."""
        return self.kind in ("csiq", "kadid10k", "live", "pipal", "tid2013")


IqaSet = Annotated[SeveritySet | ScoredSet | PublishedSet, Field(discriminator="kind")]


class Optimisability(Section):
    """Each fidelity loss as an objective: recovery of references, noise and spectrum of gradients.

    Recovery as in Ding, Ma, Wang and Simoncelli 2021 (section 3), who take 20,000 steps. Fewer and
    larger ones end where more losses are low and the reference is far.
    """

    images: Positive = Field(8, description="held-out photos, at most")
    crop: Annotated[int, Field(gt=0, multiple_of=4)] = Field(
        64, description="side of the square cut from each photo's centre"
    )
    initialisations: list[Literal["jpeg", "noise", "blur", "white"]] = Field(
        ["jpeg", "noise", "blur", "white"],
        description="what a recovery starts from: the photo distorted, or white noise",
        min_length=1,
    )
    steps: Positive = 300
    learning_rate: Rate = Field(0.005, description="of Adam on pixels in 0 to 1; falls to zero")
    draws: Annotated[int, Field(ge=2)] = Field(
        8, description="degradations of an image, whose spread is its gradient's noise"
    )


class Transfer(Section):
    """What each discriminator brings to an IQA model.

    Of the modes only fine-tune trains networks: raw and probe cost one pass over the images each.
    A full-reference model costs twice a no-reference one, and needs a set with references.
    """

    sets: list[str]
    initialisations: list[Literal["random", "before", "discriminator", "pretrained"]] = Field(
        ["random", "before", "discriminator", "pretrained"],
        description="`before`: a discriminator that starts pretrained, before its training",
    )
    modes: list[Literal["raw", "probe", "fine-tune"]] = Field(
        ["raw", "probe", "fine-tune"],
        description="the discriminator's own score, a linear regression on frozen features, "
        "or training of the whole trunk",
    )
    references: list[Literal["nr", "fr"]] = Field(
        ["nr"], description="no-reference and full-reference models"
    )
    steps: Positive = 200
    batch: Positive = 16
    crop: Positive = 96
    learning_rate: Rate = 3e-4
    validate_every: Positive = 50
    splits: Positive = Field(1, description="number of content-disjoint splits")
    threads: Positive = 1

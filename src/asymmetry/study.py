"""The study: everything that `params.yaml` may say, typed. Imports no torch.

Unknown keys, wrong types and unknown names are refused with one line each (`UserError`).
"""

import json
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from asymmetry.backbones.catalog import BACKBONES, UNET
from asymmetry.errors import UserError
from asymmetry.fidelity.registry import fidelity_names
from asymmetry.generators.catalog import GENERATORS
from asymmetry.metrics.contracts import METRICS, WEIGHTED_METRICS
from asymmetry.names import check_name, one_line_each

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


class Photos(Section):
    """The photos, and which part of their contents is held out for evaluation."""

    source: str = Field(
        "wheels", description="`wheels` (inside scikit-image and scikit-learn) or a folder"
    )
    reduce: Positive = Field(1, description="integer reduction of soft photos before use")
    held_out: Fraction = Field(0.35, description="share of the contents kept for evaluation")


class Task(Section):
    """A degradation to be undone."""

    degradation: Literal["bicubic", "blind"]
    scale: Literal[1, 2, 3, 4, 8] = 4
    blur: tuple[NonNegative, NonNegative] = Field((0.2, 1.5), description="sigma in HR pixels")
    noise: tuple[NonNegative, NonNegative] = Field((0.0, 8.0), description="sigma, 0 to 255")
    jpeg: tuple[Positive, Positive] = Field((60, 95), description="quality, at most 100")

    @field_validator("blur", "noise", "jpeg")
    @classmethod
    def _range(cls, value: tuple[float, float], info: ValidationInfo) -> tuple[float, float]:
        if value[0] > value[1]:
            raise ValueError(f"the range {value[0]} to {value[1]} is reversed; the lower end first")
        if info.field_name == "jpeg" and value[1] > 100:
            raise ValueError(f"a JPEG quality of {value[1]} is above 100; at most 100")
        return value


class Discriminator(Section):
    """A backbone, a head and how both start."""

    backbone: str
    head: Literal["vanilla", "patch", "pixel"]
    initialisation: Literal["scratch", "pretrained"] = "scratch"
    frozen: bool = Field(False, description="train the head only")
    spectral_norm: bool = False

    @field_validator("backbone")
    @classmethod
    def _known(cls, value: str) -> str:
        return check_name(value, BACKBONES, "backbone")

    @model_validator(mode="after")
    def _possible(self) -> "Discriminator":
        spec = BACKBONES[self.backbone]
        if self.initialisation == "pretrained" and spec.weights is None:
            raise ValueError(
                f"initialisation: '{self.backbone}' has no pretrained weights; use scratch"
            )
        if self.head == "pixel":
            unets = [name for name, one in BACKBONES.items() if one.builder == UNET]
            check_name(self.backbone, unets, "backbone of a pixel head", key="backbone")
        if self.frozen and self.initialisation == "scratch":
            raise ValueError("frozen: a frozen trunk needs `initialisation: pretrained`")
        return self


class Axes(Section):
    """Values along each axis; in `include` and `exclude`, an axis left out means all."""

    tasks: list[str] | None = None
    generators: list[str] | None = None
    fidelity: list[str] | None = None
    discriminators: list[str] | None = None
    adversarial_weights: list[NonNegative] | None = None
    seeds: list[Annotated[int, Field(ge=0)]] | None = None

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
        return values and [check_name(value, GENERATORS, "generator") for value in values]

    @field_validator("fidelity")
    @classmethod
    def _fidelity(cls, values: list[str] | None) -> list[str] | None:
        return values and [check_name(value, fidelity_names(), "fidelity loss") for value in values]


class Grid(Axes):
    """The cells: the product of the axes, without `exclude`, then the sub-grids of `include`."""

    tasks: list[str]
    generators: list[str]
    fidelity: list[str]
    discriminators: list[str]
    adversarial_weights: list[NonNegative]
    seeds: list[Annotated[int, Field(ge=0)]]
    include: list[Axes] = []
    exclude: list[Axes] = []


class Schedule(Section):
    """The learning rate over the steps of a training."""

    kind: Literal["constant", "multistep", "cosine"] = "multistep"
    milestones: list[Share] = Field([0.5, 0.75, 0.9], description="as shares of all steps")
    factor: Share = 0.5


class Optimisation(Section):
    """What a training does at each step."""

    steps: Positive
    batch: Positive = 8
    crop: Positive = Field(64, description="side of the reference crop, pixels")
    learning_rate: Rate = 2e-4
    betas: tuple[Share, Share] = (0.9, 0.99)
    schedule: Schedule = Schedule()
    ema: Share = Field(0.99, description="decay of the averaged generator; 0 for none")


class Training(Optimisation):
    """The training of a cell.

    The generator minimises
    `pixel_weight * pixel + fidelity_weight * fidelity + adversarial_weight * adversarial`.
    """

    pixel: str = "l1"
    pixel_weight: NonNegative = 1.0
    fidelity_weight: NonNegative = 1.0
    adversarial_loss: Literal["bce", "lsgan", "hinge", "relativistic"] = "bce"
    discriminator_learning_rate: Rate = 2e-4

    @field_validator("pixel")
    @classmethod
    def _pixel(cls, value: str) -> str:
        return check_name(value, fidelity_names(), "fidelity loss")


class Numerics(Section):
    """How trainings compute; a part of a run's identity, as the last bits depend on it."""

    threads: Positive = Field(1, description="of a training: one thread and two differ in bits")
    precision: Literal["float32", "bfloat16"] = Field("float32", description="autocast on GPUs")
    channels_last: bool = True
    compile: bool = Field(False, description="torch.compile; pays on GPUs")


class CropStrip(Section):
    """A crop of an evaluation image, shown for every cell."""

    set: str
    image: str
    left: Annotated[int, Field(ge=0)]
    top: Annotated[int, Field(ge=0)]
    size: Positive = 96

    @property
    def file(self) -> str:
        """The path of the saved crop, below the folder of a run."""
        image = self.image.replace("/", "_")
        return f"crops/{self.set}-{image}-{self.left}-{self.top}-{self.size}.png"


class Evaluation(Section):
    """The images, the metrics and the judges of the trained generators."""

    sets: dict[Label, str] = Field(
        {"held-out": "photos"}, description="`photos` (those held out) or a folder of references"
    )
    metrics: list[str]
    metrics_with_weights: list[str] = Field(
        [], description="computed where their weights are present, reported missing where not"
    )
    judges: list[str] = Field(description="metrics whose mean z-score is a cell's effect")
    crops: list[CropStrip] = []

    @field_validator("metrics", "metrics_with_weights", "judges")
    @classmethod
    def _metrics(cls, values: list[str], info: ValidationInfo) -> list[str]:
        allowed = WEIGHTED_METRICS if info.field_name == "metrics_with_weights" else METRICS
        return [check_name(value, allowed, "metric") for value in values]

    @model_validator(mode="after")
    def _consistent(self) -> "Evaluation":
        measured = [*self.metrics, *self.metrics_with_weights]
        for judge in self.judges:
            if judge not in measured:
                raise ValueError(
                    f"judges: '{judge}' is not among the metrics {', '.join(measured)}"
                )
        for crop in self.crops:
            if crop.set not in self.sets:
                raise ValueError(
                    f"crops: '{crop.set}' is not among the sets {', '.join(self.sets)}"
                )
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


IqaSet = Annotated[SeveritySet | ScoredSet, Field(discriminator="kind")]


class Transfer(Section):
    """Fine-tuning of a no-reference IQA model from each discriminator's trunk."""

    sets: list[str]
    initialisations: list[Literal["random", "discriminator", "pretrained"]] = [
        "random",
        "discriminator",
        "pretrained",
    ]
    steps: Positive = 200
    batch: Positive = 16
    crop: Positive = 96
    learning_rate: Rate = 3e-4
    validate_every: Positive = 50
    splits: Positive = Field(1, description="number of content-disjoint splits")
    threads: Positive = 1


class Execution(Section):
    """How jobs run. Never part of a run's identity, so it may be changed at any time."""

    device: Literal["auto", "cpu", "cuda"] = "auto"
    log_every: Positive = 50
    checkpoint_seconds: Rate = 60
    minutes: float | None = Field(None, gt=0, description="time limit of a job outside SLURM")
    runs_per_job: Positive = Field(12, description="runs that one assessment or transfer job takes")
    bootstrap: Positive = Field(1000, description="draws of each bootstrap interval")
    weights: str = Field("data/weights", description="folder of the weights manifest's files")
    resources: dict[str, dict[str, int | str]] = Field(
        {}, description="by rule: gpu, cpus_per_task, mem_mb, runtime"
    )


class Study(Section):
    """A study. Its grid of cells is `asymmetry.grid.cells(study)`."""

    results: str = Field("results", description="folder of tables, figures and the page")
    photos: Photos = Photos()
    tasks: dict[Label, Task]
    discriminators: dict[Label, Discriminator]
    grid: Grid
    warm_start: Optimisation
    training: Training
    numerics: Numerics = Numerics()
    evaluation: Evaluation
    iqa_sets: dict[Label, IqaSet]
    transfer: Transfer
    execution: Execution = Execution()

    @model_validator(mode="after")
    def _named(self) -> "Study":
        for part, axes in [
            ("grid", self.grid),
            *((f"grid.include[{i}]", axes) for i, axes in enumerate(self.grid.include)),
            *((f"grid.exclude[{i}]", axes) for i, axes in enumerate(self.grid.exclude)),
        ]:
            for value in axes.tasks or ():
                check_name(value, self.tasks, "task", key=f"{part}.tasks")
            for value in axes.discriminators or ():
                check_name(
                    value, self.discriminators, "discriminator", key=f"{part}.discriminators"
                )
        for value in self.transfer.sets:
            check_name(value, self.iqa_sets, "IQA set", key="transfer.sets")
        for name, task in self.tasks.items():
            for section in ("warm_start", "training"):
                crop = getattr(self, section).crop
                if crop % task.scale:
                    raise ValueError(
                        f"{section}.crop: {crop} is not a multiple of {task.scale}, "
                        f"the scale of '{name}'"
                    )
        return self


def parse_study(values: Any, source: str) -> Study:
    """The study that `values` declare; UserError with a line for each mistake, naming `source`."""
    try:
        return Study.model_validate(values)
    except ValidationError as error:
        raise UserError(one_line_each(error, source)) from None


def read_study(path: Path) -> Study:
    """The study in a YAML file; UserError where the file is missing, not YAML or not a study."""
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UserError(f"{path}: there is no such file; name a study with --study") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise UserError(f"{path}: cannot be read as YAML: {reason}") from None
    return parse_study(values, str(path))


def schema_text() -> str:
    """The JSON schema of a study, as text; `workflow/study.schema.json` is this, for editors."""
    return json.dumps(Study.model_json_schema(), indent=2) + "\n"

"""The study: everything that `params.yaml` may say, typed. Imports no torch.

Unknown keys, wrong types and unknown names are refused with one line each (`UserError`).
"""

import json
import re
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, field_validator, model_validator

from asymmetry.core.errors import UserError
from asymmetry.core.names import check_name, one_line_each
from asymmetry.core.own_imports import PARTS
from asymmetry.fidelity.registry import fidelity_names
from asymmetry.study.axes import Axes, Grid
from asymmetry.study.backbones import TimmBackbone, define_backbones, define_weights
from asymmetry.study.calibration import Calibration, check_set, check_uncalibrated
from asymmetry.study.evaluation import (
    CropStrip,
    Evaluation,
    IqaSet,
    Optimisability,
    Pictures,
    PublishedSet,
    ScoredSet,
    SeveritySet,
    Transfer,
)
from asymmetry.study.generators import FileGenerator, define_generators
from asymmetry.study.metrics import BorrowedMetric, define_metrics
from asymmetry.study.outside import Outside, check_method_name
from asymmetry.study.own_parts import define_own_parts
from asymmetry.study.section import Count, Label, Positive, Rate, Section
from asymmetry.study.training import (
    Discriminator,
    DiscriminatorWarmStart,
    Numerics,
    Optimisation,
    Photos,
    Schedule,
    Steps,
    Task,
    Training,
)
from asymmetry.study.yaml_file import read_yaml

CHANGES_NUMBERS = False
__all__ = [
    "Axes",
    "BorrowedMetric",
    "Calibration",
    "CropStrip",
    "Discriminator",
    "DiscriminatorWarmStart",
    "Evaluation",
    "Execution",
    "Grid",
    "Numerics",
    "Optimisability",
    "Optimisation",
    "Outside",
    "Photos",
    "Pictures",
    "PublishedSet",
    "Schedule",
    "ScoredSet",
    "SeveritySet",
    "Steps",
    "Study",
    "Task",
    "Training",
    "Transfer",
    "parse_study",
    "read_study",
    "schema_text",
]


# Of paths that go through a shell, Snakemake and DVC.
_PATH = re.compile(r"[\w .+\-=,@%/]+")
# Keys of earlier versions, and the names of today.
_RENAMED = {
    "execution.company": "execution.pack",
    "execution.resources.optimise": "execution.resources.optimisability",
    "optimisability.starts": "optimisability.initialisations",
    "training.pilot": "training.snapshots, a list of shares",
}
_ABSENT = object()
_TAKEN = {"runs", "data", "src", "tests", "workflow", "docs", "bench", "studies", "slurm", PARTS}
_TAKEN.add("tracking")  # of `execution.tracker`


class Resources(Section):
    """What one job asks of a cluster."""

    gpu: Count = 0
    cpus_per_task: Positive = 1
    mem_mb: Positive = 4000
    runtime: Positive = Field(120, description="minutes; a training that needs more is continued")


class JobResources(Section):
    """The stages whose jobs a cluster runs."""

    train: Resources = Resources()
    assess: Resources = Resources()
    skill: Resources = Resources(cpus_per_task=2)
    optimisability: Resources = Resources()
    transfer: Resources = Resources()


class Execution(Section):
    """How jobs run. Never part of a run's identity, so it may be changed at any time."""

    device: Literal["auto", "cpu", "cuda"] = "auto"
    log_every: Positive = 50
    checkpoint_seconds: Rate = 60
    minutes: float | None = Field(None, gt=0, description="time limit of a job outside SLURM")
    pack: Positive | Literal["auto"] = Field(
        "auto", description="cells that one process trains together; auto: as cores and cells ask"
    )
    runs_per_job: Positive = Field(12, description="runs that one assessment or transfer job takes")
    seconds_per_step: Rate = Field(
        0.1, description="a guess for the forecast, until the first training is finished"
    )
    bootstrap: Positive = Field(1000, description="draws of each bootstrap interval")
    weights: str = Field("data/weights", description="folder of the weights manifest's files")
    user_study: str = Field("data/userstudy", description="folder of `asymmetry userstudy`")
    tracker: Literal["tensorboard", "trackio", "wandb", "mlflow"] | None = Field(
        None, description="what shows `log.csv` while a run trains; each is an extra of the package"
    )
    resources: JobResources = JobResources()


class Study(Section):
    """A study. Its grid of cells is `asymmetry.study.grid.cells(study)`."""

    results: str = Field("results", description="folder of tables, figures and the page")
    photos: Photos = Photos()
    metrics: dict[Label, BorrowedMetric] = Field({}, description="of pyiqa, by names of your own")
    tasks: dict[Label, Task]
    # Before what names them.
    generators: dict[Label, FileGenerator] = {}
    backbones: dict[Label, TimmBackbone] = {}
    discriminators: dict[Label, Discriminator]
    grid: Grid
    warm_start: Optimisation
    discriminator_warm_start: DiscriminatorWarmStart | None = None
    training: Training
    numerics: Numerics = Numerics()
    evaluation: Evaluation
    outside: dict[Label, Outside] = Field(
        {}, description="methods that were made elsewhere, judged beside the cells"
    )
    iqa_sets: dict[Label, IqaSet]
    calibration: Calibration | None = None
    transfer: Transfer
    optimisability: Optimisability = Optimisability()
    execution: Execution = Execution()

    @model_validator(mode="before")
    @classmethod
    def _own_parts(cls, values: Any) -> Any:
        define_own_parts()  # before names are checked
        return values

    @model_validator(mode="before")
    @classmethod
    def _renamed(cls, values: Any) -> Any:
        for former, today in _RENAMED.items():
            given = values
            for key in former.split("."):
                given = given.get(key, _ABSENT) if isinstance(given, dict) else _ABSENT
            if given is not _ABSENT:
                raise ValueError(f"{former}: is now called {today}")
        return values

    @field_validator("generators")
    @classmethod
    def _generators(cls, value: dict[str, FileGenerator]) -> dict[str, FileGenerator]:
        define_generators(value)
        return value

    @field_validator("backbones")
    @classmethod
    def _backbones(cls, value: dict[str, TimmBackbone]) -> dict[str, TimmBackbone]:
        define_backbones(value)
        return value

    @field_validator("metrics")
    @classmethod
    def _defined(cls, metrics: dict[str, BorrowedMetric]) -> dict[str, BorrowedMetric]:
        # Before the fields below it, whose names of metrics are checked.
        define_metrics(metrics)
        return metrics

    @field_validator("results")
    @classmethod
    def _folder(cls, value: str) -> str:
        parts = value.split("/")
        if not _PATH.fullmatch(value) or value[0] == "-":
            raise ValueError(
                f"{value!r} cannot be a folder of results; "
                "use letters, digits, spaces and . _ + - = , @ % /"
            )
        if not {".", ".."}.isdisjoint(parts) or parts[0] in _TAKEN or not value.strip("/ "):
            raise ValueError(f"'{value}' is no folder of its own; use another, as `results`")
        return value

    @model_validator(mode="after")
    def _named(self) -> "Study":
        define_weights(self.backbones, Path(self.execution.weights))
        for name in self.metrics:
            if name in fidelity_names():
                raise ValueError(f"metrics: '{name}' is a loss already; choose another name")
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
            if self.calibration is None:
                check_uncalibrated(f"{part}.fidelity", axes.fidelity or ())
        for name, method in self.outside.items():
            check_method_name(name)
            check_name(method.task, self.tasks, "task", key=f"outside.{name}.task")
            for value in method.images or ():
                check_name(value, self.evaluation.sets, "set", key=f"outside.{name}.images")
        if self.calibration is None:
            for key in ("metrics", "metrics_with_weights"):
                check_uncalibrated(f"evaluation.{key}", getattr(self.evaluation, key))
        else:
            check_set(self.calibration, self.iqa_sets)
        for value in self.transfer.sets:
            check_name(value, self.iqa_sets, "IQA set", key="transfer.sets")
        for name, task in self.tasks.items():
            for section in ("warm_start", "discriminator_warm_start", "training"):
                declared = getattr(self, section)
                if declared and (crop := declared.crop) % task.scale:
                    raise ValueError(
                        f"{section}.crop: {crop} is not a multiple of {task.scale}, "
                        f"the scale of '{name}'"
                    )
        return self

    @model_validator(mode="after")
    def _balanced(self) -> "Study":
        weights = [axes.adversarial_weights or () for axes in (self.grid, *self.grid.include)]
        untrained = self.discriminator_warm_start is None and any(map(any, weights))
        if self.training.balance == "gradient" and untrained:
            raise ValueError(
                "training.balance: gradient measures the adversarial gradient at the start of a "
                "cell, where a discriminator without a warm start knows nothing; add the section "
                "discriminator_warm_start"
            )
        return self


def parse_study(values: Any, source: str) -> Study:
    """The study that `values` declare; UserError with a line for each mistake, naming `source`."""
    try:
        return Study.model_validate(values)
    except ValidationError as error:
        raise UserError(one_line_each(error, source)) from None


def read_study(path: Path) -> Study:
    """The study in a YAML file; UserError as `read_yaml`, or where it is not a study."""
    return parse_study(read_yaml(path), str(path))


def schema_text() -> str:
    """The JSON schema of a study, as text; `workflow/study.schema.json` is this, for editors."""
    return json.dumps(Study.model_json_schema(), indent=2) + "\n"

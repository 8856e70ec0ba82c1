"""What is trained, on what, and how."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from asymmetry.backbones.catalog import BACKBONES, UNET
from asymmetry.core.names import check_name
from asymmetry.core.own_parts import check_part
from asymmetry.fidelity.registry import fidelity_names, is_calibrated
from asymmetry.study.section import Fraction, NonNegative, Positive, Rate, Section, Share

_WIDTH = 64


class Photos(Section):
    """The photos, and which part of their contents is held out for evaluation."""

    source: str = Field(
        "wheels", description="`wheels` (inside scikit-image and scikit-learn) or a folder"
    )
    reduce: Positive = Field(1, description="integer reduction of soft photos before use")
    held_out: Fraction = Field(0.35, description="share of the contents kept for evaluation")


Kernel = tuple[tuple[NonNegative, ...], ...]


class Task(Section):
    """A degradation to be undone: super-resolution (bicubic, blind, second-order) or others.

    `second-order` is the process of Real-ESRGAN (Wang et al. 2021) with its own ranges.
    """

    degradation: Literal["bicubic", "blind", "second-order", "noise", "blur"]
    scale: Literal[1, 2, 3, 4, 8] = Field(4, description="1 for noise and blur")
    blur: tuple[NonNegative, NonNegative] = Field((0.2, 1.5), description="sigma in HR pixels")
    psf: Kernel | None = Field(
        None, description="of blur, in place of the Gaussian: rows of odd length, an odd number"
    )
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

    @field_validator("psf")
    @classmethod
    def _centred(cls, rows: Kernel | None) -> Kernel | None:
        if rows is None:
            return None
        widths = {len(row) for row in rows}
        if len(widths) != 1 or not all(side % 2 for side in (len(rows), *widths)):
            raise ValueError("a kernel has a centre: an odd number of rows of one odd length")
        if sum(map(sum, rows)) == 0:
            raise ValueError("a kernel of zeros leaves no light; give it a positive value")
        return rows

    @model_validator(mode="after")
    def _possible(self) -> "Task":
        if self.degradation in ("noise", "blur") and self.scale != 1:
            raise ValueError(f"scale: {self.degradation} keeps the size; write `scale: 1`")
        if self.degradation == "second-order":
            for name in ("blur", "noise", "jpeg"):
                if getattr(self, name) != type(self).model_fields[name].default:
                    raise ValueError(f"{name}: second-order has its own ranges; remove it")
        if self.psf is not None and self.degradation != "blur":
            raise ValueError(f"psf: {self.degradation} has none; use it with `degradation: blur`")
        return self


class Discriminator(Section):
    """A backbone, a head and how both start."""

    backbone: str
    head: Literal["vanilla", "patch", "pixel"]
    initialisation: Literal["scratch", "pretrained"] = "scratch"
    frozen: bool = Field(False, description="train the head only")
    spectral_norm: bool = False
    stride: Positive | None = Field(
        None,
        description="the head reads the deepest stage of at most this stride; without: patch that "
        "of 8, vanilla the last. With one stride for both, only the number of logits differs",
    )
    width: Positive = Field(_WIDTH, description="hidden units of a vanilla or patch head")

    @field_validator("backbone")
    @classmethod
    def _known(cls, value: str) -> str:
        return check_part(value, BACKBONES, "backbone", "backbones")

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
            if (self.stride, self.width) != (None, _WIDTH):
                raise ValueError("head: a pixel head has neither stride nor width; remove them")
        if self.frozen and self.initialisation == "scratch":
            raise ValueError("frozen: a frozen trunk needs `initialisation: pretrained`")
        return self


class Schedule(Section):
    """The learning rate over the steps of a training."""

    kind: Literal["constant", "multistep", "cosine"] = "multistep"
    milestones: list[Share] = Field([0.5, 0.75, 0.9], description="as shares of all steps")
    factor: Share = 0.5


class Steps(Section):
    """What a training does at each step."""

    steps: Positive
    batch: Positive = 8
    crop: Positive = Field(64, description="side of the reference crop, pixels")
    learning_rate: Rate = 2e-4
    betas: tuple[Share, Share] = (0.9, 0.99)
    schedule: Schedule = Schedule()


class Optimisation(Steps):
    """The training of a generator."""

    ema: Share = Field(0.99, description="decay of the averaged generator; 0 for none")


class DiscriminatorWarmStart(Steps):
    """The training of a discriminator alone, before the cells: the generator stays as it starts.

    BasicSR's `net_d_init_iters` is the precedent. `learning_rate` is that of the trunk, and of the
    head unless that has its own.
    """

    head_learning_rate: Rate | None = Field(None, description="of the head; without: as the trunk")


class Training(Optimisation):
    """The training of a cell.

    The generator minimises
    `pixel_weight * pixel + fidelity_weight * fidelity + adversarial_weight * adversarial`.
    """

    pixel: str = "l1"
    pixel_weight: NonNegative = 1.0
    fidelity_weight: NonNegative = 1.0
    adversarial_loss: Literal["bce", "lsgan", "hinge", "relativistic"] = "bce"
    discriminator_learning_rate: Rate = Field(2e-4, description="of its trunk")
    head_learning_rate: Rate | None = Field(
        None, description="of the discriminator's head; without: as its trunk"
    )
    balance: Literal["none", "gradient", "adaptive"] = Field(
        "none",
        description="gradient: each term is divided by the norm of its gradient at the cell's "
        "start; adaptive: the adversarial one is scaled to the others at every step, as in VQGAN",
    )
    snapshots: list[Fraction] = Field(
        [], description="shares of the steps at which the averaged generator is kept, and scored"
    )

    @field_validator("pixel")
    @classmethod
    def _pixel(cls, value: str) -> str:
        # A warm start has this term alone, and waits for nothing.
        plain = [name for name in fidelity_names() if not is_calibrated(name)]
        return check_part(value, plain, "pixel loss", "fidelity")

    @model_validator(mode="after")
    def _on_the_way(self) -> "Training":
        taken = list(zip(self.snapshots, snapshot_steps(self.snapshots, self.steps), strict=True))
        for (share, step), (later, other) in pairwise(taken):
            if share >= later:
                raise ValueError(f"snapshots: {later} stands after {share}; write them in order")
            if step == other:
                raise ValueError(
                    f"snapshots: {share} and {later} of {self.steps} steps are both step {step}; "
                    "remove one"
                )
        if taken and taken[-1][1] >= self.steps:
            raise ValueError(
                f"snapshots: {taken[-1][0]} of {self.steps} steps is the end, which is scored "
                "anyway; remove it"
            )
        return self


def snapshot_steps(shares: Sequence[float], steps: int) -> list[int]:
    """The steps, counted from 1, at these shares of all `steps`."""
    return [max(1, round(share * steps)) for share in shares]


class Numerics(Section):
    """How trainings compute; a part of a run's identity, as the last bits depend on it."""

    threads: Positive = Field(1, description="of a training: one thread and two differ in bits")
    precision: Literal["float32", "bfloat16"] = Field("float32", description="autocast on GPUs")
    channels_last: bool = True
    compile: bool = Field(False, description="torch.compile; pays on GPUs")

"""Backbones under names of the study's own: trunks of timm."""

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path

from pydantic import Field, field_validator

from asymmetry.backbones.catalog import BACKBONES, timm_spec
from asymmetry.backbones.timm_names import timm_modules
from asymmetry.core.define import define
from asymmetry.metrics.contracts import define_trunk_metrics
from asymmetry.study.section import Section
from asymmetry.weights.manifest import TIMM
from asymmetry.weights.store import define_timm_weights


class TimmBackbone(Section):
    """A network of timm, of which the stages are used."""

    timm: str = Field(
        description="its name and, after a dot, its weights, as timm.list_models(pretrained=True) "
        "has them: convnext_nano.in12k_ft_in1k"
    )

    @field_validator("timm")
    @classmethod
    def _known(cls, value: str) -> str:
        name, known = value.partition(".")[0], timm_modules()
        if name not in known:
            close = get_close_matches(name, known, n=1)
            guess = f"did you mean '{close[0]}'? " if close else ""
            raise ValueError(f"'{name}' is no network of timm; {guess}See timm.list_models()")
        return value


def define_backbones(section: Mapping[str, TimmBackbone]) -> None:
    """Let a study name these backbones, and the losses and metrics on them.

    Raises ValueError where a name has another meaning already.
    """
    for name, declared in section.items():
        define(BACKBONES, name, timm_spec(declared.timm), "backbone")
        define_trunk_metrics(name, f"{TIMM}{declared.timm}")


def define_weights(section: Mapping[str, TimmBackbone], folder: Path) -> None:
    """Enter the files of these backbones' weights in `folder` into the manifest."""
    for declared in section.values():
        define_timm_weights(declared.timm, folder)

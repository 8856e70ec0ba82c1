"""The study in words, and where its settings differ from the defaults."""

from dataclasses import dataclass
from typing import Any

import yaml
from pydantic import BaseModel

from asymmetry.analysis.skill import scores_in_words
from asymmetry.study import Study
from asymmetry.tables.people import people_in_words
from asymmetry.tables.read import Tables
from asymmetry.tables.schemas import MISSING_WEIGHTS

_WHEELS = "the colour photos inside the scikit-image and scikit-learn wheels"


@dataclass(frozen=True)
class Setting:
    """A setting as `params.yaml` would say it; `default` is None where every study must choose."""

    key: str
    value: str
    default: str | None


def differences(study: Study) -> list[Setting]:
    """The settings that differ from their default or have none, in the order of the study."""
    return _of_section("", study, None)


def summary(study: Study, tables: Tables) -> list[tuple[str, str]]:
    """What was studied, and on which data: names and words."""
    grid = study.grid
    judges = sorted({name for names in tables.effect["judges"] for name in str(names).split()})
    images = tables.scores.groupby("set")["image"].nunique()
    sets = [f"{name} ({count} images)" for name, count in images.items()]
    absent = tables.scores[tables.scores["status"] == MISSING_WEIGHTS]["metric"].unique()
    listed = [
        ("tasks", grid.tasks),
        ("generators", grid.generators),
        ("fidelity losses", grid.fidelity),
        ("discriminators", grid.discriminators),
        ("adversarial weights", [f"{weight:g}" for weight in grid.adversarial_weights]),
        ("seeds", [str(seed) for seed in grid.seeds]),
        ("methods made elsewhere", sorted(study.outside)),
        ("photos", [_WHEELS if study.photos.source == "wheels" else study.photos.source]),
        ("evaluation sets", sets or list(study.evaluation.sets)),
        ("judges of the effect", judges),
        ("raters of the user study", [people_in_words(study)]),
        ("metrics without weights", sorted(absent)),
        (
            "IQA sets",
            [f"{name}: {scores_in_words(iqa.kind)}" for name, iqa in study.iqa_sets.items()],
        ),
    ]
    return [(name, ", ".join(values) or "none") for name, values in listed]


def _of_section(prefix: str, section: BaseModel, default: BaseModel | None) -> list[Setting]:
    """The settings of a section; `default` is what the whole section is by default."""
    found = []
    for name, field in type(section).model_fields.items():
        has_default = default is not None or not field.is_required()
        usual = getattr(default, name) if default is not None else field.get_default()
        found += _of_value(f"{prefix}{name}", getattr(section, name), usual, has_default)
    return found


def _of_value(key: str, value: Any, usual: Any, has_default: bool) -> list[Setting]:
    if has_default and value == usual:
        return []
    if isinstance(value, BaseModel):
        same = has_default and type(usual) is type(value)
        return _of_section(f"{key}.", value, usual if same else None)
    if not has_default and isinstance(value, dict):
        return [
            one
            for name, inner in value.items()
            for one in _of_value(f"{key}.{name}", inner, 0, False)
        ]
    return [Setting(key, _yaml(value), _yaml(usual) if has_default else None)]


def _yaml(value: Any) -> str:
    """A value on one line of YAML."""
    plain = _plain(value)
    text = yaml.safe_dump(plain, default_flow_style=True, width=10**6, sort_keys=False)
    return text.removesuffix("...\n").strip()


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_defaults=True)
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return value

"""Copies of the package's tree, changed as a refactoring or an edit would change them."""

import re
import shutil
from pathlib import Path

import asymmetry
from asymmetry.backbones.catalog import BACKBONES
from asymmetry.fidelity.registry import code_of, fidelity_names
from asymmetry.metrics.contracts import METRICS
from asymmetry.pipeline.stages import Stages
from asymmetry.planning.plan import Plan
from asymmetry.study import parse_study
from tests.conftest import small_values

SOURCE = Path(asymmetry.__path__[0])
Roots = frozenset[str]


def copy_tree(folder: Path) -> Path:
    """A copy of the package in `folder`."""
    root = folder / "asymmetry"
    shutil.copytree(SOURCE, root, ignore=shutil.ignore_patterns("__pycache__"))
    return root


def file_of(root: Path, module: str) -> Path:
    """The file of a module of the package in `root`."""
    place = root.joinpath(*module.split(".")[1:])
    return place / "__init__.py" if place.is_dir() else place.with_suffix(".py")


def all_roots() -> dict[str, Roots]:
    """What each run and each cheap stage of a small study begins from, and all parts by name."""
    plan = Plan(parse_study(small_values(), "params.yaml"))
    stages = Stages(plan).stamps.by_name
    found = {run.cell.name: frozenset(run.roots) for run in [*plan.warm_starts, *plan.runs]}
    found |= {name: frozenset(stage.roots) for name, stage in stages.items()}
    found |= {name: frozenset(code_of(name)) for name in ("dists", "gmsd", "lpips-vgg")}
    every = [root for name in {*METRICS, *fidelity_names()} for root in code_of(name)]
    return found | {"all": frozenset([*every, *(spec.builder for spec in BACKBONES.values())])}


def renamed(text: str, names: dict[str, str]) -> str:
    """A text with other names for packages and modules: `{"asymmetry.data": "asymmetry.x.data"}`.

    A name stands for what lies below it, too.
    """
    for name, other in names.items():
        (place, last), (other_place, other_last) = (n.rsplit(".", 1) for n in (name, other))
        text = re.sub(rf"(?<![\w.]){re.escape(name)}\b(?!\.parquet)", other, text)
        again = f"{other_last} as {last}"
        if place == other_place:
            text = re.sub(rf"(from {place} import [^\n]*\b){last}\b", rf"\1{again}", text)
        else:
            text = re.sub(
                rf"from {place} import {last}\b", f"from {other_place} import {again}", text
            )
    return text


def move(root: Path, names: dict[str, str]) -> None:
    """Move packages and modules of a tree, and mend what names them."""
    for path in root.rglob("*.py"):
        before = path.read_text()
        if (after := renamed(before, names)) != before:
            path.write_text(after)
    for name, other in names.items():
        old, new = (root.joinpath(*n.split(".")[1:]) for n in (name, other))
        if not old.is_dir():
            old, new = old.with_suffix(".py"), new.with_suffix(".py")
        new.parent.mkdir(parents=True, exist_ok=True)
        old.rename(new)

import json
from collections.abc import Callable
from copy import deepcopy
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from asymmetry.artifacts.results import write_manifest
from asymmetry.pipeline.made import making
from asymmetry.pipeline.stages import Stages
from asymmetry.planning.plan import Plan
from asymmetry.planning.run import Run
from asymmetry.study import parse_study
from tests.conftest import small_values

MakeStages = Callable[..., Stages]


def finish(run: Run, folder: Path | None = None, **changes: Any) -> Path:
    """Write what stands for a finished run, its models a few bytes, to `folder` or its own."""
    folder = folder or run.folder
    folder.mkdir(parents=True)
    models = {name: f"{name} of {run.id}".encode() for name in run.models()}
    for name, content in models.items():
        (folder / name).write_bytes(content)
    record = {
        "id": run.id,
        "status": "done",
        "settings": run.settings,
        "outputs": {name: sha256(content).hexdigest() for name, content in models.items()},
        "steps": run.settings["training"]["steps"],
        "seconds": 3.0,
        **changes,
    }
    (folder / "run.json").write_text(json.dumps(record))
    return folder


@pytest.fixture
def make_stages(workplace: Path) -> MakeStages:
    """Stages of the small study after a change of its values."""

    def make(change: Callable[[dict[str, Any]], object] = lambda values: None) -> Stages:
        values = deepcopy(small_values())
        change(values)
        return Stages(Plan(parse_study(values, "params.yaml")))

    return make


@pytest.fixture
def stages(make_stages: MakeStages) -> Stages:
    """The small study, all of its runs finished and all of its results there."""
    stages = make_stages()
    for run in stages.plan.by_id.values():
        finish(run)
    files = [part.path for part in stages.parts]
    files += [path for one in stages.stamps.by_name.values() for path in one.outputs]
    for path in files:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(str(path))
    for name in stages.stamps.by_name:
        with making(stages, name):
            pass
    write_manifest(stages)
    return stages


def flip(path: Path) -> None:
    """Change one bit of a file."""
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)

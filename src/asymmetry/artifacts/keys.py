"""`asymmetry keys`: what the coarse stages of `dvc.yaml` depend on.

A key holds the inputs and outputs of a stage as Snakemake sees them: ids of runs, paths of parts,
and digests of the stamps of cheap stages. It changes when the stage has something to do, but not
when a comment changes.
"""

import json
from typing import Any

from asymmetry.core.files import write_if_changed
from asymmetry.pipeline.stages import Part, Stages


def keys(stages: Stages) -> dict[str, dict[str, Any]]:
    """The key of each stage of `dvc.yaml` after `data`."""
    stamps = stages.stamps
    tables = dict.fromkeys(("scores", "trajectories", "skill"), "assess")
    tables |= {"optimisability": "optimisability", "transfer": "transfer"}
    found: dict[str, dict[str, Any]] = {
        "grid": {
            "runs": [path.parent.as_posix() for path in stages.trained],
            "calibrations": [path.as_posix() for path in stages.fitted],
        },
        "assess": {
            "parts": _paths(
                [*stages.assessment.parts, *stages.snapshots.parts, *stages.skill.parts]
            ),
            "stamps": {},
        },
        "optimisability": {"parts": _paths(stages.optimisability.parts), "stamps": {}},
        "transfer": {"parts": _paths(stages.transfer.parts), "stamps": {}},
        "figures": {"stamps": {}},
    }
    for name in stamps.by_name:
        found[tables.get(name, "figures")]["stamps"][name] = stamps.digest(name)
    return found


def write_keys(stages: Stages) -> None:
    """Write the keys to `<results>/keys`, each where it changed."""
    for name, key in keys(stages).items():
        text = json.dumps(key, indent=1, sort_keys=True).encode() + b"\n"
        write_if_changed(stages.results / "keys" / f"{name}.json", text)


def _paths(parts: list[Part]) -> list[str]:
    return [part.path.as_posix() for part in parts]

"""Studies that are made for a measurement, and the folders that they run in."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from asymmetry.planning.plan import Plan
from asymmetry.study import parse_study
from bench.sides import ROOT

LINKS = ("Snakefile", "workflow", "slurm")
"""What a project has of the checkout."""


def default_study() -> dict[str, Any]:
    """The default study, to be changed: without sub-grids, and trained as other tools can."""
    values = dict(yaml.safe_load((ROOT / "params.yaml").read_text("utf-8")))
    del values["grid"]["include"], values["discriminator_warm_start"]
    values["training"] |= {"balance": "none", "snapshots": []}
    return values


def write_study(folder: Path, values: dict[str, Any], links: Iterable[str] = ()) -> Plan:
    """`values` as the study of a project in `folder`, with links to files of the checkout.

    The plan is that of a process whose current folder this is.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in links:
        (folder / name).symlink_to(ROOT / name)
    (folder / "params.yaml").write_text(yaml.safe_dump(values))
    return Plan(parse_study(values, "bench"))

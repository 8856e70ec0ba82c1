"""What a newcomer waits for after the installation: the default study, and the tests."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.compare import Aim, Sample, interleave, measurement
from bench.sides import ROOT, run_together
from bench.studies import LINKS

_MOST = 3  # runs; the others of `make bench` are shorter
_STUDY, _TESTS = "the default study", "the test suite"


def measure(runs: int) -> dict[str, Any]:
    """The minutes of each, from its start to its end."""
    found = interleave({_STUDY: _study, _TESTS: _tests}, min(runs, _MOST))
    return {
        "settings": {"command": {_STUDY: "sh workflow/run.sh", _TESTS: "make test"}},
        "notes": [
            "Wall time: without other load, after the installation; the study in an empty folder. "
            f"At most {_MOST} runs.",
        ],
        "rows": [
            measurement(_STUDY, "min", found[_STUDY], aim=Aim("at most", 5)),
            measurement(_TESTS, "min", found[_TESTS], aim=Aim("at most", 10)),
        ],
    }


def _study() -> Mapping[str, Sample]:
    with tempfile.TemporaryDirectory() as folder:
        for name in (*LINKS, "params.yaml"):
            Path(folder, name).symlink_to(ROOT / name)
        return {_STUDY: _minutes(["sh", "workflow/run.sh"], Path(folder))}


def _tests() -> Mapping[str, Sample]:
    return {_TESTS: _minutes(["make", "test"], ROOT)}


def _minutes(command: list[str], folder: Path) -> Sample:
    (outcome,) = run_together([command], folder)
    return Sample(outcome.seconds / 60, outcome.peak_mb)

"""All scores of runs, computed anew: `python -m bench.assess_ours RUN...`, in a study's folder."""

import json
import sys
import time
from pathlib import Path

import pandas as pd

from asymmetry.cli.options import DEFAULT, plan_of
from asymmetry.planning.plan import Plan


def assess(plan: Plan, ids: list[str], output: Path) -> None:
    """Score the runs; the one place that knows how the assessment is called."""
    from asymmetry.assessment.engine import assess_runs

    assess_runs(plan.study, plan, ids, output)


def main() -> None:
    """Print the seconds, and every score by run, image and metric."""
    ids, output = sys.argv[1:], Path("scores.parquet")
    plan = plan_of(DEFAULT)
    for run_id in ids:  # what a former start kept
        for kept in plan.find(run_id).folder.glob("scores-*"):
            kept.unlink()
    began = time.monotonic()
    assess(plan, ids, output)
    seconds = time.monotonic() - began
    table = pd.read_parquet(output)
    scores = {
        f"{run} {image} {metric}": value
        for run, image, metric, value in table[["run", "image", "metric", "value"]].values
    }
    print(json.dumps({"seconds": seconds, "scores": scores}))


if __name__ == "__main__":
    main()

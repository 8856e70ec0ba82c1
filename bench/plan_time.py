"""Seconds of our own part of planning: `python -m bench.plan_time`, in a study's folder."""

import json
import time

from asymmetry.cli.options import DEFAULT, stages_of


def main() -> None:
    """Print the seconds from the study's file to every id, path and stamp."""
    began = time.monotonic()
    stages = stages_of(DEFAULT)
    paths = [*stages.trained, *stages.fitted, *(part.path for part in stages.parts)]
    stamps = [stages.stamp(name) for name in stages.stamps.by_name]
    seconds = time.monotonic() - began
    print(json.dumps({"seconds": seconds, "paths": len(paths) + len(stamps)}))


if __name__ == "__main__":
    main()

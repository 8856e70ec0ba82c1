"""One cell by basicsr's own pipeline: `python -m bench.basicsr_train FOLDER OPTIONS`."""

import json
import re
import sys
from datetime import datetime
from pathlib import Path

from bench import basicsr_parts  # noqa: F401

# isort: split
from basicsr.train import train_pipeline


def main() -> None:
    """Train, and print how long the loop took, by the times in basicsr's own log."""
    folder, options = sys.argv[1:]
    sys.argv = ["train.py", "-opt", options]
    train_pipeline(folder)
    (log,) = Path(folder).glob("experiments/cell/train_*.log")
    print()
    print(json.dumps({"loop_seconds": loop_seconds(log.read_text())}))


def loop_seconds(log: str) -> float:
    """The seconds between basicsr's lines before the first and after the last step."""
    times = []
    for words in ("Start training from epoch", "End of training"):
        found = re.search(rf"^(\S+ \S+),(\d+) INFO: {words}", log, re.MULTILINE)
        if not found:
            raise SystemExit(f"bench: basicsr's log has no line '{words}'")
        seconds = datetime.fromisoformat(found[1]).timestamp()
        times.append(seconds + int(found[2]) / 1000)
    return times[1] - times[0]


if __name__ == "__main__":
    main()

"""`make bench`: measure, write results.json, print the table and put it into docs/benchmarks.md."""

import argparse
import importlib
from pathlib import Path

from bench.machine import facts
from bench.results import RESULTS, merge_part, read_results
from bench.table import PARTS, render, write_page


def main() -> None:
    """Measure the parts that are asked for; those that are not stay as they were."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all")
    parser.add_argument("--runs", type=int, default=5, help="interleaved runs of all sides")
    parser.add_argument("--results", type=Path, default=RESULTS)
    asked = parser.parse_args()
    if unknown := set(asked.parts) - set(PARTS):
        parser.error(f"{', '.join(sorted(unknown))}: no such part; there are {', '.join(PARTS)}")
    for name in asked.parts or measurable():
        print(f"bench: {name}", flush=True)
        measured = importlib.import_module(f"bench.{name}").measure(asked.runs)
        merge_part(asked.results, name, {"machine": facts(), "runs": asked.runs, **measured})
    print(render(read_results(asked.results)))
    if asked.results == RESULTS:
        write_page()


def measurable() -> list[str]:
    """The parts that this machine can measure: without a GPU, all others."""
    return [name for name in PARTS if name != "gpu" or facts()["gpu"]]


if __name__ == "__main__":
    main()

"""Logs as trainings write them, and what TensorBoard's own reader finds of them."""

from collections.abc import Iterable
from pathlib import Path

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

CONFIG: dict[str, str | float] = {
    "kind": "cell",
    "fidelity": "l1",
    "adversarial_weight": 0.01,
    "seed": 0,
}


def write_log(folder: Path, steps: Iterable[int], pixel: str = "0.5") -> None:
    """Replace the `log.csv` of a folder: a row a step, the norm of its gradient being the step."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = ["step,pixel,|pixel|", *(f"{step}.0,{pixel},{step}.0" for step in steps)]
    aside = folder / ".log.csv"
    aside.write_text("\n".join(rows) + "\n")
    aside.replace(folder / "log.csv")


def scalars(run_id: str) -> dict[str, list[tuple[int, float]]]:
    """The steps and values of each scalar of a run, in the order of the files."""
    events = EventAccumulator(f"tracking/tensorboard/{run_id}")
    events.Reload()
    return {
        tag: [(one.step, one.value) for one in events.Scalars(tag)]
        for tag in events.Tags()["scalars"]
    }

"""Weights & Biases: a run of W&B for each run, by an id that is its digest; offline without a key.

An offline run does not know what earlier attempts wrote. So the last step is noted beside it.
"""

import os
from collections.abc import Mapping

import wandb

from asymmetry.core.files import canonical_json, digest, read_object, write_atomically
from asymmetry.monitor.trackers.contract import FOLDER, Config

_FOLDER = FOLDER / "wandb"


class WandbCurve:
    """A curve as the history of a run, and the configuration of its run as `config`."""

    def __init__(self, run_id: str, config: Config) -> None:
        name = digest(run_id)[:16]  # W&B allows no slash
        self._note = _FOLDER / "published" / f"{name}.json"
        self.last = int(read_object(self._note).get("step", 0))
        _FOLDER.mkdir(parents=True, exist_ok=True)
        self._run = wandb.init(
            project=os.environ.get("WANDB_PROJECT", "asymmetry"),
            dir=os.environ.get("WANDB_DIR", str(_FOLDER)),
            id=name,
            name=run_id,
            config=dict(config),
            resume="allow",
            reinit="create_new",  # the runs of a pack are open at a time
            mode=_mode(),
            settings=wandb.Settings(console="off", x_disable_stats=True, silent=True),
        )

    def add(self, step: int, values: Mapping[str, float]) -> None:
        """Add the values to the history."""
        self._run.log(dict(values), step=step, commit=True)

    def flush(self) -> None:
        """Note the last step; W&B writes by itself."""
        write_atomically(self._note, canonical_json({"step": self.last}))

    def close(self) -> None:
        """Wait until all is written, or sent."""
        self._run.finish()


def _mode() -> str | None:
    """What `WANDB_MODE` says; else offline where nobody is logged in, as W&B would ask for a key."""
    if "WANDB_MODE" in os.environ:
        return None
    return None if wandb.api.api_key else "offline"


open_curve = WandbCurve

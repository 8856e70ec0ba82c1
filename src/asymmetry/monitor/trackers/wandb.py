"""Weights & Biases: a run of W&B for each run, by an id that is its digest; offline without a key.

An offline run does not know what earlier attempts wrote. So the last step is noted beside it.
"""

import os
from collections.abc import Mapping

import wandb

from asymmetry.core.files import digest
from asymmetry.monitor.trackers.contract import FOLDER, Config, Note


class WandbCurve:
    """A curve as the history of a run, and the configuration of its run as `config`."""

    def __init__(self, run_id: str, config: Config) -> None:
        self._name, self._config = run_id, dict(config)
        self._note = Note("wandb", run_id)
        self.last = self._note.read()
        self._run: wandb.Run | None = None

    def add(self, step: int, values: Mapping[str, float]) -> None:
        """Add the values to the history; the first ones open the run, or go on with it."""
        if self._run is None:
            self._run = self._opened()
        self._run.log(dict(values), step=step, commit=True)

    def _opened(self) -> wandb.Run:
        folder = FOLDER / "wandb"
        folder.mkdir(parents=True, exist_ok=True)
        return wandb.init(
            project=os.environ.get("WANDB_PROJECT", "asymmetry"),
            dir=os.environ.get("WANDB_DIR", str(folder)),
            id=digest(self._name)[:16],  # W&B allows no slash
            name=self._name,
            config=self._config,
            resume="allow",
            reinit="create_new",  # the runs of a pack are open at a time
            mode=_mode(),
            settings=wandb.Settings(
                console="off", x_disable_stats=True, silent=True, init_timeout=20
            ),
        )

    def flush(self) -> None:
        """Note the last step; W&B writes by itself."""
        self._note.write(self.last)

    def close(self) -> None:
        """Wait until all is written, or sent."""
        if self._run is not None:
            self._run.finish()


def _mode() -> str | None:
    """What `WANDB_MODE` says; else offline where nobody is logged in: W&B would ask for a key."""
    if "WANDB_MODE" in os.environ:
        return None
    return None if wandb.api.api_key else "offline"


open_curve = WandbCurve

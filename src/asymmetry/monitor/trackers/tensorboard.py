"""TensorBoard: event files in a folder of the run's id, a file for each attempt."""

import time
from collections.abc import Mapping
from pathlib import Path

from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.plugins.hparams.summary_v2 import hparams_pb
from tensorboard.summary.writer.event_file_writer import EventFileWriter

from asymmetry.monitor.trackers.contract import FOLDER, Config


class TensorBoardCurve:
    """A curve as scalars, and the configuration of its run for the tab HPARAMS."""

    def __init__(self, run_id: str, config: Config) -> None:
        folder = FOLDER / "tensorboard" / run_id
        self.last = _last_step(folder)
        self._writer = EventFileWriter(str(folder))
        if not self.last:
            self._put(hparams_pb(dict(config), trial_id=run_id), 0)

    def add(self, step: int, values: Mapping[str, float]) -> None:
        """Add the values as scalars."""
        scalars = [Summary.Value(tag=name, simple_value=value) for name, value in values.items()]
        self._put(Summary(value=scalars), step)

    def flush(self) -> None:
        """Write out what is queued."""
        self._writer.flush()

    def close(self) -> None:
        """Close the file."""
        self._writer.close()

    def _put(self, summary: Summary, step: int) -> None:
        self._writer.add_event(Event(wall_time=time.time(), step=step, summary=summary))


def _last_step(folder: Path) -> int:
    """The largest step in the event files of a folder; what a kill cut off does not count."""
    files = (EventFileLoader(str(path)) for path in folder.glob("events.out.tfevents.*"))
    return max((event.step for file in files for event in file.Load()), default=0)


open_curve = TensorBoardCurve

"""Trackio: a run of Trackio for each run, by its id, in the project `asymmetry`.

It lies in a folder, or where `TRACKIO_SPACE_ID` or `TRACKIO_SERVER_URL` says.
"""

import os
from collections.abc import Mapping

from asymmetry.monitor.trackers.contract import FOLDER, Config, Note

os.environ.setdefault("TRACKIO_DIR", str(FOLDER / "trackio"))  # read when it is imported

import trackio


class TrackioCurve:
    """A curve as the metrics of a run, and the configuration of its run as `config`.

    A process has one open run of Trackio, and a pack has several. So each is open while rows are
    sent, and its end means that they are kept.
    """

    def __init__(self, run_id: str, config: Config) -> None:
        self._name, self._config = run_id, dict(config)
        self._note = Note("trackio", run_id)
        self.last = self._note.read()
        self._queue: list[tuple[int, dict[str, float]]] = []

    def add(self, step: int, values: Mapping[str, float]) -> None:
        """Queue the values."""
        self._queue.append((step, dict(values)))

    def flush(self) -> None:
        """Send what is queued."""
        if not self._queue:
            return
        run = trackio.init(
            project="asymmetry",
            name=self._name,
            config=self._config,
            resume="allow",
            embed=False,
            auto_log_gpu=False,
            auto_log_cpu=False,
        )
        for step, values in self._queue:
            run.log(values, step=step)
        trackio.finish()
        self._queue.clear()
        self._note.write(self.last)

    def close(self) -> None:
        """Send what is queued."""
        self.flush()


open_curve = TrackioCurve

"""Trackio: a run of Trackio for each run, by its id, in the project `asymmetry`."""

import os
from collections.abc import Mapping

from asymmetry.monitor.trackers.contract import FOLDER, Config

os.environ.setdefault("TRACKIO_DIR", str(FOLDER / "trackio"))  # read at import

import trackio  # noqa: E402

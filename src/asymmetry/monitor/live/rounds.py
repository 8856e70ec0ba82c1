"""Makes the page again and again, as long as the study grows. Imports no torch."""

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from shutil import rmtree
from threading import Event, Thread
from typing import Any

from asymmetry.monitor.run_state import STATES
from asymmetry.monitor.status import States, read_states
from asymmetry.pipeline.stages import Stages
from asymmetry.tables.beside import values_path
from asymmetry.tables.schemas import DONE
from asymmetry.tables.user_study import HUMAN_TABLE, folder_of

MAKER = "asymmetry.monitor.live.make"  # the module that makes a page
_LOOK_SECONDS = 2.0
_REST = 1.0  # times as long as a page took, the cores are the study's alone
_KEPT = 2  # pages that stay, as a browser may still fetch what belongs to the last but one


class Rounds:
    """The current page of a study: a folder, and what is to be said of it.

    A process of its own makes a page, where something is there that the last one has not. One that
    fails leaves the page before it, and is tried again once something else is there.
    """

    def __init__(self, stages: Stages, folder: Path) -> None:
        """Pages are made in numbered folders below `folder`."""
        self._stages, self._below = stages, folder
        self._study_file = stages.study_file.resolve()
        self._states: States = {}
        self._measured = 0  # parts of tables that are there
        self._version, self._made, self._problem = 0, "", ""
        self._seen: list[tuple[str, int, int]] | None = None
        self._maker: subprocess.Popen[bytes] | None = None
        self._told = folder / "maker.log"
        self._began = self._rested = 0.0
        self._ended = Event()
        self._thread = Thread(target=self._work, name="rounds", daemon=True)

    @property
    def page(self) -> Path | None:
        """The folder of the current page; None before the first one."""
        return self._below / str(self._version) if self._version else None

    def state(self) -> dict[str, Any]:
        """What a browser is told: which page there is, how the study stands, what went wrong."""
        cells = [self._states[run.id].name for run in self._stages.plan.runs if self._states]
        others = Counter(state.name for state in self._states.values() if state.name != DONE)
        return {
            "version": self._version,
            "made": self._made,
            "cells": f"{cells.count(DONE)} of {len(cells)} cells done",
            "parts": f"{self._measured} of {len(self._stages.parts)} measurements",
            "trainings": ", ".join(f"{others[name]} {name}" for name in STATES if others[name]),
            "making": self._maker is not None,
            "problem": self._problem,
        }

    def start(self) -> None:
        """Begin, in a thread."""
        self.turn()
        self._thread.start()

    def stop(self) -> None:
        """End the thread, and the process of a page that is not finished."""
        self._ended.set()
        self._thread.join()
        if self._maker is not None:
            self._maker.kill()
            self._maker.wait()

    def turn(self) -> None:
        """Look at the study once, and begin or take over a page."""
        self._states = read_states(self._stages.plan.trainings, self._states)
        self._measured = sum(part.path.is_file() for part in self._stages.parts)
        if self._maker is not None:
            if (code := self._maker.poll()) is not None:
                self._take(code)
        elif time.monotonic() >= self._rested and (there := list(self._there())) != self._seen:
            self._seen = there
            self._begin()

    def _work(self) -> None:
        while not self._ended.wait(_LOOK_SECONDS):
            self.turn()

    def _there(self) -> Iterator[tuple[str, int, int]]:
        """What a page would be made of: the runs that ended, the files of parts and of people."""
        stages = self._stages
        parts = [part.path for part in stages.parts]
        values = [values_path(part.path) for part in stages.skill.parts]
        people = folder_of(stages.study) / HUMAN_TABLE
        return _dated([*stages.trained, *parts, *values, people, stages.results / "photos.csv"])

    def _begin(self) -> None:
        folder = self._below / str(self._version + 1)
        rmtree(folder, ignore_errors=True)
        self._began = time.monotonic()
        with self._told.open("wb") as told:
            self._maker = subprocess.Popen(
                [sys.executable, "-m", MAKER, str(self._study_file), str(folder)],
                stdout=told,
                stderr=told,
                start_new_session=True,  # Ctrl-C is for the server, which then ends it
            )

    def _take(self, code: int) -> None:
        """The page of a maker that ended."""
        now = time.monotonic()
        self._maker, self._rested = None, now + _REST * (now - self._began)
        self._problem = self._last_line() if code else ""
        if not code:
            self._made = time.strftime("%H:%M:%S")
            self._version += 1
            rmtree(self._below / str(self._version - _KEPT), ignore_errors=True)

    def _last_line(self) -> str:
        lines = self._told.read_text("utf-8", errors="replace").strip().splitlines()
        return lines[-1][:300] if lines else "its process was killed"


def _dated(paths: Iterable[Path]) -> Iterator[tuple[str, int, int]]:
    for path in paths:
        with suppress(OSError):
            status = path.stat()
            yield str(path), status.st_mtime_ns, status.st_size

"""What a test asks of the trainings of its project's jobs; `paced.py` obeys in the jobs."""

import stat
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.slurm import paced


@dataclass
class Pace:
    """Files in a project's folder `pace`."""

    project: Path

    def __post_init__(self) -> None:
        for name in ("hold", "held", "lie", "lied"):
            (self.project / paced.PACE / name).mkdir(parents=True)
        command = self.folder / "asymmetry"
        command.write_text(f"#!{sys.executable}\n" + Path(paced.__file__).read_text())
        command.chmod(command.stat().st_mode | stat.S_IEXEC)

    @property
    def folder(self) -> Path:
        """Where the paced command lies, to be first in the PATH of the jobs."""
        return self.project / paced.PACE

    def hold(self, runs: Iterable[str], step: int) -> None:
        """These runs wait, each when it comes to this step."""
        for run in runs:
            self._file("hold", run).write_text(str(step))

    def held(self, run: str) -> int | None:
        """The process that waits, or has waited, for this run to go on."""
        told = self._file("held", run)
        return int(told.read_text() or 0) or None if told.is_file() else None

    def go_on(self, *runs: str) -> None:
        for run in runs:
            self._file("hold", run).unlink(missing_ok=True)

    def stop_after(self, steps: int) -> None:
        """In every job its time is over after so many steps."""
        (self.folder / "stop-after").write_text(str(steps))

    def lie(self, run: str) -> None:
        """The next job of this run ends well and leaves nothing."""
        self._file("lie", run).touch()

    def lied(self, run: str) -> bool:
        return self._file("lied", run).exists()

    def lied_at(self, run: str) -> float:
        return self._file("lied", run).stat().st_ctime

    def _file(self, what: str, run: str) -> Path:
        return self.project / paced.file_of(what, run)

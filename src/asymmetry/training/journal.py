"""Where the lines of a training go: one alone uses standard error, one in company a file."""

import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from asymmetry.core.errors import UserError
from asymmetry.training.heartbeat import failure_noted

CHANGES_NUMBERS = False
LOG = "train.log"


@dataclass
class Journal:
    """The lines of one training; the path that starts it alone sends standard error to `LOG`."""

    folder: Path
    own: bool = False
    stream: TextIO = field(default_factory=lambda: sys.stderr)

    @contextmanager
    def failure_noted(self) -> Iterator[None]:
        """Note what ends the training in `progress.json` and its own file, and raise it on."""
        try:
            with failure_noted(self.folder):
                yield
        except Exception as error:
            if self.own:
                with suppress(OSError):
                    self._write(error)
            raise

    def _write(self, error: Exception) -> None:
        if isinstance(error, UserError):
            print(f"error: {error}", file=self.stream, flush=True)
        else:
            traceback.print_exception(error, file=self.stream)
            self.stream.flush()


@contextmanager
def in_company(folder: Path) -> Iterator[Journal]:
    """The journal of one of several trainings, at the end of the file `LOG` in its folder."""
    with (folder / LOG).open("a", encoding="utf-8") as stream:
        yield Journal(folder, True, stream)

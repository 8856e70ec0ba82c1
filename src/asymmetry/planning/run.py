"""A run: one training of a study, with the id that says what it holds. Imports no torch."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asymmetry.core.files import digest, sha256_of
from asymmetry.study.grid import Cell
from asymmetry.study.training import snapshot_steps

RUNS = Path("runs")
WARM_START = "warm-start"
DISCRIMINATOR_WARM_START = "discriminator-warm-start"
SNAPSHOT = "@"  # between the id of a run and the step of its snapshot


@dataclass(frozen=True)
class Run:
    """A training: a cell, or a warm start that cells share, of a generator or a discriminator.

    `settings` is all that can change its bytes; the digits of `id` are its digest. `roots` are
    what its code begins from. `warm_start` and `discriminator_warm_start` are the ids of the runs
    that it begins from. `fitted` is the file of channel weights of a calibrated loss.
    """

    id: str
    cell: Cell
    settings: dict[str, Any]
    roots: tuple[str, ...]
    warm_start: str | None = None
    fitted: Path | None = None
    discriminator_warm_start: str | None = None

    @property
    def kind(self) -> str:
        """What is trained: "cell", `WARM_START` or `DISCRIMINATOR_WARM_START`."""
        if self.cell.discriminator == WARM_START:
            return WARM_START
        return DISCRIMINATOR_WARM_START if self.cell.fidelity == WARM_START else "cell"

    @property
    def folder(self) -> Path:
        """Where the run's files lie."""
        return RUNS / self.id

    @property
    def record(self) -> Path:
        """The file that is written last, and stands for the whole run."""
        return self.folder / "run.json"

    @property
    def begins_from(self) -> list[str]:
        """The ids of the warm starts that it begins from."""
        return list(filter(None, [self.warm_start, self.discriminator_warm_start]))

    @property
    def reads(self) -> list[Path]:
        """What the run waits for: the records of warm starts, and fitted channel weights."""
        records = [RUNS / start / "run.json" for start in self.begins_from]
        return records + ([self.fitted] if self.fitted else [])

    @property
    def snapshots(self) -> dict[int, str]:
        """The names of the averaged generators that are kept on the way, by their step."""
        training = self.settings["training"]
        steps = snapshot_steps(training.get("snapshots", ()), training["steps"])
        return {step: f"generator-{step}" for step in steps}

    @property
    def snapshot_ids(self) -> list[str]:
        """What the run's snapshots are called among those that are assessed."""
        return [f"{self.id}{SNAPSHOT}{step}" for step in self.snapshots]

    def kept(self, step: int) -> dict[str, str]:
        """The sha256 (hex) of the files of snapshots up to a step, of those that are there."""
        names = (name for at, name in self.snapshots.items() if at <= step)
        paths = [self.folder / f"{name}.safetensors" for name in names]
        return {path.name: sha256_of(path) for path in paths if path.is_file()}

    def models(self, ended_at: int | None = None) -> list[str]:
        """The files of models that the ended run has; `ended_at` is the step where it ended badly.

        One that diverged or collapsed has none but the snapshots from before.
        """
        if self.kind == DISCRIMINATOR_WARM_START:
            return ["discriminator.safetensors"] if ended_at is None else []
        names = []
        if ended_at is None:
            names += ["generator"] + (["discriminator"] if self.cell.adversarial_weight else [])
        names += [
            name for step, name in self.snapshots.items() if ended_at is None or step < ended_at
        ]
        return [f"{name}.safetensors" for name in names]


def run_id(path: str, settings: dict[str, Any]) -> str:
    """The id of a run: its path in the grid and eight digits of its settings' digest."""
    return f"{path}-{digest(settings)[:8]}"


def id_at(name: str) -> str:
    """The id of the run whose `run.json` has this path; what is no such path is an id itself."""
    return name.removeprefix(f"{RUNS}/").removesuffix("/run.json")

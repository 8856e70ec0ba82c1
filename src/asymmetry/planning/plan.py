"""The plan of a study: its runs, each with the id that says what it holds. Imports no torch."""

from functools import cached_property
from pathlib import Path
from typing import Any

from asymmetry.core.errors import UserError
from asymmetry.core.files import digest
from asymmetry.core.names import near_miss
from asymmetry.data.photos import Photo, PhotoManifest, read_photos
from asymmetry.generators.catalog import GENERATOR_FILES
from asymmetry.generators.registry import BUILDER as FILE_BUILDER
from asymmetry.metrics.borrowed import Borrowed
from asymmetry.metrics.contracts import METRICS
from asymmetry.planning.calibrations import PlannedFit, planned_fits
from asymmetry.planning.outside import OutsideMethod, planned_outside
from asymmetry.planning.run import WARM_START, Run, run_id
from asymmetry.planning.run_settings import RunSettings
from asymmetry.study import Study
from asymmetry.study.grid import Cell, cells
from asymmetry.weights.lock import Lock
from asymmetry.weights.store import has_weights


class Plan:
    """A study with its data and the lock of its weights, expanded into runs."""

    def __init__(self, study: Study, lock: Lock | None = None) -> None:
        self.study, self.lock = study, lock or Lock()
        self._alike: dict[tuple[str, ...], tuple[tuple[str, ...], dict[str, Any]]] = {}

    @cached_property
    def photos(self) -> PhotoManifest:
        """The photos, split into those for training and those held out."""
        return read_photos(self.study.photos)

    @cached_property
    def runs(self) -> list[Run]:
        """A run for each cell of the grid, in the order of the grid."""
        return [self._cell_run(cell) for cell in self.cells]

    @cached_property
    def warm_starts(self) -> list[Run]:
        """The warm starts that the cells begin from."""
        return list({run.id: run for run in self._warm.values()}.values()) if self.runs else []

    @cached_property
    def discriminator_warm_starts(self) -> list[Run]:
        """The warm starts of discriminators; none without that section of the study."""
        return list(self._warm_discriminators.values())

    @cached_property
    def trainings(self) -> list[Run]:
        """All that is trained, each run after those that it begins from."""
        return [*self.warm_starts, *self.discriminator_warm_starts, *self.runs]

    @cached_property
    def cells(self) -> list[Cell]:
        """The cells of the grid; these, unlike runs, are known before the photos are there."""
        return cells(self.study)

    @cached_property
    def losses(self) -> list[str]:
        """The fidelity losses of the grid, each once."""
        return list(dict.fromkeys(cell.fidelity for cell in self.cells))

    @cached_property
    def measured(self) -> list[str]:
        """The metrics and the losses of the study."""
        return [*self.study.evaluation.all_metrics, *self.losses]

    @cached_property
    def tasks(self) -> list[str]:
        """The tasks of the grid, then others of what was made elsewhere, each once."""
        outside = sorted(method.task for method in self.study.outside.values())
        return list(dict.fromkeys([*(cell.task for cell in self.cells), *outside]))

    @cached_property
    def baselines(self) -> list[str]:
        """Bicubic interpolation, for each task."""
        return [f"{task}/bicubic" for task in self.tasks]

    @cached_property
    def outside(self) -> dict[str, OutsideMethod]:
        """What was made elsewhere, by the id that it has among the runs."""
        return planned_outside(self.study, self.photos)

    @cached_property
    def computed_metrics(self) -> list[str]:
        """The metrics of the study without those optional ones whose weights are not there."""
        evaluation = self.study.evaluation
        return [
            name
            for name in evaluation.all_metrics
            if name in evaluation.metrics or self.has_weights(name)
        ]

    def has_weights(self, metric: str) -> bool:
        """Whether the weights of a metric that needs some are there; jobs verify them."""
        contract, folder = METRICS[metric], Path(self.study.execution.weights)
        if isinstance(contract, Borrowed):
            return self.lock.has(contract.part, folder)
        return has_weights(str(contract.weights), folder)

    def locked(self, metric: str) -> dict[str, str]:
        """The sha256 of each file that the lock has for a borrowed metric, by its path."""
        contract = METRICS.get(metric)
        return self.lock.digests(contract.part) if isinstance(contract, Borrowed) else {}

    @cached_property
    def fits(self) -> dict[str, PlannedFit]:
        """The fit that each calibrated loss or metric of the study waits for, by its name."""
        return planned_fits(self.study, self.photos, {*self.losses, *self.computed_metrics})

    def fitted(self, name: str) -> Path | None:
        """The file of the channel weights of the loss or metric `name`; None where it has none."""
        return self.fits[name].path if name in self.fits else None

    def convention(self, metric: str) -> str:
        """The convention of a metric; with other locked weights or after a fit it is another."""
        words = METRICS[metric].convention
        if files := self.locked(metric):
            words = f"{words}, weights {digest(files)[:8]}"
        return f"{words}, fit {self.fits[metric].digits}" if metric in self.fits else words

    def fit_at(self, path: Path) -> PlannedFit:
        """The fit whose file lies at a path; UserError where the study has none there."""
        for fit in self.fits.values():
            if fit.path == path:
                return fit
        raise UserError(
            f"{path}: no calibration of this study lies there (its settings, scores or code have "
            "changed?); see `snakemake -n train` for those it has"
        )

    @cached_property
    def generator_roots(self) -> list[str]:
        """The roots of the code that builds generators from files, where the grid has any."""
        return [FILE_BUILDER] if any(c.generator in GENERATOR_FILES for c in self.cells) else []

    @cached_property
    def _warm(self) -> dict[tuple[str, str, int], Run]:
        keys = [
            (cell.task, cell.generator, cell.seed)
            for cell in self.cells
            if begins_warm(cell.generator)
        ]
        return {key: self._warm_run(*key) for key in dict.fromkeys(keys)}

    @cached_property
    def _warm_discriminators(self) -> dict[tuple[str, str, str, int], Run]:
        if self.study.discriminator_warm_start is None:
            return {}
        games = [cell for cell in self.cells if cell.adversarial_weight > 0]
        keys = [(cell.task, cell.generator, cell.discriminator, cell.seed) for cell in games]
        return {key: self._warm_discriminator_run(*key) for key in dict.fromkeys(keys)}

    @cached_property
    def _settings(self) -> RunSettings:
        return RunSettings(self.study, self.photos)

    @cached_property
    def by_id(self) -> dict[str, Run]:
        """All runs, warm starts too, by their id."""
        return {run.id: run for run in self.trainings}

    @cached_property
    def controls(self) -> dict[str, Run]:
        """Of the id of a cell with an adversary: the same cell without one, where there is one."""
        alone = {_but_adversary(run): run for run in self.runs if not run.cell.adversarial_weight}
        games = [run for run in self.runs if run.cell.adversarial_weight]
        return {run.id: alone[key] for run in games if (key := _but_adversary(run)) in alone}

    @property
    def photos_for_optimisability(self) -> list[Photo]:
        """The held-out photos that losses are measured on as objectives, the first by name."""
        return self.photos.split("evaluation")[: self.study.optimisability.images]

    def priority(self, run_id: str) -> int:
        """The order of the grid, the first run highest: a seed is done before the next begins."""
        return len(self.by_id) - self._position[self.find(run_id).id]

    @cached_property
    def _position(self) -> dict[str, int]:
        runs = sorted(self.by_id.values(), key=lambda run: run.cell.seed)
        return {run.id: index for index, run in enumerate(runs)}

    def find(self, run_id: str) -> Run:
        """The run of this id; UserError with the nearest one where there is none."""
        if run_id not in self.by_id:
            raise UserError(
                f"{run_id}: no run of this study has this id {near_miss(run_id, self.by_id)}"
                "(the settings, data or code have changed?); see `asymmetry plan`"
            )
        return self.by_id[run_id]

    def _warm_run(self, task: str, generator: str, seed: int) -> Run:
        cell = Cell(task, generator, self.study.training.pixel, WARM_START, 0.0, seed)
        roots = self._settings.roots(cell, [cell.fidelity])
        settings = self._settings.of(cell, "warm_start", [cell.fidelity], roots)
        name = f"{task}/{generator}/{WARM_START}/seed{seed}"
        return Run(run_id(name, settings), cell, settings, roots)

    def _warm_discriminator_run(self, task: str, generator: str, name: str, seed: int) -> Run:
        # No loss beside the adversarial one, and no weight: it serves cells of all of them.
        cell = Cell(task, generator, WARM_START, name, 0.0, seed)
        started, roots = self._warm.get((task, generator, seed)), self._settings.roots(cell, [])
        warm = started.id if started else None
        settings = self._settings.of(cell, "discriminator_warm_start", [], roots)
        settings |= {"warm_start": warm, "adversarial_loss": self.study.training.adversarial_loss}
        path = f"{task}/{generator}/{WARM_START}/{name}/seed{seed}"
        return Run(run_id(path, settings), cell, settings, roots, warm)

    def _cell_run(self, cell: Cell) -> Run:
        started = self._warm.get((cell.task, cell.generator, cell.seed))
        warm = started.id if started else None
        roots, alike = self._of_alike(cell)
        settings = alike | {"cell": dict(vars(cell)), "warm_start": warm}
        key = (cell.task, cell.generator, cell.discriminator, cell.seed)
        adversary = self._warm_discriminators.get(key)
        if adversary:
            settings["discriminator_warm_start"] = adversary.id
        if fit := self.fits.get(cell.fidelity):
            settings["calibration"] = fit.settings
        fitted = self.fitted(cell.fidelity)
        begins = adversary.id if adversary else None
        return Run(run_id(cell.name, settings), cell, settings, roots, warm, fitted, begins)

    def _of_alike(self, cell: Cell) -> tuple[tuple[str, ...], dict[str, Any]]:
        """The roots and settings of a cell, made once for those that differ in weight or seed."""
        key = (cell.task, cell.generator, cell.fidelity, cell.discriminator)
        if key not in self._alike:
            losses = [cell.fidelity, self.study.training.pixel]
            roots = self._settings.roots(cell, losses)
            self._alike[key] = roots, self._settings.of(cell, "training", losses, roots)
        return self._alike[key]


def _but_adversary(run: Run) -> tuple[str, str, str, int]:
    cell = run.cell
    return cell.task, cell.generator, cell.fidelity, cell.seed


def begins_warm(generator: str) -> bool:
    """Whether cells with this generator begin from a warm start, and not from its file."""
    declared = GENERATOR_FILES.get(generator)
    return declared is None or declared.warm_start

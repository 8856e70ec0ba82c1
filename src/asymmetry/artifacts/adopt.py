"""`asymmetry adopt`: verifies and takes over what a pull, a copy or a checkout brought."""

import shutil
from dataclasses import dataclass, field
from pathlib import Path

from asymmetry.artifacts.fits import adopt_fits
from asymmetry.artifacts.quarantine import quarantine
from asymmetry.artifacts.rekey import rekey
from asymmetry.artifacts.results import MANIFEST, adopt_results
from asymmetry.artifacts.verify import fault
from asymmetry.core.errors import UserError
from asymmetry.core.records import read_record
from asymmetry.pipeline.stages import Stages
from asymmetry.planning.run import RUNS, Run

_ARRIVING = RUNS / ".arriving"


@dataclass
class Adoption:
    """Lines for the user, a line for each refusal, and how many runs are there as results alone."""

    lines: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    without_models: int = 0


def adopt(
    stages: Stages, source: Path | None, replay: int | None, results: bool = True
) -> Adoption:
    """Verify the study's runs and results against `run.json` and the manifest; refuse the rest.

    `source` is another `runs` folder; finished runs that are missing here are first copied from it.
    `replay` is the number of steps to be replayed before a run of other code is accepted. Without
    `results`, only runs are verified. What is refused goes into the quarantine, so that it alone is
    made again. Raises UserError where `source` is no folder.
    """
    found = Adoption()
    runs = stages.plan.trainings
    if source:
        _bring(runs, source, found)
    # This comes before any replay, which may need them.
    copied, damaged = adopt_fits(stages.fitted, source)
    found.lines += copied
    found.refused += damaged
    served = _served(stages)
    # Backwards: a run that is refused will need the models of those that it begins from.
    backwards = [run for run in reversed(runs) if run.record.is_file()]
    accepted = [run for run in backwards if _accept(run, served, found)]
    if replay:
        rekeyed, refused = rekey(stages.plan, replay)
        accepted += rekeyed
        found.refused += refused
        found.lines += [f"{run.id}: taken over after a replay" for run in rekeyed]
    found.lines.append(f"runs: {len(accepted)} of {len(runs)} verified, {_rest(runs)} to train")
    if found.without_models:
        found.lines.append(f"{found.without_models} of them have no models; nothing needs any")
    if results:
        _results(stages, found)
    return found


def _served(stages: Stages) -> dict[Path, list[Path]]:
    """What is made of each run's models, by its record: parts of tables, and other runs."""
    served: dict[Path, list[Path]] = {path: [] for path in stages.trained}
    made = [(part.path, stages.reads(part.path)) for part in stages.parts]
    made += [(run.record, run.reads) for run in stages.plan.trainings]
    for path, read in made:
        for record in served.keys() & set(read):
            served[record].append(path)
    return served


def _accept(run: Run, served: dict[Path, list[Path]], found: Adoption) -> bool:
    """Whether a run is what its record says; without models it is, where nothing waits for them."""
    there = any(run.folder.glob("*.safetensors"))
    spent = not there and all(path.is_file() for path in served[run.record])
    if (reason := fault(run, run.folder, with_models=not spent)) is None:
        found.without_models += not there and bool(read_record(run.record)["outputs"])
        return True
    quarantine(run.folder, RUNS)
    found.refused.append(reason)
    return False


def _bring(runs: list[Run], source: Path, found: Adoption) -> None:
    """Copy finished runs that are missing here; each is verified before and after the copy."""
    if not source.is_dir():
        raise UserError(f"{source}: there is no such folder of runs; give another checkout's runs")
    missing = [run for run in runs if not run.record.is_file()]
    for run in missing:
        there = source / run.id
        if not (there / "run.json").is_file():
            continue
        if (reason := fault(run, there) or _copy(run, there)) is not None:
            found.refused.append(reason)
        else:
            found.lines.append(f"{run.id}: copied from {source}")


def _copy(run: Run, there: Path) -> str | None:
    """Copy a run's files, which replace the folder here; why that is refused, or None."""
    arriving = _ARRIVING / run.id
    shutil.rmtree(arriving, ignore_errors=True)
    arriving.mkdir(parents=True)
    for path in there.iterdir():
        # Links into a cache are followed. Checkpoints and locks belong to the other machine.
        if path.is_file() and path.suffix in {".json", ".csv", ".safetensors", ".parquet"}:
            shutil.copyfile(path, arriving / path.name)
    reason = fault(run, arriving)
    if reason is None:
        if run.folder.exists():
            quarantine(run.folder, RUNS)  # begun here
        run.folder.parent.mkdir(parents=True, exist_ok=True)
        arriving.rename(run.folder)
    shutil.rmtree(_ARRIVING)
    return reason


def _rest(runs: list[Run]) -> int:
    return sum(not run.record.is_file() for run in runs)


def _results(stages: Stages, found: Adoption) -> None:
    verdict = adopt_results(stages)
    found.refused += verdict.refused
    if not (stages.results / MANIFEST).is_file():
        found.lines.append(
            f"{stages.results}: has no {MANIFEST}, so no table can be verified; all are made again"
        )
        return
    again = ", ".join(verdict.again) or "nothing"
    found.lines.append(
        f"{stages.results}: {verdict.verified} files verified; to make again: {again}"
    )

"""`asymmetry release`: the models of a finished run, with a model card, as a folder under DVC."""

import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, PackageLoader, StrictUndefined

from asymmetry.artifacts.find import find_runs
from asymmetry.artifacts.verify import fault, sound_record
from asymmetry.core.errors import UserError
from asymmetry.core.files import sha256_of, write_atomically
from asymmetry.generators.catalog import GENERATOR_FILES
from asymmetry.pipeline.stages import Stages
from asymmetry.planning.run import Run
from asymmetry.tables.schemas import ENDED_BADLY, OK
from asymmetry.weights.store import WEIGHTS


def release(stages: Stages, text: str, output: Path) -> Path:
    """Copy a run's models, its `run.json` and a model card to a new folder in `output`: its path.

    Raises UserError where `text` does not name exactly one run; where that run is not finished,
    diverged, collapsed or is damaged; and where the folder already holds other models.
    """
    run = _one(stages, text)
    record = _finished(run)
    folder = output / run.id.replace("/", "--")
    temporary = output / f".{folder.name}"
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    for name in [*record["outputs"], "run.json"]:
        shutil.copyfile(run.folder / name, temporary / name)
    sound_record(temporary)
    write_atomically(temporary / "README.md", card(stages, run, record, folder).encode())
    _put(temporary, folder)
    return folder


def track(folder: Path) -> str:
    """Track a folder with DVC, where DVC is set up; a line that says what was done, or how to."""
    command = ["dvc", "add", str(folder)]
    if not Path(".dvc").is_dir() or shutil.which("dvc") is None:
        return f"to track it: {' '.join(command)}"
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise UserError(f"{folder}: {' '.join(command)} failed: {reason}; the folder is complete")
    return f"tracked by {folder}.dvc; commit that file, and `dvc push`"


def card(stages: Stages, run: Run, record: dict[str, Any], folder: Path) -> str:
    """The model card, Markdown, of models that lie in `folder`."""
    environment = Environment(
        loader=PackageLoader("asymmetry.artifacts", "."), undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    settings = record["settings"]
    photos = stages.plan.photos.split("train")
    spec = settings["discriminator"]
    own = stages.study.backbones.get(spec["backbone"]) if spec else None
    begun = GENERATOR_FILES.get(run.cell.generator)
    shown = {name: settings[name] for name in ("training", "numerics", "discriminator")}
    return environment.get_template("card.md").render(
        run=run.id,
        folder=folder,
        record=record,
        cell=run.cell,
        task=settings["task"],
        discriminator=spec,
        empty=_empty(spec),
        timm=own.timm if own else None,
        calibration=stages.study.calibration if run.fitted else None,
        warm_start=run.warm_start,
        discriminator_warm_start=run.discriminator_warm_start,
        file=begun.file if begun else None,
        photos=photos,
        licences=Counter(photo.licence for photo in photos).most_common(),
        weights=[(name, WEIGHTS[name]) for name in settings["weights"]],
        settings=yaml.safe_dump(shown, sort_keys=False),
        metrics=_metrics(stages.results / "scores.parquet", run.id),
    )


def _empty(discriminator: dict[str, Any] | None) -> dict[str, Any] | None:
    """The declaration of a discriminator that waits for its tensors: it needs no weights file.

    A frozen trunk has to be declared as it was.
    """
    if discriminator is None or discriminator["frozen"]:
        return discriminator
    return discriminator | {"initialisation": "scratch"}


def _one(stages: Stages, text: str) -> Run:
    runs = find_runs(stages.plan, text)
    if len(runs) > 1:
        raise UserError(
            f"{text}: {len(runs)} runs begin like this, {runs[0].id} among them; name one of them"
        )
    return runs[0]


def _finished(run: Run) -> dict[str, Any]:
    if not run.record.is_file():
        raise UserError(f"{run.id}: is not finished; `snakemake train` finishes it")
    if reason := fault(run, run.folder):
        raise UserError(
            f"{reason}; `asymmetry adopt` moves it to the quarantine, so that it is made again"
        )
    record = sound_record(run.folder)
    if record["status"] in ENDED_BADLY:
        raise UserError(f"{run.id}: {record['status']}, so it has no models to release")
    return record


def _metrics(scores: Path, run_id: str) -> list[dict[str, Any]]:
    """The mean of each metric over each evaluation set; none where the run is not assessed."""
    if not scores.is_file():
        return []
    import pandas as pd

    table = pd.read_parquet(scores)
    scores_of_run = table[(table["run"] == run_id) & (table["status"] == OK)]
    means = scores_of_run.groupby(["set", "metric", "convention"], sort=False)["value"]
    rows = means.agg(["mean", "count"]).reset_index().to_dict("records")
    return [{str(column): value for column, value in row.items()} for row in rows]


def _put(temporary: Path, folder: Path) -> None:
    """Rename the temporary folder to `folder`; UserError where that holds other models."""
    if not folder.exists():
        temporary.rename(folder)
        return
    for path in temporary.glob("*.safetensors"):
        former = folder / path.name
        if not former.is_file() or sha256_of(former) != sha256_of(path):
            shutil.rmtree(temporary)
            raise UserError(f"{former}: is not this run's model; move the folder {folder} away")
    for path in temporary.iterdir():
        path.replace(folder / path.name)
    temporary.rmdir()

"""A small study and made-up tables of known truth: for tests of analysis, figures, report."""

from collections.abc import Sequence
from contextlib import chdir
from functools import cache
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

from asymmetry.analysis.analyse import analyse
from asymmetry.analysis.effect import Effects, all_judged, effects_of
from asymmetry.metrics.contracts import METRICS
from asymmetry.study import (
    CropStrip,
    Discriminator,
    Evaluation,
    Execution,
    Grid,
    Optimisation,
    SeveritySet,
    Study,
    Task,
    Training,
    Transfer,
)
from asymmetry.tables.power import write_power
from asymmetry.tables.read import Tables, load_tables
from asymmetry.tables.schemas import COLUMNS, write_table

TASK, GENERATOR, SET = "bicubic-x4", "compact-tiny", "held-out"
FIDELITY = ("l1", "ms_ssim", "lpips-alex")
DISCRIMINATORS = {"vgg-patch": "vgg16", "resnet-vanilla": "resnet50", "vit-patch": "vit-small"}
WEIGHTS = (0.001, 0.01)
SNAPSHOTS = (10, 50)  # of 100 steps
METRIC_NAMES = ("psnr_y", "ssim_y", "fsim", "vsi", "gmsd", "lpips-alex", "niqe")
AXES = {"distortion": ["vsi", "gmsd"], "perception": ["lpips-alex", "niqe"]}
JUDGES = [judge for judges in AXES.values() for judge in judges]
WARM = f"{TASK}/{GENERATOR}/warm-start/seed0-0a0a0a0a"
# A game that was played, one that the discriminator won at once, and one at chance.
_AUC: dict[str, dict[str, float]] = {
    "vgg-patch": {"auc_start": 0.66, "auc_middle": 0.78, "auc_end": 0.71},
    "resnet-vanilla": {"auc_start": 0.997, "auc_middle": 1.0, "auc_end": 0.999},
    "vit-patch": {"auc_start": 0.5, "auc_middle": 0.52, "auc_end": 0.47},
}
_LEVEL = {"psnr_y": (25, 0.6), "gmsd": (0.09, 0.01), "niqe": (6.5, 0.7)}  # others: (0.8, 0.04)


def make_study(
    results: Path,
    fidelity: Sequence[str] = FIDELITY,
    seeds: Sequence[int] = (0,),
    bootstrap: int = 200,
) -> Study:
    """A study over the synthetic grid, whose tables lie in `results`."""
    return Study(
        results=str(results),
        tasks={TASK: Task(degradation="bicubic")},
        discriminators={
            name: Discriminator.model_validate({"backbone": backbone, "head": name.split("-")[1]})
            for name, backbone in DISCRIMINATORS.items()
        },
        grid=Grid(
            tasks=[TASK],
            generators=[GENERATOR],
            fidelity=list(fidelity),
            discriminators=list(DISCRIMINATORS),
            adversarial_weights=[0, *WEIGHTS],
            seeds=list(seeds),
        ),
        warm_start=Optimisation(steps=100),
        training=Training(steps=100, snapshots=[step / 100 for step in SNAPSHOTS]),
        evaluation=Evaluation(
            sets={SET: "photos"},
            metrics=[name for name in METRIC_NAMES if name not in ("lpips-alex", "niqe")],
            metrics_with_weights=["lpips-alex", "niqe"],
            **AXES,
            crops=[CropStrip(set=SET, image="astronaut", left=170, top=60, size=48)],
        ),
        iqa_sets={"severities": SeveritySet(kind="severity")},
        transfer=Transfer(sets=["severities"]),
        execution=Execution(bootstrap=bootstrap),
    )


def make_runs(fidelity: Sequence[str] = FIDELITY, seeds: Sequence[int] = (0,)) -> pd.DataFrame:
    """The table `runs`: bicubic, the warm start, and the grid with one diverged and one missing."""
    rows = [_run(f"{TASK}/bicubic", "bicubic"), _run(WARM, "warm-start")]
    settings = [("none", 0.0), *product(DISCRIMINATORS, WEIGHTS)]
    for seed, loss, (discriminator, weight) in product(seeds, fidelity, settings):
        name = f"{TASK}/{GENERATOR}/{loss}/{discriminator}/{weight:g}/seed{seed}-0123abcd"
        status = "done"
        if (loss, discriminator, weight) == (fidelity[0], "vit-patch", 0.01):
            status = "diverged"
        if (loss, discriminator, weight) == (fidelity[1], "resnet-vanilla", 0.01):
            status = "missing"
        row = _run(name, "cell", loss, discriminator, weight, seed, status)
        rows.append(row | {"backbone": DISCRIMINATORS.get(discriminator)})
    return pd.DataFrame(rows).reindex(columns=COLUMNS["runs"])


def make_scores(
    runs: pd.DataFrame,
    quality: dict[str, float] | None = None,
    with_adversary: dict[str, float] | None = None,
    metrics: Sequence[str] = METRIC_NAMES,
    images: int = 4,
    noise: float = 0.2,
    key: int = 0,
) -> pd.DataFrame:
    """The table `scores`; `quality` of a loss [standard deviations] shifts its cells' metrics.

    `with_adversary` is the quality of its cells of adversarial weight > 0.
    """
    rng = np.random.default_rng(key)
    quality = quality or {loss: place for place, loss in enumerate(FIDELITY)}
    names = ["astronaut", "chelsea", "coffee", *(f"photo{index:03}" for index in range(images))]
    rows = []
    for run in runs[runs["status"] == "done"].itertuples():
        good = quality.get(str(run.fidelity), -1.0) + 0.3 * (run.adversarial_weight > 0)
        if with_adversary and run.adversarial_weight > 0:
            good = with_adversary[str(run.fidelity)]
        for metric, (place, image) in product(metrics, enumerate(names[:images])):
            level, spread = _LEVEL.get(metric, (0.8, 0.04))
            sign = 1 if METRICS[metric].higher_is_better else -1
            better = -0.4 * good if metric == "psnr_y" else good
            value = level + spread * (sign * better + noise * rng.standard_normal() + place)
            rows.append(
                (run.run, TASK, SET, image, metric, METRICS[metric].convention, value, "ok")
            )
    return pd.DataFrame(rows, columns=COLUMNS["scores"])


def make_trajectories(runs: pd.DataFrame, steps: Sequence[int] = SNAPSHOTS) -> pd.DataFrame:
    """The table `trajectories` of the cells: on the way to the scores of `make_scores`.

    Distortion is better before the end, perception gets better all the way. Of what diverged, only
    the first snapshot is there.
    """
    cells = runs[runs["kind"] == "cell"]
    reached = cells.assign(status=cells["status"].replace("diverged", "done"))
    ends = make_scores(reached)
    worse = ends["metric"].map(lambda name: -1 if METRICS[name].higher_is_better else 1)
    sign = worse * np.where(ends["metric"].isin(["lpips-alex", "niqe"]), 1, -0.5)
    spread = ends["metric"].map(lambda name: _LEVEL.get(name, (0.8, 0.04))[1])
    late = ends["run"].isin(cells.loc[cells["status"] == "diverged", "run"])
    rows = []
    for step in steps:
        way = ends.assign(step=step, value=ends["value"] + sign * spread * (1 - step / 100))
        if step > steps[0]:
            way.loc[late, ["value", "status"]] = [np.nan, "diverged"]
        rows.append(way)
    return pd.concat(rows, ignore_index=True)[COLUMNS["trajectories"]]


def make_skill(values: dict[str, float] | None = None) -> pd.DataFrame:
    """The table `skill`: the SRCC of each loss on one set of severity ranks."""
    values = values or {"l1": 0.82, "ms_ssim": 0.93, "lpips-alex": 0.88}
    return pd.DataFrame(
        [
            {"metric": loss, "role": "fidelity", "set": "severities", "kind": "severity"}
            | {"subset": "all", "statistic": "srcc", "value": value, "n": 100}
            | {"low": value - 0.05, "high": min(0.999, value + 0.04), "status": "ok"}
            for loss, value in values.items()
        ]
    )


def all_effects(tables: Tables, judges: Sequence[str]) -> list[Effects]:
    """The effects of every task, generator and set of the tables, as these judges see them."""
    return [effects_of(judged, "together", judges) for judged in all_judged(tables, judges)]


def make_transfer(runs: pd.DataFrame) -> pd.DataFrame:
    """The table `transfer`: test SRCC of each done discriminator and of two controls.

    Fine-tuned no-reference models have the levels of `level`; full-reference ones are better, a
    probe is a little and a raw score much worse, and of ImageNet trunks there is no raw score.
    """
    rng = np.random.default_rng(5)
    level = {"random": 0.35, "discriminator": 0.45, "pretrained": 0.7}
    kinds = product(
        {"fine-tune": 0.0, "probe": -0.05, "raw": -0.3}.items(), {"nr": 0.0, "fr": 0.1}.items()
    )
    rows = []
    for ((mode, loss), (reference, gain)), run in product(kinds, _discriminators(runs)):
        for start in level:
            if start == "pretrained" and (run.discriminator == "vit-patch" or mode == "raw"):
                continue
            value = level[start] + loss + gain + 0.05 * rng.standard_normal()
            rows.append(
                {"run": run.run, "discriminator": run.discriminator, "backbone": run.backbone}
                | {"head": run.head, "fidelity": run.fidelity, "seed": run.seed, "split": 0}
                | {"adversarial_weight": run.adversarial_weight, "initialisation": start}
                | {"mode": mode, "reference": reference, "set": "severities", "part": "test"}
                | {"statistic": "srcc", "value": value, "low": value - 0.15, "high": value + 0.12}
                | {"n": 40, "status": "ok"}
            )
    return pd.DataFrame(rows)


def make_optimisability(
    gain: dict[str, float] | None = None, photos: int = 3, key: int = 0
) -> pd.DataFrame:
    """The table `optimisability`; `gain` of a loss [dB] is what it recovers, more or less."""
    rng = np.random.default_rng(key)
    gain = gain or {"l1": 40.0, "ms_ssim": 20.0, "lpips-alex": -3.0}
    rows = []
    for (place, (loss, mean)), photo in product(enumerate(gain.items()), range(photos)):
        for start, began in {"jpeg": 26.0, "white": 11.0}.items():
            image, reached = f"photo{photo}/{start}", began + mean + rng.standard_normal()
            rows += [(loss, image, "recovery_start", began), (loss, image, "recovery", reached)]
        ratio = 10.0 ** (1 - place) * rng.uniform(0.8, 1.2)
        rows.append((loss, f"photo{photo}", "gradient_snr", ratio))
        shares = rng.dirichlet(np.arange(8, 0, -1))
        rows += [
            (loss, f"photo{photo}", f"spectrum_{band}", one) for band, one in enumerate(shares)
        ]
    columns = ["fidelity", "image", "statistic", "value"]
    return pd.DataFrame(rows, columns=columns).assign(status="ok")


def make_power(studies: int = 40) -> pd.DataFrame:
    """The table `power`: more losses help H1, which has enough with 12; H16 is never decided."""
    planned = [("claim", 0.5), ("opposite", 0.25), ("border", 0.95)]
    found = [("H1", truth, "as planned", None, power, 0.9) for truth, power in planned]
    found += [("H16", truth, "as planned", None, 0.0, np.nan) for truth, _ in planned]
    for truth, powers in {"claim": (0.5, 0.7, 0.9), "opposite": (0.25, 0.5, 0.8)}.items():
        found += [
            ("H1", truth, "losses", number, power, 0.9)
            for number, power in zip((3, 6, 12), powers, strict=True)
        ]
    table = pd.DataFrame(found, columns=["id", "truth", "varied", "number", "power", "width"])
    table["low"], table["high"] = (table["power"] - 0.1).clip(0), (table["power"] + 0.1).clip(0, 1)
    return table.assign(
        regime="with adversary", studies=studies, images=24, seed=0, assumed="losses 0.8"
    )


def _discriminators(runs: pd.DataFrame) -> list[Any]:
    """The done runs that have one."""
    return list(runs[(runs["status"] == "done") & (runs["discriminator"] != "none")].itertuples())


def write_tables(results: Path, **tables: pd.DataFrame) -> None:
    """Write tables as the stages do."""
    results.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        write_table(table, name, results / f"{name}.parquet")


def write_study_tables(results: Path) -> None:
    """All input tables of the small study."""
    runs = make_runs()
    scores, skill, transfer = make_scores(runs), make_skill(), make_transfer(runs)
    write_tables(results, runs=runs, scores=scores, skill=skill, transfer=transfer)
    write_tables(results, optimisability=make_optimisability())
    write_tables(results, trajectories=make_trajectories(runs))
    write_power(make_power(), results)


def write_crops(results: Path, runs: pd.DataFrame) -> None:
    """The crops of all done runs, of bicubic and of the reference, as the assessment saves them."""
    from skimage import data

    photo = Image.fromarray(data.astronaut()).crop((170, 60, 218, 108))
    name = f"{SET}-astronaut-170-60-48.png"
    sides = {f"{TASK}/reference": 48}
    sides |= {run: 12 + index for index, run in enumerate(runs[runs["status"] == "done"]["run"])}
    for run, side in sides.items():
        folder = results / "crops" / run
        folder.mkdir(parents=True, exist_ok=True)
        photo.resize((side, side)).resize((48, 48)).save(folder / name)


def _run(
    name: str,
    kind: str,
    fidelity: str = "l1",
    discriminator: str = "none",
    weight: float = 0.0,
    seed: int = 0,
    status: str = "done",
) -> dict[str, object]:
    done = status == "done"
    return {
        "run": name,
        "kind": kind,
        "task": TASK,
        "generator": None if kind == "bicubic" else GENERATOR,
        "fidelity": None if kind == "bicubic" else fidelity,
        "discriminator": discriminator,
        "backbone": None,
        "head": discriminator.partition("-")[2] or None,
        "initialisation": None if discriminator == "none" else "scratch",
        "adversarial_weight": weight,
        "seed": seed,
        "status": status,
        "steps": 100 if done else None,
        "seconds": 12.5 if done else None,
        "device": "cpu" if done else None,
        "device_seconds": 18.0 if done else None,
        "mean_utilisation": 0.5 if done else None,
        "gradient_ratio": 0.2 if weight and done else None,
        "diverged_at": 42 if status == "diverged" else None,
        "diverged_term": "adversarial" if status == "diverged" else None,
        **(_AUC.get(discriminator, {}) if done else {}),
    }


def analysed_study(folder: Path) -> tuple[Study, Tables]:
    """The small study with all its tables in `folder`, after the analysis."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in _analysed().items():
        (folder / name).write_bytes(content)
    return make_study(folder), load_tables(folder)


@cache
def _analysed() -> dict[str, bytes]:
    """The files of that study, analysed once for all tests."""
    with TemporaryDirectory() as name, chdir(name):
        folder = Path(name) / "results"
        write_study_tables(folder)
        analyse(make_study(folder), folder)
        return {path.name: path.read_bytes() for path in folder.iterdir()}

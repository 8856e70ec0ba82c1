"""Each measure over the steps of a training, and the step where it is best: when to stop."""

import pandas as pd

from asymmetry.analysis.axes import metrics_of_axes
from asymmetry.analysis.effect import SETTING
from asymmetry.metrics.contracts import JUDGES
from asymmetry.study import Study
from asymmetry.tables.read import MEASURED, Tables
from asymmetry.tables.schemas import DONE, ENDED_BADLY, MISSING, NOT_ASSESSED, OK

MEAN = "mean z-score"  # of an axis: what stands in the place of a metric
_SCORE = ["run", "step", "set", "image", "metric", "value"]
_CURVE = [*MEASURED, *SETTING, "axis", "metric"]
COLUMNS = [*_CURVE, "step", "value", "low", "high", "seeds", "best", "status", "runs"]


def curves(tables: Tables, study: Study) -> pd.DataFrame:
    """The curve of each setting (fidelity, discriminator, weight) by each metric and each axis.

    A row for each step: 0, the warm start; the snapshots; the end. `value` is the mean over images
    and seeds, `low` and `high` are the lowest and highest seed, `best` says whether no earlier step
    is as good and no later one better. The row of a setting without values has no metric.

    The metric `MEAN` of an axis is the mean of its metrics' z-scores over all cells and steps of a
    scope, higher is better, without a metric that is the cell's own loss. Without a score of any
    snapshot there are no rows.
    """
    axes = metrics_of_axes(study)
    axis_of = {metric: axis for axis, metrics in axes.items() for metric in metrics}
    points = _points(tables, study, list(axis_of))
    points["axis"] = points["metric"].map(axis_of)
    if points.empty:
        return pd.DataFrame(columns=COLUMNS).astype({"best": bool})
    whole = _whole(_on_axes(points), [*_CURVE, "run"], _CURVE)
    seeds = whole.groupby([*_CURVE, "step"], sort=False)
    joined = seeds.agg(
        value=("value", "mean"),
        low=("value", "min"),
        high=("value", "max"),
        seeds=("seed", "nunique"),
    ).reset_index()
    joined["best"] = _best(joined)
    return _with_all(joined, tables.cells)[COLUMNS]


def _points(tables: Tables, study: Study, metrics: list[str]) -> pd.DataFrame:
    """A row for each run, step, set and metric: the mean over the images that have every step."""
    own = ["task", "generator", "seed"]
    runs, cells = tables.runs, tables.cells
    warm = runs.loc[runs["kind"] == "warm-start", [*own, "run"]]
    begun = cells[[*own, "run"]].merge(warm, on=own, suffixes=("", "_warm"))
    starts = tables.scores.merge(
        begun[["run", "run_warm"]], left_on="run", right_on="run_warm", suffixes=("_", "")
    )
    ends = tables.scores[tables.scores["run"].isin(cells["run"])]
    ways = tables.trajectories[tables.trajectories["run"].isin(cells["run"])]
    if ways.empty:
        starts, ends = starts.iloc[:0], ends.iloc[:0]
    scores = pd.concat([starts.assign(step=0), ways, ends.assign(step=study.training.steps)])
    scores = scores[(scores["status"] == OK) & scores["metric"].isin(metrics)][_SCORE]
    # A run that has only begun has no way yet.
    scores = scores[scores.groupby("run")["step"].transform("max") > 0]
    of_run = ["run", "set", "metric"]
    whole = _whole(scores, [*of_run, "image"], of_run)
    means = whole.groupby([*of_run, "step"], sort=False)["value"].mean().reset_index()
    return means.merge(cells[["run", "task", "generator", *SETTING, "seed"]], on="run")


def _whole(rows: pd.DataFrame, unit: list[str], of: list[str]) -> pd.DataFrame:
    """The rows of those units that have as many steps as any unit of the same `of`.

    So the mean of a later step is over the same images, seeds or metrics as that of an earlier one.
    """
    steps = rows.groupby(unit)["step"].transform("nunique")
    return rows[steps == steps.groupby([rows[name] for name in of]).transform("max")]


def _on_axes(points: pd.DataFrame) -> pd.DataFrame:
    """The points, and below them those of the axes themselves."""
    of_metric = points.groupby([*MEASURED, "metric"], sort=False)["value"]
    spread = of_metric.transform("std", ddof=0)
    z = (points["value"] - of_metric.transform("mean")) / spread.where(spread > 1e-12, 1)
    others = points.assign(value=_signs(points["metric"]) * z)[
        points["metric"] != points["fidelity"]
    ]
    of_axis = [*MEASURED, *SETTING, "run", "seed", "axis"]
    others = _whole(others, [*of_axis, "metric"], of_axis)
    means = others.groupby([*of_axis, "step"], sort=False)["value"].mean().reset_index()
    return pd.concat([means.assign(metric=MEAN), points], ignore_index=True)


def _signs(metrics: pd.Series) -> pd.Series:
    """1 where a metric improves upwards, -1 where downwards."""
    return metrics.map(lambda name: 1 if name == MEAN or JUDGES[name].higher_is_better else -1)


def _best(curves: pd.DataFrame) -> pd.Series:
    """Whether a step is the best of its curve, the first of equals."""
    good = _signs(curves["metric"]) * curves["value"]
    ordered = curves.assign(good=good).sort_values("step", kind="stable")
    best = ordered.groupby(_CURVE, sort=False)["good"].idxmax()
    return pd.Series(curves.index.isin(best), index=curves.index)


def _with_all(curves: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """The curves in the order of the grid, and a row for each setting without one."""
    settings = cells.groupby([*MEASURED[:2], *SETTING], sort=False)
    found = settings.agg(
        status=("status", _status), runs=("run", lambda runs: " ".join(sorted(runs)))
    ).reset_index()
    sets = pd.DataFrame({"set": pd.unique(curves["set"])})
    rows = found.merge(sets, how="cross").merge(curves, on=[*MEASURED, *SETTING], how="left")
    rows["curve"] = rows.groupby(_CURVE, sort=False, dropna=False).ngroup()
    rows = rows.sort_values(["curve", "step"], ignore_index=True)
    unknown = rows["metric"].isna() & (rows["status"] == DONE)
    status = rows["status"].mask(unknown, NOT_ASSESSED)
    return rows.assign(status=status, best=rows["best"].eq(True))


def _status(states: pd.Series) -> str:
    """What became of a setting: any seed that is done makes it done."""
    known = set(states)
    return next((state for state in (DONE, *ENDED_BADLY) if state in known), MISSING)

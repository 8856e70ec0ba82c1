"""MLflow: a run of MLflow for each run, found again by its name in the experiment `asymmetry`.

They lie in an SQLite file, or on the server that `MLFLOW_TRACKING_URI` names.
"""

import os
import time
from collections.abc import Mapping

from asymmetry.monitor.trackers.contract import FOLDER, Config

# A server that is away would be asked for minutes; the next rows ask it again.
os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "10")

from mlflow.entities import Metric, Param
from mlflow.tracking import MlflowClient

_MOST = 1000  # metrics of a request; MLflow refuses more


class MlflowCurve:
    """A curve as metrics, and the configuration of its run as parameters."""

    def __init__(self, run_id: str, config: Config) -> None:
        self._client = MlflowClient(os.environ.get("MLFLOW_TRACKING_URI") or _own_store())
        self._run = self._found(run_id) or self._made(run_id, config)
        self.last = self._last_step()
        self._queue: list[Metric] = []

    def add(self, step: int, values: Mapping[str, float]) -> None:
        """Queue the values as metrics."""
        now = int(1000 * time.time())
        self._queue += [Metric(name, value, now, step) for name, value in values.items()]

    def flush(self) -> None:
        """Send what is queued."""
        while self._queue:
            self._client.log_batch(self._run, metrics=self._queue[:_MOST])
            del self._queue[:_MOST]

    def close(self) -> None:
        """Send what is queued, and mark the run as ended until it is continued."""
        self.flush()
        self._client.set_terminated(self._run)

    def _found(self, run_id: str) -> str | None:
        """The run of that name, which runs from now on; None where there is none."""
        found = self._client.search_runs([self._experiment()], _named(run_id), max_results=1)
        if not found:
            return None
        self._client.update_run(found[0].info.run_id, status="RUNNING")
        return str(found[0].info.run_id)

    def _made(self, run_id: str, config: Config) -> str:
        made = self._client.create_run(self._experiment(), run_name=run_id)
        params = [Param(name, str(value)) for name, value in config.items()]
        self._client.log_batch(made.info.run_id, params=params)
        return str(made.info.run_id)

    def _last_step(self) -> int:
        """The largest step of all metrics that are there."""
        names = self._client.get_run(self._run).data.metrics
        histories = (self._client.get_metric_history(self._run, name) for name in names)
        return max((metric.step for history in histories for metric in history), default=0)

    def _experiment(self) -> str:
        name = os.environ.get("MLFLOW_EXPERIMENT_NAME", "asymmetry")
        known = self._client.get_experiment_by_name(name)
        return str(known.experiment_id if known else self._client.create_experiment(name))


def _own_store() -> str:
    folder = FOLDER / "mlflow"
    folder.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{folder}/mlflow.db"


def _named(run_id: str) -> str:
    return f"attributes.run_name = '{run_id}'"


open_curve = MlflowCurve

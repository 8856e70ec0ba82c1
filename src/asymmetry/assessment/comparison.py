"""One reference, and the restored images of many models beside it."""

import math
from collections.abc import Mapping
from typing import Any

from torch import Tensor

from asymmetry.assessment.score import OK, Score
from asymmetry.metrics.build import Metric
from asymmetry.metrics.planes import Planes


class Comparison:
    """A reference [1, 3, H, W] in 0..1, of which each metric sees what it needs once."""

    def __init__(self, reference: Tensor, scale: int, metrics: Mapping[str, Metric]) -> None:
        self._reference = Planes(reference, scale)
        self._metrics = metrics
        self._features: dict[str, Any] = {}

    def scores(self, name: str, restored: Planes) -> list[Score]:
        """The scores of restored images by the metric `name`.

        A metric that fails on one of them gives a score that says why; the others go on.
        """
        try:
            values = self._metrics[name].values(restored, self._seen(name)).tolist()
        except Exception as error:
            if len(restored) > 1:
                return [score for one in restored.each() for score in self.scores(name, one)]
            reason = " ".join(str(error).split()) or type(error).__name__
            return [Score(math.nan, f"failed: {reason}")]
        return [
            Score(value, OK) if math.isfinite(value) else Score(math.nan, "failed: not finite")
            for value in values
        ]

    def _seen(self, name: str) -> Any:
        if name not in self._features:
            self._features[name] = self._metrics[name].features(self._reference)
        return self._features[name]

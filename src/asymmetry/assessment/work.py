"""What is still to be done for one target: scores to be computed, views to be kept."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import torch
from torch import Tensor

from asymmetry.assessment.cache import Cache
from asymmetry.assessment.crops import save_view
from asymmetry.assessment.images import EvaluationImage
from asymmetry.assessment.score import OK, Key
from asymmetry.assessment.targets import Restorer, Target, restorer
from asymmetry.study.views import View


class Work:
    """A target with the scores that it has, as an earlier assessment left them beside the run."""

    def __init__(
        self,
        target: Target,
        scale: int,
        cache: Cache,
        metrics: Sequence[str],
        views: Sequence[View],
        results: Path,
        device: torch.device,
    ) -> None:
        self.target, self.scale = target, scale
        self.scores = cache.read(metrics)
        self._kept = dict(self.scores)
        self._cache, self._metrics, self._device = cache, metrics, device
        self._views, self._results = views, results

    @cached_property
    def _restorer(self) -> Restorer:
        return restorer(self.target, self.scale, self._device)

    def missing(self, image: EvaluationImage) -> tuple[str, ...]:
        """The metrics whose value for the image is not there."""
        keys = (Key(image.set, image.photo.name, metric) for metric in self._metrics)
        return tuple(
            key.metric for key in keys if key not in self.scores or self.scores[key].status != OK
        )

    def wants(self, image: EvaluationImage) -> bool:
        """Whether the image is to be restored, for a score or a view."""
        return bool(self.missing(image)) or any(
            not view.path(self._results, name).is_file()
            for view in self._views_of(image)
            for name in self.target.view_names
        )

    @torch.inference_mode()
    def restore(self, image: EvaluationImage, reference: Tensor, low: Tensor) -> Tensor:
        """The restored image [1, 3, H, W] in 0..1 of the input `low`; its views are kept."""
        restored = self._restorer(low)
        for view in self._views_of(image):
            # Only with the baseline is the reference saved too.
            for name, picture in zip(self.target.view_names, [restored, reference]):  # noqa: B905
                save_view(picture, view, view.path(self._results, name))
        return restored

    def keep(self) -> None:
        """Write the scores beside the run, where there are new ones."""
        if self.scores != self._kept:
            self._cache.write(self.scores)
            self._kept = dict(self.scores)

    def _views_of(self, image: EvaluationImage) -> list[View]:
        of_image = (image.set, image.photo.name)
        return [view for view in self._views if (view.set, view.image) == of_image]

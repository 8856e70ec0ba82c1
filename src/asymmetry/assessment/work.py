"""The work that one target still needs: scores to be computed, views to be saved."""

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path

import torch
from torch import Tensor

from asymmetry.assessment.images import EvaluationImage, save_view
from asymmetry.assessment.scores import Cache, Key
from asymmetry.assessment.targets import Target, restorer
from asymmetry.data.images import crop_to_multiple, to_tensor
from asymmetry.data.load import load_photo
from asymmetry.data.views import View
from asymmetry.metrics.contracts import BESIDE
from asymmetry.tables.schemas import OK

# Of an evaluation image and its input [1, 3, h, w], the restored image [1, 3, scale h, scale w].
Restoring = Callable[[EvaluationImage, Tensor], Tensor]


def restoring(target: Target, scale: int, device: torch.device) -> Restoring:
    """How the target restores: from the input, or by the image that its folder has.

    An image of a folder is cropped to multiples of the scale, as its reference is. Raises UserError
    where its bytes are no more those that its id is of.
    """
    if target.images is None:
        restore = restorer(target, scale, device)
        return lambda _image, low: restore(low)
    images = target.images

    def look_up(image: EvaluationImage, _low: Tensor) -> Tensor:
        rgb = load_photo(images[image.set, image.photo.name])
        return to_tensor(crop_to_multiple(rgb, scale)).to(device)

    return look_up


class Work:
    """A target, and the scores of it that an earlier assessment left beside the run."""

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
        measured = [*metrics, *(BESIDE if target.control else ())]
        self.scores = cache.read(measured)
        self._kept = dict(self.scores)
        self._cache, self._metrics, self._device = cache, measured, device
        self._views, self._results = views, results

    @cached_property
    def _restoring(self) -> Restoring:
        return restoring(self.target, self.scale, self._device)

    def missing(self, image: EvaluationImage) -> tuple[str, ...]:
        """The metrics without a score of the image."""
        keys = (Key(image.set, image.photo.name, metric) for metric in self._metrics)
        return tuple(
            key.metric for key in keys if key not in self.scores or self.scores[key].status != OK
        )

    def beside(self, image: EvaluationImage) -> Target | None:
        """The target beside which the image is still to be scored."""
        return self.target.control if set(BESIDE).intersection(self.missing(image)) else None

    def wants(self, image: EvaluationImage) -> bool:
        """Whether the image must be restored, for a score or a view."""
        if not self.target.has(image):
            return False
        return bool(self.missing(image)) or any(
            not view.path(self._results, name).is_file()
            for view in self._views_of(image)
            for name in self.target.view_names
        )

    @torch.inference_mode()
    def restore(self, image: EvaluationImage, reference: Tensor, low: Tensor) -> Tensor:
        """Restore the input `low`: [1, 3, H, W] in 0..1; the image's views are saved."""
        restored = self._restoring(image, low)
        for view in self._views_of(image):
            # The baseline alone has a second name: that of the reference.
            for name, picture in zip(self.target.view_names, [restored, reference]):  # noqa: B905
                save_view(picture, view, view.path(self._results, name))
        return restored

    def keep(self) -> None:
        """Write the scores beside the run, if there are new ones."""
        if self.scores != self._kept:
            self._cache.write(self.scores)
            self._kept = dict(self.scores)

    def _views_of(self, image: EvaluationImage) -> list[View]:
        of_image = (image.set, image.photo.name)
        return [view for view in self._views if (view.set, view.image) == of_image]

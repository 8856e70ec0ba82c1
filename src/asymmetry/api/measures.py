"""Metrics and fidelity losses by name, for images in memory."""

from pathlib import Path

from torch import nn

from asymmetry.api.images import Image, as_batch
from asymmetry.core.devices import choose_device
from asymmetry.core.errors import UserError
from asymmetry.core.names import check_name
from asymmetry.fidelity.as_metric import build_metric
from asymmetry.fidelity.contract import Fidelity
from asymmetry.fidelity.registry import build_fidelity, fidelity_names, is_calibrated
from asymmetry.metrics.build import Metric
from asymmetry.metrics.contracts import METRICS
from asymmetry.study import Execution
from asymmetry.study.own_parts import define_own_parts


class PairMetric:
    """A metric of a pair of images, as its contract defines it.

    `higher_is_better` says which way is better, `convention` how the number is defined.
    """

    def __init__(self, metric: Metric) -> None:
        self._metric = metric
        self.name = metric.name
        self.higher_is_better = metric.contract.higher_is_better
        self.convention = metric.contract.convention

    def __call__(self, restored: Image, reference: Image | None = None, scale: int = 1) -> float:
        """The value of one restored image.

        Args:
            restored: RGB, an array [H, W, 3] or a tensor [3, H, W] or [1, 3, H, W]: uint8 from 0
                to 255, or float from 0 to 1.
            reference: The original, of the same height and width. A no-reference metric needs none.
            scale: The factor of super-resolution. Metrics such as `psnr_y` leave out a border of
                so many pixels; 1 leaves out one pixel.

        Raises:
            ValueError: An image has another shape, type or range, or the reference is missing.
            UserError: The images are smaller than the metric can measure.
        """
        image = as_batch(restored)
        if reference is None and self._metric.contract.full_reference:
            raise ValueError(f"{self.name} compares two images; give the reference, too")
        other = image if reference is None else as_batch(reference)
        if image.shape != other.shape:
            raise ValueError(
                f"{self.name} compares images of one size, "
                f"not {[*image.shape[2:]]} and {[*other.shape[2:]]}"
            )
        return self._metric(image, other, scale)

    def __repr__(self) -> str:
        return f"<metric {self.name}: {self.convention}>"


def metric(name: str, weights: str | Path | None = None, device: str = "cpu") -> PairMetric:
    """The metric of this name, to be called with a restored image and its reference.

    Args:
        name: A name of `evaluation.metrics`, such as `psnr_y`, `gmsd` or `lpips-alex`.
        weights: The folder of pretrained weights; `data/weights`, a study's default, if None.
        device: `cpu`, `cuda`, or `auto` for the first GPU where there is one.

    Raises:
        ValueError: No metric has this name.
        UserError: A file of weights is missing or corrupt. Nothing is downloaded; the message
            names the command that fetches it.

    Examples:
        >>> photo = skimage.data.astronaut()
        >>> psnr = asymmetry.metric("psnr_y")
        >>> round(psnr(photo // 8 * 8, photo), 2)
        38.37
    """
    define_own_parts()
    check_name(name, METRICS, "metric")
    _check_uncalibrated(name)
    return PairMetric(build_metric(name, _folder(weights), choose_device(device)))


def loss(name: str, weights: str | Path | None = None, device: str = "cpu") -> Fidelity:
    """The fidelity loss of this name: differentiable, lower is better.

    Call it with two batches of RGB images [B, 3, H, W], float from 0 to 1; it returns one value an
    image, [B].

    Args:
        name: A name of `grid.fidelity`, such as `l1`, `ms_ssim` or `dists-alexnet`.
        weights: The folder of pretrained weights; `data/weights`, a study's default, if None.
        device: `cpu`, `cuda`, or `auto` for the first GPU where there is one.

    Raises:
        ValueError: No loss has this name.
        UserError: A file of weights is missing or corrupt. Nothing is downloaded; the message
            names the command that fetches it.

    Examples:
        >>> reference = torch.full((1, 3, 32, 32), 0.5)
        >>> asymmetry.loss("l1")(reference + 0.25, reference)
        tensor([0.2500])
    """
    define_own_parts()
    check_name(name, fidelity_names(), "fidelity loss")
    _check_uncalibrated(name)
    fidelity = build_fidelity(name, _folder(weights))
    return fidelity.to(choose_device(device)) if isinstance(fidelity, nn.Module) else fidelity


def _folder(weights: str | Path | None) -> Path:
    return Path(Execution().weights if weights is None else weights)


def _check_uncalibrated(name: str) -> None:
    if is_calibrated(name):
        raise UserError(f"{name}: a study fits its channel weights; it has none outside of one")

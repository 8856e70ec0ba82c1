"""Values beside the pipeline's own, and what is refused."""

from pathlib import Path

import numpy as np
import pytest
import torch
from skimage.data import astronaut

import asymmetry
from asymmetry.data.images import to_tensor
from asymmetry.fidelity.as_metric import build_metric

PHOTO = astronaut()[:96, :80]
RESTORED = PHOTO // 8 * 8
AS_FLOAT = RESTORED / 255
NAN = np.full((32, 32, 3), np.nan)


@pytest.mark.parametrize(
    "restored",
    [
        RESTORED,
        AS_FLOAT,
        AS_FLOAT.astype(np.float32),
        to_tensor(RESTORED),
        to_tensor(RESTORED)[0],
        torch.from_numpy(RESTORED).movedim(-1, 0),
        np.flip(RESTORED[::-1], axis=0),  # of negative strides
    ],
)
@pytest.mark.parametrize("name", ["psnr_y", "gmsd", "dists-efficientnet-lite0"])
def test_every_form_of_an_image_has_the_value_of_the_pipeline(name: str, restored):
    expected = build_metric(name, Path("nowhere"), torch.device("cpu"))(
        to_tensor(RESTORED), to_tensor(PHOTO), scale=4
    )
    value = asymmetry.metric(name)(restored, PHOTO, scale=4)
    assert isinstance(value, float)
    assert value == expected


def test_a_metric_knows_its_convention():
    psnr = asymmetry.metric("psnr_y")
    assert psnr.higher_is_better
    assert repr(psnr) == f"<metric psnr_y: {psnr.convention}>"


def test_a_metric_without_reference_needs_none():
    piqe = asymmetry.metric("piqe")
    assert piqe(RESTORED) == piqe(RESTORED, PHOTO)
    with pytest.raises(ValueError, match="gmsd compares two images"):
        asymmetry.metric("gmsd")(RESTORED)


def test_an_overshoot_is_clipped():
    psnr = asymmetry.metric("psnr")
    assert psnr(AS_FLOAT + 0.5, PHOTO) == psnr(np.minimum(AS_FLOAT + 0.5, 1), PHOTO)


@pytest.mark.parametrize(
    ("image", "said"),
    [
        (PHOTO[..., 0], r"RGB array \[H, W, 3\].*shape \[96, 80\] and type uint8"),
        (PHOTO[None], r"shape \[1, 96, 80, 3\]"),
        (np.dstack([PHOTO, PHOTO[..., 0]]), r"shape \[96, 80, 4\]"),
        (torch.zeros(96, 80, 3), r"tensor \[3, H, W\].*shape \[96, 80, 3\]"),
        (torch.zeros(2, 3, 96, 80), r"shape \[2, 3, 96, 80\]"),
        (PHOTO.astype(np.int64), "type int64"),
        (PHOTO > 1, "type bool"),
        (PHOTO[:0], r"shape \[0, 80, 3\]"),
        (PHOTO.astype(float), "values from 0 to 1, not from 0 to 237"),
        (NAN, "not from nan to nan"),
        ("photo.png", "an image is an RGB array"),
    ],
)
def test_what_is_no_image_is_refused(image, said: str):
    with pytest.raises(ValueError, match=said):
        asymmetry.metric("psnr")(image, PHOTO)


def test_two_sizes_are_refused():
    with pytest.raises(ValueError, match=r"images of one size, not \[90, 80\] and \[96, 80\]"):
        asymmetry.metric("psnr")(RESTORED[:90], PHOTO)


def test_images_too_small_are_refused():
    with pytest.raises(asymmetry.UserError, match="ssim: needs images of at least 11 pixels"):
        asymmetry.metric("ssim")(RESTORED[:8, :8], PHOTO[:8, :8])


@pytest.mark.parametrize("name", ["l1", "gmsd", "dists-efficientnet-lite0"])
def test_a_loss_gives_a_value_an_image_and_a_gradient(name: str):
    restored = torch.cat([to_tensor(RESTORED), to_tensor(PHOTO)]).requires_grad_()
    values = asymmetry.loss(name)(restored, to_tensor(PHOTO).repeat(2, 1, 1, 1))
    assert values.shape == (2,)
    assert values[0] > values[1] >= 0 or name == "dists-efficientnet-lite0"
    values[0].backward()
    assert restored.grad is not None
    assert restored.grad[0].abs().sum() > 0


@pytest.mark.parametrize("build", [asymmetry.metric, asymmetry.loss])
def test_names_and_weights_are_checked(build, workplace: Path):
    with pytest.raises(ValueError, match="did you mean 'gmsd'"):
        build("gmsdd")
    with pytest.raises(asymmetry.UserError, match="study fits its channel weights"):
        build("dists-efficientnet-lite0-calibrated")
    with pytest.raises(asymmetry.UserError, match=r"^data/weights/.*asymmetry weights get alexnet"):
        build("dists-alexnet")
    with pytest.raises(asymmetry.UserError, match=r"^mine/"):
        build("dists-alexnet", weights="mine")

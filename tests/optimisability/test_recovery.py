import math

import pytest
import torch
from torch import Tensor

from asymmetry.fidelity.mse import mse
from asymmetry.optimisability.recovery import psnr_y, recover


@pytest.fixture
def reference() -> Tensor:
    """Smooth waves, [1, 3, 32, 32]."""
    place = torch.linspace(0, 6, 32)
    plane = 0.5 + 0.3 * torch.sin(place)[:, None] * torch.cos(2 * place)
    return torch.stack([plane, plane.T, 1 - plane])[None]


@pytest.fixture
def initial(reference: Tensor) -> Tensor:
    """The reference under noise, and noise alone."""
    picks = torch.Generator().manual_seed(0)
    noisy = reference + 0.1 * torch.randn(reference.shape, generator=picks)
    return torch.cat([noisy.clamp(0, 1), torch.rand(reference.shape, generator=picks)])


def constant(restored: Tensor, reference: Tensor) -> Tensor:
    return (0 * restored).sum((1, 2, 3)) + 1


def test_the_squared_error_recovers_the_reference(reference: Tensor, initial: Tensor):
    ends = recover(mse, initial, reference, steps=200, learning_rate=0.02)
    before, after = psnr_y(initial, reference), psnr_y(ends, reference)
    assert (before < 25).all()
    assert (after > 60).all()


def test_a_constant_loss_recovers_nothing(reference: Tensor, initial: Tensor):
    ends = recover(constant, initial, reference, steps=20, learning_rate=0.02)
    assert torch.equal(ends, initial)


def test_a_loss_of_the_mean_recovers_the_mean_alone(reference: Tensor, initial: Tensor):
    def mean_error(restored: Tensor, target: Tensor) -> Tensor:
        return (restored.mean((1, 2, 3)) - target.mean((1, 2, 3))).square()

    shifted = (initial * 0.8)[:1]
    (end,) = recover(mean_error, shifted, reference, steps=300, learning_rate=0.01)
    assert float(end.mean()) == pytest.approx(float(reference.mean()), abs=1e-3)
    # All pixels move alike, so the noise is what it was.
    torch.testing.assert_close(end - end.mean(), shifted[0] - shifted.mean(), rtol=0, atol=1e-3)


def test_the_size_of_a_loss_does_not_matter(reference: Tensor, initial: Tensor):
    """As under another reduction or crop: Adam's own epsilon would slow the small one down."""
    ends = [
        recover(lambda x, y, size=size: size * mse(x, y), initial, reference, 20, 0.01)
        for size in (1.0, 1e-4)
    ]
    torch.testing.assert_close(*ends, rtol=0, atol=5e-3)


def test_images_do_not_disturb_each_other(reference: Tensor, initial: Tensor):
    together = recover(mse, initial, reference, steps=10, learning_rate=0.02)
    alone = [recover(mse, one[None], reference, steps=10, learning_rate=0.02) for one in initial]
    torch.testing.assert_close(together, torch.cat(alone), rtol=0, atol=1e-5)


def test_what_diverges_is_nan_and_the_others_are_not(reference: Tensor, initial: Tensor):
    def breaks(restored: Tensor, target: Tensor) -> Tensor:
        return mse(restored, target) * torch.tensor([1.0, math.nan])

    ends = recover(breaks, initial, reference, steps=5, learning_rate=0.01)
    assert ends[0].isfinite().all()
    assert ends[1].isnan().all()


def test_a_value_that_was_not_finite_once_counts(reference: Tensor, initial: Tensor):
    calls = iter([1.0, math.inf, 1.0, 1.0])

    def once(restored: Tensor, target: Tensor) -> Tensor:
        return mse(restored, target) + next(calls)

    assert recover(once, initial, reference, steps=4, learning_rate=0.01).isnan().all()


def test_psnr_of_the_luma_by_hand():
    """An error of 0.1 in all channels is 0.1 * 219 / 255 in studio range."""
    grey = torch.full((1, 3, 8, 8), 0.5)
    expected = -20 * math.log10(0.1 * 219 / 255)
    assert psnr_y(grey + 0.1, grey).item() == pytest.approx(expected, abs=1e-3)

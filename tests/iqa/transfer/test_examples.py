import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from asymmetry.core.errors import UserError
from asymmetry.iqa.transfer.examples import Examples, over_crops, random_batch
from asymmetry.study import Transfer


class Means(nn.Module):
    """The mean of each plane, times a parameter of one."""

    def __init__(self):
        super().__init__()
        self.one = nn.Parameter(torch.ones(1))

    def forward(self, views):
        return views.mean(dim=(2, 3)) * self.one


def ramp(height, width, slope=1):
    """Grey that grows by `slope` a column."""
    return np.repeat((np.arange(width) * slope).astype(np.uint8)[None, :, None], 3, 2).repeat(
        height, 0
    )


@given(st.integers(8, 40), st.integers(8, 40))
def test_the_mean_over_the_five_crops(height, width):
    found = over_crops(Means(), [(ramp(height, width),)], 8)
    room = width - 8
    lefts = [0, room, 0, room, room // 2]
    expected = np.mean([left + 3.5 for left in lefts]) / 255
    np.testing.assert_allclose(found, np.full((1, 3), expected), rtol=1e-6)


def test_a_reference_is_cropped_where_its_image_is():
    pair = (ramp(20, 30), ramp(20, 30, slope=2))
    examples = Examples([pair, pair[::-1]], np.array([1.0, 2.0]))
    found = over_crops(Means(), examples.images, 8)
    assert found.shape == (2, 6)
    np.testing.assert_allclose(found[0, 3:], 2 * found[0, :3])
    settings = Transfer(sets=[], batch=12, crop=8)
    crops, scores = random_batch(examples, settings, split=0, step=1)
    assert crops.shape == (12, 6, 8, 8)
    assert len(scores.unique()) == 2
    for crop, score in zip(crops, scores, strict=True):
        image, reference = crop[:3], crop[3:]
        twice = (image, reference) if score == 1 else (reference, image)
        torch.testing.assert_close(twice[1], 2 * twice[0])


def test_draws_are_counted():
    examples = Examples([(ramp(20, 30),), (ramp(30, 20),)], np.array([1.0, 2.0]))
    settings = Transfer(sets=[], batch=6, crop=8)
    first, again, other = (random_batch(examples, settings, 0, step)[0] for step in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_a_small_image_is_refused():
    with pytest.raises(UserError, match=r"transfer\.crop: 21 is larger than an image of 30x20"):
        over_crops(Means(), [(ramp(20, 30),)], 21)

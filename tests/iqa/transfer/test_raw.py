import torch
from torch import nn

from asymmetry.iqa.transfer.raw import RawScore


class Channels(nn.Module):
    """A map of logits: the sum of the channels."""

    def forward(self, image):
        return image.sum(dim=1, keepdim=True)


def test_of_an_image_it_is_the_mean_logit():
    image = torch.rand(4, 3, 6, 8)
    torch.testing.assert_close(RawScore(Channels())(image), image.mean(dim=(1, 2, 3)) * 3)


def test_of_a_pair_it_is_how_much_more_real_the_image_is():
    image, reference = torch.rand(2, 4, 3, 6, 8)
    pair = torch.cat([image, reference], dim=1)
    expected = 3 * (image - reference).mean(dim=(1, 2, 3))
    torch.testing.assert_close(RawScore(Channels())(pair), expected)
    same = torch.cat([image, image], dim=1)
    assert torch.equal(RawScore(Channels())(same), torch.zeros(4))


def test_one_logit_an_image_is_its_own_mean():
    vanilla = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(3, 1))
    image = torch.rand(4, 3, 6, 8)
    torch.testing.assert_close(RawScore(vanilla)(image), vanilla(image)[:, 0])

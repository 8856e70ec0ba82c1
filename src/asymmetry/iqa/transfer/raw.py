"""The discriminator's own score, without any training."""

from torch import Tensor, nn


class RawScore(nn.Module):
    """The mean of a discriminator's logits over their map; higher means more real.

    Of an image and its reference it is the difference of their means, as in a relativistic
    discriminator (Jolicoeur-Martineau 2019): what the content itself contributes cancels.
    """

    def __init__(self, discriminator: nn.Module) -> None:
        super().__init__()
        self.discriminator = discriminator

    def forward(self, views: Tensor) -> Tensor:
        """The scores [B] of images [B, 3, H, W], or of images and references [B, 6, H, W]."""
        image, *reference = (
            self.discriminator(view).flatten(1).mean(dim=1) for view in views.split(3, dim=1)
        )
        return image - reference[0] if reference else image

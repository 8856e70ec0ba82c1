"""What losses on the features of a trunk share: it is frozen, and the pair is checked."""

from torch import Tensor

from asymmetry.backbones.contract import Backbone
from asymmetry.backbones.frozen import freeze
from asymmetry.fidelity.contract import check_pair
from asymmetry.metrics.separable import Separable


class OnTrunk(Separable):
    """A loss on the stages of a trunk, which is not trained."""

    def __init__(self, trunk: Backbone, smallest: int) -> None:
        """`smallest`: the shortest side, in pixels, of an image that has all stages."""
        super().__init__()
        self.trunk = freeze(trunk)
        self.smallest = smallest
        self.eval().requires_grad_(False)

    def forward(self, restored: Tensor, reference: Tensor) -> Tensor:
        """[B] from [B, 3, H, W] in 0..1 twice.

        Raises ValueError for other shapes, UserError for sides below `smallest`.
        """
        check_pair(restored, reference, self.smallest)
        return super().forward(restored, reference)

    def stages(self, image: Tensor) -> list[Tensor]:
        """The features of images [B, 3, H, W] in 0..1, finest first; errors as `forward`."""
        check_pair(image, image, self.smallest)
        return self.trunk(image)

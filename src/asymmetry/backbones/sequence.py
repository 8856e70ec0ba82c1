"""Backbones that are a sequence of blocks, tapped after some of them."""

from torch import Tensor, nn
from torch.nn import functional as F

from asymmetry.backbones.catalog import BackboneSpec
from asymmetry.backbones.contract import Backbone

State = dict[str, Tensor]


class SequenceBackbone(Backbone):
    """The blocks of `body` up to the last one that `options["stages"]` names.

    Images with a side below `options["smallest"]` are padded up to it by repeating their last row
    and column, because the network's strides would leave no pixels.
    """

    def __init__(self, spec: BackboneSpec, body: nn.Sequential, foldable: bool = False) -> None:
        super().__init__(spec)
        self.foldable = foldable
        stages: dict[str, tuple[int, int]] = spec.options["stages"]
        names = [name for name, _ in body.named_children()]
        self.body = body[: names.index(list(stages)[-1]) + 1]
        self.taps = tuple(stages)
        self.channels = tuple(channels for channels, _ in stages.values())
        self.strides = tuple(stride for _, stride in stages.values())
        self.smallest: int = spec.options.get("smallest", 1)

    def features(self, normalised: Tensor) -> list[Tensor]:
        """The feature maps of a normalised image."""
        height, width = normalised.shape[-2:]
        x = pad_to(normalised, max(height, self.smallest), max(width, self.smallest))
        maps = []
        for name, block in self.body.named_children():
            x = block(x)
            if name in self.taps:
                maps.append(x)
        return maps

    def load(self, state: State | None) -> "SequenceBackbone":
        """This backbone with the tensors of `state` that its body has; None leaves it as it is.

        Raises RuntimeError where a tensor of the body is missing or has another shape.
        """
        if state is not None:
            expected = self.body.state_dict().keys()
            named = {key.removeprefix("features."): value for key, value in state.items()}
            self.body.load_state_dict({key: named[key] for key in named.keys() & expected})
        return self


def pad_to(image: Tensor, height: int, width: int) -> Tensor:
    """`image` [B, C, H, W] padded below and on the right by repeating its last row and column."""
    below, right = height - image.shape[-2], width - image.shape[-1]
    return F.pad(image, (0, right, 0, below), mode="replicate") if below or right else image

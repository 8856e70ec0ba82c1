"""Transformer backbones: vision transformers of timm, Swin of torchvision."""

from asymmetry.backbones.catalog import BackboneSpec
from asymmetry.backbones.contract import Backbone
from asymmetry.backbones.convolutional import without_stochastic_depth
from asymmetry.backbones.sequence import SequenceBackbone, State, pad_to
from asymmetry.core.torchvision_ops import without_compiler

# isort: split
import torchvision
from torch import Tensor

with without_compiler():
    import timm
    from timm.models.vision_transformer import VisionTransformer, checkpoint_filter_fn


class VitBackbone(Backbone):
    """A vision transformer; each block is a stage, its patch tokens a map [B, C, h, w].

    Class and register tokens take part in attention, but the maps leave them out, and the final
    normalisation too. An image whose sides are not multiples of the patch is padded by repeating
    its last row and column. Position embeddings are interpolated to its size.
    """

    def __init__(self, spec: BackboneSpec, net: VisionTransformer) -> None:
        super().__init__(spec)
        net.prune_intermediate_layers(len(net.blocks), prune_norm=True)
        self.net = net
        self.patch: int = net.patch_embed.patch_size[0]
        self.channels = (net.embed_dim,) * len(net.blocks)
        self.strides = (self.patch,) * len(net.blocks)

    def features(self, normalised: Tensor) -> list[Tensor]:
        """The patch tokens after each block, as maps."""
        height, width = (-(-side // self.patch) * self.patch for side in normalised.shape[-2:])
        image = pad_to(normalised, height, width)
        return self.net.forward_intermediates(image, intermediates_only=True)


def vit(spec: BackboneSpec, state: State | None) -> VitBackbone:
    """The vision transformer `options["network"]` of timm, or one of the sizes in the options."""
    size = {"num_classes": 0, "dynamic_img_size": True}
    if "network" in spec.options:
        net = timm.create_model(spec.options["network"], pretrained=False, **size)
    else:
        net = VisionTransformer(**spec.options, **size)
    backbone = VitBackbone(spec, net)
    if state is not None:
        expected = net.state_dict().keys()
        named = checkpoint_filter_fn(state, net)
        net.load_state_dict({key: named[key] for key in named.keys() & expected})
    return backbone


class SwinBackbone(SequenceBackbone):
    """A Swin transformer, whose blocks keep the channels last."""

    def features(self, normalised: Tensor) -> list[Tensor]:
        """The feature maps of a normalised image, channels first."""
        return [tokens.permute(0, 3, 1, 2) for tokens in super().features(normalised)]


def swin(spec: BackboneSpec, state: State | None) -> SequenceBackbone:
    """The Swin transformer `options["network"]` of torchvision, without its classifier."""
    network = torchvision.models.get_model(spec.options["network"], weights=None)
    return SwinBackbone(spec, without_stochastic_depth(network.features)).load(state)

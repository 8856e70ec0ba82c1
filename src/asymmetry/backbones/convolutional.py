"""Convolutional backbones, on the architectures of torchvision and timm."""

from collections import OrderedDict
from functools import partial

from asymmetry.backbones.catalog import BackboneSpec
from asymmetry.backbones.sequence import SequenceBackbone, State
from asymmetry.core.torchvision_ops import without_compiler

# isort: split
import torchvision
from torch import nn
from torchvision.models.vgg import make_layers


def vgg(spec: BackboneSpec, state: State | None) -> SequenceBackbone:
    """A VGG network with `options["layers"]` (widths, and "M" for a max-pool), without batch norm.

    Its classifier, nine tenths of VGG-16, is never made; the initial weights are torchvision's.
    """
    body = make_layers(spec.options["layers"], batch_norm=False)
    for parameter in body.parameters():
        if parameter.ndim == 4:
            nn.init.kaiming_normal_(parameter, mode="fan_out", nonlinearity="relu")
        else:
            nn.init.zeros_(parameter)
    return SequenceBackbone(spec, body).load(state)


def torchvision_network(spec: BackboneSpec, state: State | None) -> SequenceBackbone:
    """The network `options["network"]` of torchvision, without its classifier."""
    network = torchvision.models.get_model(spec.options["network"], weights=None)
    body = getattr(network, "features", None) or nn.Sequential(
        OrderedDict(network.named_children())
    )
    return SequenceBackbone(spec, without_stochastic_depth(body), foldable=True).load(state)


def without_stochastic_depth(body: nn.Sequential) -> nn.Sequential:
    """`body` that drops no branch in training, because such draws would not be counted."""
    for module in body.modules():
        if isinstance(module, torchvision.ops.StochasticDepth):
            module.p = 0.0
    return body


def efficientnet_lite(spec: BackboneSpec, state: State | None) -> SequenceBackbone:
    """The EfficientNet-Lite `options["network"]` of timm.

    The pretrained tensors have other names in the same order, so they are taken by position.
    """
    with without_compiler():
        import timm  # half a second: only where it is used

    network = timm.create_model(spec.options["network"], pretrained=False)
    blocks = {f"block{index}": block for index, block in enumerate(network.blocks)}
    body = nn.Sequential(OrderedDict(stem=network.conv_stem, norm=network.bn1, **blocks))
    if state is not None:
        state = dict(zip(body.state_dict(), state.values(), strict=False))
    return SequenceBackbone(spec, body, foldable=True).load(state)


def small_resnet(spec: BackboneSpec, state: State | None) -> SequenceBackbone:
    """A ResNet of basic blocks with group normalisation, by `layers`, `channels` and `stem_width`.

    The stem is the deep one of three 3x3 convolutions, whose width ends at twice `stem_width`.
    """
    with without_compiler():
        from timm.layers import GroupNorm
        from timm.models.resnet import BasicBlock, ResNet

    network = ResNet(
        BasicBlock,
        spec.options["layers"],
        channels=spec.options["channels"],
        stem_type="deep",
        stem_width=spec.options["stem_width"],
        norm_layer=partial(GroupNorm, num_groups=4),
        zero_init_last=False,
    )
    body = nn.Sequential(OrderedDict(network.named_children()))
    return SequenceBackbone(spec, body).load(state)

"""Trunks of timm: the stages of any of its networks that gives them."""

from dataclasses import replace
from typing import Any

from asymmetry.backbones.catalog import BackboneSpec
from asymmetry.backbones.contract import Backbone
from asymmetry.backbones.sequence import State, pad_to
from asymmetry.core import torchvision_ops  # noqa: F401

# isort: split
import timm
import torch
from timm.layers import Format
from timm.models import get_pretrained_cfg
from torch import Tensor, nn

from asymmetry.core.errors import UserError
from asymmetry.core.names import nearest
from asymmetry.core.still import draws_numbers, without_draws

# What lets a network of one image size take others: vision transformers, Swin transformers.
_ANY_SIZE: tuple[dict[str, bool], ...] = (
    {"dynamic_img_size": True},
    {"strict_img_size": False},
    {},
)


class TimmTrunk(Backbone):
    """The stages that timm's `features_only` gives of a network.

    A vision transformer gives the tokens after each of its blocks, as maps. An image whose sides
    are no multiples of the coarsest stride is padded by repeating its last row and column. There is
    neither dropout nor stochastic depth.
    """

    def __init__(self, spec: BackboneSpec, net: Any) -> None:
        """`net` is what timm makes with `features_only`."""
        super().__init__(spec)
        self.net = without_draws(net)
        channels, strides = net.feature_info.channels(), net.feature_info.reduction()
        blocks = getattr(getattr(net, "model", None), "blocks", ())
        if len(blocks) > len(channels) and len({*channels}) == len({*strides}) == 1:
            # Blocks that are all alike, of which timm gives the last ones unless asked for all.
            net.out_indices = list(range(len(blocks)))
            channels, strides = channels[:1] * len(blocks), strides[:1] * len(blocks)
        self.channels, self.strides = tuple(channels), tuple(strides)
        self.multiple: int = max(strides)
        self.channels_last = getattr(net, "output_fmt", None) == Format.NHWC

    def features(self, normalised: Tensor) -> list[Tensor]:
        """The feature maps of a normalised image."""
        sides = (-(-side // self.multiple) * self.multiple for side in normalised.shape[-2:])
        maps = self.net(pad_to(normalised, *sides))
        return [m.permute(0, 3, 1, 2) for m in maps] if self.channels_last else list(maps)


def trunk(spec: BackboneSpec, state: State | None) -> TimmTrunk:
    """The trunk of timm's network `options["network"]`; mean and std are its configuration's.

    Raises UserError where `state` is of another network.
    """
    network = spec.options["network"]
    cfg = get_pretrained_cfg(network)
    if state is not None:
        # Without its classifier, timm takes what it finds: whole, a network says what is missing.
        try:
            _create(network, state)
        except Exception:  # whatever timm's conversion makes of other tensors
            raise UserError(
                f"{spec.weights}: has tensors of another network than {network}; remove the file "
                "and get it again"
            ) from None
    net = _create(network, state, features_only=True)
    return TimmTrunk(replace(spec, mean=tuple(cfg.mean), std=tuple(cfg.std)), net)


def of_size(spec: BackboneSpec, state: State | None) -> TimmTrunk:
    """The architecture of timm's `options["network"]` in the size `options["size"]`, random.

    Raises ValueError where tensors are given: no weights are published for such a size.
    """
    if state is not None:
        raise ValueError(f"there are no weights of this size of {spec.options['network']}")
    options = spec.options["size"] | {"pretrained": False, "features_only": True}
    return TimmTrunk(spec, timm.create_model(spec.options["network"], **options))


def examine(network: str) -> str | None:
    """What is against a network of timm as a trunk, tried on a small image; None where nothing."""
    known = timm.list_models(network.partition(".")[0], pretrained=True)
    if "." in network and network not in known:
        return f"timm has no such weights; {nearest(network, known)}"
    image = torch.rand(1, 3, 48, 80, generator=torch.Generator().manual_seed(0))
    try:
        with torch.random.fork_rng(devices=[]):
            built = trunk(BackboneSpec("", {"network": network}), None)
        with torch.no_grad():
            maps = built.eval()(image)
        if draws_numbers(built, image.expand(2, -1, -1, -1)):
            return "draws random numbers in training, which a resumed one could not repeat"
    except (RuntimeError, ValueError, TypeError, AttributeError, AssertionError) as error:
        reason = " ".join(str(error).split())[:200]
        return f"gives no stages of an image of any size ({type(error).__name__}: {reason})"
    if [m.shape[1] for m in maps] != list(built.channels):
        return "gives other stages than timm says"
    return None


def _create(network: str, state: State | None, **options: bool) -> nn.Module:
    """The network, random or with the tensors of `state`, at any image size where it can."""
    source: dict[str, Any] = (
        {"pretrained": True, "pretrained_cfg_overlay": {"state_dict": state}} if state else {}
    )
    for size in _ANY_SIZE if get_pretrained_cfg(network).fixed_input_size else _ANY_SIZE[-1:]:
        try:
            net = timm.create_model(network, **source, **size, **options)
            break
        except TypeError as error:
            if not size or next(iter(size)) not in str(error):
                raise
    for part in net.modules():
        if isinstance(getattr(part, "pretrained_cfg", None), dict):
            part.pretrained_cfg.pop("state_dict", None)  # the tensors would stay in memory
    return net

"""The contract of each metric: what its numbers mean. Plain data; imports no torch."""

from collections import ChainMap
from dataclasses import dataclass
from importlib.metadata import version
from typing import Literal

from asymmetry.backbones.catalog import BACKBONES, CALIBRATED
from asymmetry.backbones.families import family_of
from asymmetry.core.define import define

CHANGES_NUMBERS = False


@dataclass(frozen=True)
class Contract:
    """The convention of a metric; numbers of two conventions are never mixed.

    `measure`: what computes it. It is `module:function` (with weights, what takes their file and
    gives the formula), or `pyiqa`, or `fidelity`: the loss of the same name.
    `colour`: the colour space: `rgb`; `y` (BT.601, studio range); `grey` (MATLAB's rgb2gray).
    `crop_scale`: a border as wide as the scale factor is left out first, as is usual in
    super-resolution.
    `rounded`: images, and then their grey, are rounded to 8 bits first, as files would be.
    `differentiable`: it may serve as a loss (`asymmetry.fidelity.toolbox`).
    `weights`: the entry of the weights manifest that it needs.
    `minimum_side`: the shortest side, in pixels, of an image, once cropped, that it can measure.
    `backbone`: the family of the network inside it, None where there is none: a judge that shares
    it with a loss or a discriminator may be partial.
    """

    measure: str
    colour: Literal["rgb", "y", "grey"]
    higher_is_better: bool
    full_reference: bool = True
    crop_scale: bool = False
    rounded: bool = True
    differentiable: bool = False
    weights: str | None = None
    minimum_side: int = 1
    backbone: str | None = None

    @property
    def module(self) -> str | None:
        """The module that computes it; None where pyiqa or a loss does."""
        module, colon, _ = self.measure.partition(":")
        return module if colon else None

    @property
    def _package(self) -> str:
        """The package whose code computes it: this one, or one of the user's own."""
        return (self.module or "asymmetry").partition(".")[0]

    @property
    def needs_weights(self) -> bool:
        """Whether it may be one of `metrics_with_weights`."""
        return self.weights is not None

    @property
    def convention(self) -> str:
        """The convention in words, with the version of pyiqa and the digest of the weights."""
        from asymmetry.weights.store import WEIGHTS

        parts = [
            f"pyiqa {version('pyiqa')}" if self.measure == "pyiqa" else self._package,
            self.colour,
            "border cropped by the scale" if self.crop_scale else "no crop",
            "8 bits" if self.rounded else "not rounded",
            "higher is better" if self.higher_is_better else "lower is better",
        ]
        if self.weights:
            parts.append(f"{self.weights} {WEIGHTS[self.weights].sha256[:8]}")
        return ", ".join(parts)


_SSIM = "asymmetry.metrics.ssim:ssim"
_PSNR = "asymmetry.metrics.psnr:psnr"

METRICS: dict[str, Contract] = {
    # Full reference, without weights.
    "psnr": Contract(_PSNR, "rgb", True, differentiable=True),
    "psnr_y": Contract(_PSNR, "y", True, crop_scale=True, differentiable=True),
    "psnry": Contract(_PSNR, "y", True, differentiable=True),  # pyiqa's: no border is left out
    "ssim": Contract(_SSIM, "grey", True, differentiable=True, minimum_side=11),
    "ssim_y": Contract(_SSIM, "y", True, crop_scale=True, differentiable=True, minimum_side=11),
    "ssimc": Contract(_SSIM, "rgb", True, differentiable=True, minimum_side=11),
    "ms_ssim": Contract(
        "asymmetry.metrics.ssim:ms_ssim", "grey", True, differentiable=True, minimum_side=176
    ),
    "gmsd": Contract(
        "asymmetry.metrics.gmsd:gmsd", "grey", False, differentiable=True, minimum_side=4
    ),
    "cw_ssim": Contract(
        "asymmetry.metrics.cw_ssim:cw_ssim", "grey", True, differentiable=True, minimum_side=64
    ),
    "fsim": Contract(
        "asymmetry.metrics.fsim:fsim", "rgb", True, differentiable=True, minimum_side=16
    ),
    "nlpd": Contract(
        "asymmetry.metrics.nlpd:nlpd", "grey", False, differentiable=True, minimum_side=64
    ),
    "vif": Contract(
        "asymmetry.metrics.vif:vif", "grey", True, differentiable=True, minimum_side=64
    ),
    "vsi": Contract("asymmetry.metrics.vsi:vsi", "rgb", True, differentiable=True, minimum_side=16),
    "ms_gmsd": Contract(
        "asymmetry.metrics.ms_gmsd:ms_gmsd", "grey", False, differentiable=True, minimum_side=16
    ),
    "haarpsi": Contract(
        "asymmetry.metrics.haarpsi:haarpsi", "rgb", True, differentiable=True, minimum_side=16
    ),
    "mdsi": Contract(
        "asymmetry.metrics.mdsi:mdsi", "rgb", False, differentiable=True, minimum_side=4
    ),
    "dss": Contract(
        "asymmetry.metrics.dss:dss", "grey", True, differentiable=True, minimum_side=32
    ),
    "srsim": Contract(
        "asymmetry.metrics.srsim:srsim", "grey", True, differentiable=True, minimum_side=40
    ),
    "iw_ssim": Contract(
        "asymmetry.metrics.iw_ssim:iw_ssim", "grey", True, differentiable=True, minimum_side=176
    ),
    # No reference.
    "niqe": Contract(
        "asymmetry.metrics.niqe:Niqe",
        "y",
        False,
        full_reference=False,
        weights="niqe_pristine",
        minimum_side=192,
    ),
    "piqe": Contract(
        "asymmetry.metrics.piqe:piqe", "grey", False, full_reference=False, minimum_side=16
    ),
}
# What the study's claims speak of, on luma (sharpness and lattice are in dB), and its meaning.
METRICS |= {
    name: Contract(
        f"asymmetry.metrics.{name}:{name}",
        "y",
        higher_is_better,
        crop_scale=True,
        minimum_side=side,
    )
    for name, higher_is_better, side in [
        ("sharpness", False, 32),
        ("coherence", True, 32),
        ("lattice", False, 32),
        ("artifacts_ldl", False, 7),
    ]
}
# Of a network that no loss, discriminator or judge is on.
METRICS |= {
    name: Contract(
        f"asymmetry.metrics.{name}:{name}",
        "rgb",
        higher_is_better,
        weights="inception_v3",
        minimum_side=side,
        backbone=family_of("inception_v3"),
    )
    for name, higher_is_better, side in [("semantics", True, 32), ("sifid", False, 128)]
}
# No metrics of an image: what a cell with an adversary has beside the same cell without one, on the
# planes of `artifacts_ldl` (`asymmetry.assessment.beside`).
BESIDE = ("artifacts_added", "artifacts_removed")
# Learned from opinions, as pyiqa has them (`asymmetry.metrics.learned`).
METRICS |= {
    name: Contract(
        "pyiqa",
        "rgb",
        higher_is_better,
        full_reference=name in ("topiq_fr", "pieapp"),
        weights=weights,
        minimum_side=side,
        backbone=backbone,
    )
    for name, weights, higher_is_better, side, backbone in [
        ("topiq_fr", "topiq_fr_kadid", True, 32, "resnet"),
        ("pieapp", "pieapp", False, 64, "pieapp"),
        ("topiq_nr", "topiq_nr_koniq", True, 32, "resnet"),
        ("musiq", "musiq_koniq", True, 32, "vit"),
    ]
}


def trunk_contract(weights: str, family: str) -> Contract:
    """The contract of a loss on a pretrained trunk of this family, with these weights."""
    return Contract("fidelity", "rgb", False, weights=weights, minimum_side=32, backbone=family)


# Full reference, on pretrained trunks: LPIPS, and the DISTS-style family of this package.
METRICS |= {
    name: trunk_contract(weights, family_of(weights))
    for name, weights in {
        "lpips-alex": "alexnet",
        "lpips-squeeze": "squeezenet1_1",
        "lpips-vgg": "vgg16",
        "dists": "vgg16",
        **{
            f"dists-{name}{ending}": spec.weights
            for name, spec in BACKBONES.items()
            for ending in ("", CALIBRATED)
            if spec.weights
        },
    }.items()
}

# The scores of people in a user study (`asymmetry.userstudy`): a judge that is not computed.
PEOPLE = "human"
# A view: what a study adds to the metrics is among them.
JUDGES = ChainMap(METRICS, {PEOPLE: Contract("people", "rgb", True)})


def weighted_metrics() -> list[str]:
    """The metrics that need weights."""
    return [name for name, contract in METRICS.items() if contract.needs_weights]


def define_trunk_metrics(backbone: str, weights: str) -> None:
    """Let studies name the metrics on a backbone of their own, whose weights are that entry.

    Raises ValueError where one of the names stands for something else already.
    """
    for name in (f"dists-{backbone}", f"dists-{backbone}{CALIBRATED}"):
        define(METRICS, name, trunk_contract(weights, family_of(backbone)), "metric")

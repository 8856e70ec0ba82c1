"""The names of fidelity losses. A file of this folder is a loss (or a family) of its name.

`l1.py` is `l1`; `style.py` is the family `style-<backbone>`, and so are `contextual.py` and
`dists.py`, which is `dists`, too; `calibrated.py` is `dists-<backbone>-calibrated`. The user's own
losses come to them. Imports no torch: the files are listed, not imported, so that a study can be
checked and planned in milliseconds.
"""

import importlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from asymmetry.backbones.catalog import BACKBONES, CALIBRATED, RANDOM, builder_of
from asymmetry.core.errors import UserError
from asymmetry.core.names import check_name
from asymmetry.core.own_parts import OwnPart, own_parts
from asymmetry.metrics.contracts import METRICS

if TYPE_CHECKING:
    from asymmetry.fidelity.contract import Fidelity

CHANGES_NUMBERS = False
# Families of a loss for each backbone.
_ON_BACKBONES = ("dists", "style", "contextual")
_NOT_LOSSES = {
    "__init__",
    "registry",
    "contract",
    "calibrated",
    *_ON_BACKBONES,
    "lpips",
    "on_trunk",
    "toolbox",
    "as_metric",
}
# The variant of `dists` with its authors' channel weights, and the trunk that these belong to.
OFFICIAL, OFFICIAL_TRUNK = "official", "vgg16"
# Of those modules that need more than a pixel: a window, or the strides of a trunk.
_SMALLEST = {"ms_ssim": 11, "calibrated": 16, **dict.fromkeys(_ON_BACKBONES, 16), "lpips": 32}
LPIPS_TRUNKS = {"alex": "alexnet", "squeeze": "squeezenet", "vgg": "vgg16"}


def fidelity_names() -> dict[str, tuple[str, str]]:
    """Every name that a study may use, with module and variant (`dists`, `vgg16-random`)."""
    return _names(tuple(BACKBONES), tuple(METRICS), tuple(own_parts("fidelity")))


@cache
def _names(
    _backbones: tuple[str, ...], _metrics: tuple[str, ...], _own: tuple[str, ...]
) -> dict[str, tuple[str, str]]:
    """The names, made anew when a study or its folder has added some of those."""
    files = sorted(Path(__file__).parent.glob("*.py"))
    names = {file.stem: (file.stem, "") for file in files if file.stem not in _NOT_LOSSES}
    names["dists"] = ("dists", OFFICIAL)
    for backbone, spec in BACKBONES.items():
        variants = [*([backbone] if spec.weights else []), f"{backbone}{RANDOM}"]
        for variant in variants:
            names |= {f"{family}-{variant}": (family, variant) for family in _ON_BACKBONES}
            names[f"dists-{variant}{CALIBRATED}"] = ("calibrated", variant)
    names |= {f"lpips-{net}": ("lpips", net) for net in LPIPS_TRUNKS}
    taken, own = {*names, *METRICS}.difference(own_parts("metrics")), own_parts("fidelity")
    for name, part in own.items():
        if name in taken:
            raise UserError(f"{part.place}: '{name}' is a loss or metric already; rename the part")
        names[name] = (part.module, _trunk_of(part))
    for metric, contract in METRICS.items():
        if contract.differentiable:
            names.setdefault(metric, ("toolbox", metric))
    return names


def _trunk_of(part: OwnPart) -> str:
    """The backbone that an own loss says it is on: its variant; "" where it says none."""
    trunk = str(part.literal("BACKBONE") or "")
    if not trunk:
        return ""
    plain = trunk.removesuffix(RANDOM)
    try:
        check_name(plain, BACKBONES, "backbone", key="BACKBONE")
    except ValueError as error:
        raise UserError(f"{part.place}: {error}") from None
    if trunk == plain and BACKBONES[plain].weights is None:
        raise UserError(f"{part.place}: BACKBONE: has random weights only; write '{plain}{RANDOM}'")
    return trunk


def module_of(name: str) -> str:
    """The module that builds the loss `name`."""
    module = fidelity_names()[name][0]
    return module if name in own_parts("fidelity") else f"asymmetry.fidelity.{module}"


def is_toolbox(name: str) -> bool:
    """Whether the loss `name` is a metric turned into a loss, which its contract defines."""
    return fidelity_names()[name][0] == "toolbox"


def is_calibrated(name: str) -> bool:
    """Whether the loss or metric `name` has channel weights that the study fits."""
    return name in fidelity_names() and fidelity_names()[name][0] == "calibrated"


def backbone_of(name: str) -> str | None:
    """The backbone inside the loss `name` ("vgg16", "vgg16-random"), None where there is none."""
    module, variant = fidelity_names()[name]
    if module == "lpips":
        return LPIPS_TRUNKS[variant]
    if variant == OFFICIAL:
        return OFFICIAL_TRUNK
    if name in own_parts("fidelity"):
        return variant or None
    return variant if module in (*_ON_BACKBONES, "calibrated") else None


def weights_of(name: str) -> set[str]:
    """The entries of the weights manifest inside the loss or metric `name`."""
    found = {METRICS[name].weights if name in METRICS else None}
    if name in fidelity_names():
        module, variant = fidelity_names()[name]
        backbone = backbone_of(name)
        found.add(BACKBONES[backbone].weights if backbone in BACKBONES else None)
        found.add(f"lpips_{variant}" if module == "lpips" else None)
        found.add("dists" if variant == OFFICIAL else None)
    return {entry for entry in found if entry}


def smallest_crop(name: str) -> int:
    """The side in pixels of the smallest images that the loss `name` can be computed on."""
    if is_toolbox(name):
        return METRICS[name].minimum_side
    return _SMALLEST.get(fidelity_names()[name][0], 1)


def code_of(name: str) -> list[str]:
    """The roots of the code of the loss or metric `name`, with those of its backbone."""
    roots = [METRICS[name].measure] if name in METRICS and METRICS[name].module else []
    if name in fidelity_names():
        backbone = backbone_of(name)
        roots += [f"{module_of(name)}:build", *([builder_of(backbone)] if backbone else [])]
    return roots


def build_fidelity(name: str, weights: Path, fitted: Path | None = None) -> "Fidelity":
    """The loss `name`; `weights` is the folder of the weights manifest's files.

    `fitted` is the file of the channel weights of a calibrated loss; other losses do not use it.
    """
    module = importlib.import_module(module_of(name))
    files = [weights, fitted] if is_calibrated(name) else [weights]
    return module.build(fidelity_names()[name][1], *files)

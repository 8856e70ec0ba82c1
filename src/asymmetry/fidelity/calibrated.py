"""The DISTS-style family with channel weights that were fitted to human scores.

The features and the formula are those of `dists`; alpha and beta come from the file that
`asymmetry.iqa.calibration` makes on part of an IQA set.
"""

from pathlib import Path

import torch

from asymmetry.backbones.registry import build_backbone
from asymmetry.fidelity.contract import Fidelity
from asymmetry.fidelity.dists import Dists
from asymmetry.weights.channel_weights import read_fitted


def build(variant: str, weights: Path, fitted: Path) -> Fidelity:
    """The loss on the backbone `variant` with the channel weights in the file `fitted`.

    Raises UserError where that file is missing or damaged, or its name does not fit its record.
    """
    alpha, beta, _ = read_fitted(fitted)
    backbone = build_backbone(variant, weights=weights)
    return Dists(backbone, torch.from_numpy(alpha), torch.from_numpy(beta))

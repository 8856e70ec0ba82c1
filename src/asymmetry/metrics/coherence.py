"""Coherence of fine detail: how much of the reference's detail is there, in its place.

Ours, after magnitude-squared coherence (Carter 1987), taken over the band of each window instead of
over windows. A window's detail explains of the reference's what one gain for the whole window can:
the squared correlation of the two. The mean is weighted by the reference's energy. So the value is
the share of that energy which is explained: 1 of the reference itself, under any contrast of its
detail; P / (P + v) where white noise of variance v (in the band) lies on detail of energy P; 0 of
inverted detail; of unrelated detail about half of 1 / the degrees of freedom of a window.
"""

from functools import partial

from torch import Tensor

from asymmetry.metrics.scaled import Scaled
from asymmetry.metrics.separable import Paired
from asymmetry.metrics.spectra import ROUNDING, detail


def _explained(restored: Tensor, reference: Tensor) -> Tensor:
    # As if both had the same noise of rounding: where neither has detail they agree.
    shared = (restored * reference).sum(dim=2) + ROUNDING
    own, wanted = (x.square().sum(dim=2) + ROUNDING for x in (restored, reference))
    return (shared.clamp_min(0).square() / own).sum(dim=1) / wanted.sum(dim=1)


def _at(scale: int) -> Paired[Tensor]:
    return Paired(partial(detail, scale=scale), _explained)


# Luma [B, 1, H, W] in 0..1 twice to [B] in 0..1; 1 is best; sides >= 32.
coherence = Scaled(_at)

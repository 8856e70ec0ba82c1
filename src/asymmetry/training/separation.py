"""How well a discriminator tells real from restored images, over the steps of a training."""

from collections.abc import Mapping

import torch
from torch import Tensor

from asymmetry.training.windows import NAMES, windows


def auc(real: Tensor, fake: Tensor) -> Tensor:
    """The share of pairs of logits in which the real one is higher; a tie counts half.

    This is the area under the ROC curve, the statistic of Mann and Whitney (1947) over the number
    of pairs: 0.5 is chance, 1 perfect. Logits of any shape and number; a scalar in float64, NaN
    where a logit is NaN.
    """
    real, fake = real.detach().flatten(), fake.detach().flatten().sort().values
    below = torch.searchsorted(fake, real.contiguous(), right=False)
    not_above = torch.searchsorted(fake, real.contiguous(), right=True)
    share = (below + not_above).sum().double() / (2 * real.numel() * fake.numel())
    known = ~(real.isnan().any() | fake.isnan().any())
    return torch.where(known, share, torch.nan)


class Separation:
    """The mean AUC at the start, in the middle and at the end of a training of `steps` steps.

    The sums stay on the device. `kept` are those of a checkpoint.
    """

    def __init__(self, steps: int, kept: Mapping[str, float]) -> None:
        self._windows = windows(steps)
        self._sums: dict[str, Tensor] = {
            name: torch.tensor(value, dtype=torch.float64) for name, value in kept.items()
        }

    def update(self, step: int, logs: Mapping[str, Tensor]) -> None:
        """Take the `auc` of one step into account, where there is one."""
        if "auc" not in logs:
            return
        for name in NAMES:
            if step in self._windows[name]:
                before = self._sums.get(name)
                value = logs["auc"]
                self._sums[name] = value if before is None else before.to(value.device) + value

    def kept(self) -> dict[str, float]:
        """The sums so far, for a checkpoint; waits for the device."""
        return {name: float(value) for name, value in self._sums.items()}

    def means(self, step: int) -> dict[str, float | None]:
        """The mean of each part, after `step` steps; None where it was not reached."""
        found: dict[str, float | None] = dict.fromkeys(NAMES)
        for name, total in self.kept().items():
            window = self._windows[name]
            found[name] = total / (min(step, window[-1]) - window[0] + 1)
        return found

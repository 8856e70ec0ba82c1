"""Adam (Kingma and Ba 2015) as torch has it, without what is there for torch's compiler alone.

Torch excludes each of these methods from compilation, and for that it imports the compiler, which
takes over a second. No study compiles its optimizer. The steps are the same, bit by bit.
"""

from collections.abc import Callable
from inspect import unwrap
from typing import Any

import torch


class Adam(torch.optim.Adam):
    """`torch.optim.Adam`: the same arguments, states and steps."""

    add_param_group = unwrap(torch.optim.Adam.add_param_group)
    zero_grad = unwrap(torch.optim.Adam.zero_grad)
    state_dict = unwrap(torch.optim.Adam.state_dict)
    load_state_dict = unwrap(torch.optim.Adam.load_state_dict)

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """One step; `closure` computes the loss anew, and its value is returned."""
        return unwrap(torch.optim.Adam.step)(self, closure)

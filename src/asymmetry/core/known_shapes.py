"""Lets torch pass a gradient back without its symbolic shapes, whose import takes half a second.

`Tensor.backward(gradient)` compares two shapes in a way that its compiler needs, whose shapes may
not be known yet, and imports a computer algebra system for that. Import this module before the
first step of a training.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

import torch.fx.experimental

CHANGES_NUMBERS = False
_NAME = "torch.fx.experimental.symbolic_shapes"


class _StandIn(ModuleType):
    """Answers for known shapes. Whoever asks for anything else gets torch's module."""

    @staticmethod
    def sym_eq(one: torch.Size, other: torch.Size) -> bool:
        return one == other

    @staticmethod
    def expect_true(known: bool) -> bool:
        return known

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # as asked of every module, by `inspect` for one
            raise AttributeError(name)
        if sys.modules[_NAME] is self:
            del sys.modules[_NAME]
        return getattr(import_module(_NAME), name)


sys.modules.setdefault(_NAME, _StandIn(_NAME))

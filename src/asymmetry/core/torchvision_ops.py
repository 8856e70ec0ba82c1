"""Lets PyPI's torchvision (built for CUDA) be imported beside a CPU build of torch, and sooner.

Import this module before torchvision, timm, spandrel, lpips or pyiqa. Without it their import
fails with `operator torchvision::nms does not exist`. Nothing here is ever called by the study.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

import torch

CHANGES_NUMBERS = False

if torch.version.cuda is None:
    # The library must stay referenced: the declarations vanish with it.
    LIBRARY = torch.library.Library("torchvision", "DEF")
    for _name in ("nms", "qnms"):
        LIBRARY.define(f"{_name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")


@contextmanager
def without_compiler() -> Iterator[None]:
    """Stand-ins for torch's compiler, whose import takes over a second, unless it is there.

    torchvision asks it whether an operation that no study uses could be compiled; timm excludes a
    class that no study uses from compilation.
    """
    compiler, utilities = ModuleType("torch._dynamo"), ModuleType("torch._dynamo.utils")
    vars(compiler)["disable"] = lambda excluded, *_, **__: excluded
    vars(utilities)["is_compile_supported"] = lambda device: False
    stand_ins = {one.__name__: one for one in (compiler, utilities)}
    if compiler.__name__ in sys.modules:
        stand_ins = {}
    sys.modules.update(stand_ins)
    try:
        yield
    finally:
        for name in stand_ins:
            del sys.modules[name]


with without_compiler():
    import torchvision  # noqa: F401

"""Lets PyPI's torchvision (built for CUDA) be imported beside a CPU build of torch.

Import this module before torchvision, timm, spandrel, lpips or pyiqa. Without it their import
fails with `operator torchvision::nms does not exist`. Nothing here is ever called by the study.
"""

import torch

CHANGES_NUMBERS = True

if torch.version.cuda is None:
    # The library must stay referenced: the declarations vanish with it.
    LIBRARY = torch.library.Library("torchvision", "DEF")
    for _name in ("nms", "qnms"):
        LIBRARY.define(f"{_name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")

from typing import Literal

import numpy as np
import pytest
import torch

from asymmetry.metrics.borders import bordered


@pytest.mark.parametrize("beyond", ["reflect", "symmetric"])
@pytest.mark.parametrize("reach", [1, 2])
def test_is_what_numpy_pads(beyond: Literal["reflect", "symmetric"], reach: int):
    maps = torch.arange(24.0).view(1, 2, 3, 4)
    expected = np.pad(maps.numpy(), ((0, 0), (0, 0), (reach, reach), (reach, reach)), beyond)
    ours = bordered(maps, reach, beyond)
    assert (ours.numpy() == expected).all()

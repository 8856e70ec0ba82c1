import torch
from skimage.metrics import mean_squared_error

from asymmetry.fidelity.mse import mse


def test_equals_scikit_image():
    x, y = torch.rand(2, 3, 9, 7), torch.rand(2, 3, 9, 7)
    expected = [mean_squared_error(a.numpy(), b.numpy()) for a, b in zip(x, y, strict=True)]
    torch.testing.assert_close(mse(x, y), torch.tensor(expected, dtype=torch.float32))

import csv
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image

from asymmetry.backbones.registry import build_backbone
from asymmetry.fidelity.lpips import Lpips, unit
from asymmetry.fidelity.registry import LPIPS_TRUNKS, build_fidelity
from asymmetry.weights.store import load_state

# isort: split
import lpips


def read(path: Path) -> torch.Tensor:
    pixels = np.asarray(Image.open(path).convert("RGB"), np.float32) / 255
    return torch.from_numpy(pixels).permute(2, 0, 1)[None]


def test_published_values(shared: Path):
    """TID2013 pairs by pyiqa's calibration, and the example images of the authors' repository."""
    folder = shared / "data" / "calibration"
    with (folder / "reference_values.csv").open() as table:
        rows = [row for row in csv.DictReader(table) if row["metric"] == "lpips"]
    assert len(rows) == 5
    fidelity = build_fidelity("lpips-alex", shared / "weights")
    for row in rows:
        value = fidelity(read(folder / row["distorted"]), read(folder / row["reference"])).item()
        digits = len(row["value"].partition(".")[2])
        assert value == pytest.approx(float(row["value"]), abs=0.6 * 10**-digits), row["distorted"]


@pytest.mark.parametrize(
    ("net", "maker"), [("alex", "alexnet"), ("squeeze", "squeezenet1_1"), ("vgg", "vgg16")]
)
def test_equals_the_authors_package(net: str, maker: str, monkeypatch: pytest.MonkeyPatch):
    """On one random trunk, which the package is given in place of torchvision's."""
    trunk = build_backbone(LPIPS_TRUNKS[net], weights=None)
    network = SimpleNamespace(features=trunk.body)
    monkeypatch.setattr(lpips.pretrained_networks.tv, maker, lambda pretrained: network)
    oracle = lpips.LPIPS(net=net, pnet_rand=True, verbose=False)
    heads = load_state(f"lpips_{net}", Path("nowhere"))
    ours = Lpips(trunk, [heads[f"lin{i}.model.1.weight"] for i in range(len(heads))])
    x, y = torch.rand(2, 3, 48, 64), torch.rand(2, 3, 48, 64)
    torch.testing.assert_close(ours(x, y), oracle(x, y, normalize=True).flatten())


def test_gradient_is_finite_where_all_features_are_zero():
    features = torch.zeros(1, 4, 2, 2, requires_grad=True)
    unit(features.relu()).sum().backward()
    assert features.grad.isfinite().all()
    lone = torch.tensor([3.0, 4.0]).view(1, 2, 1, 1)
    assert unit(lone).flatten().tolist() == pytest.approx([0.6, 0.8])

"""Metrics of pyiqa by name, on random weights in its own containers, against pyiqa itself."""

import os
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pyiqa
import pytest
import torch
from pyiqa.archs import cnniqa_arch
from torch import Tensor, nn

from asymmetry.assessment.scores import Reference
from asymmetry.core.errors import UserError
from asymmetry.fidelity.as_metric import build_metric
from asymmetry.metrics.borrowed import borrow
from asymmetry.metrics.borrowed_network import Judge, construct, fetch
from asymmetry.metrics.build import Metric
from asymmetry.metrics.contracts import METRICS
from asymmetry.metrics.planes import Planes
from asymmetry.metrics.pyiqa_catalog import catalog, not_usable, repositories
from asymmetry.metrics.separable import Whole
from asymmetry.weights.addresses import AbsentError, public
from asymmetry.weights.lock import Lock
from tests.http_server import Served, Server, server

__all__ = ["server"]
CPU, WEIGHTS, STUDY = torch.device("cpu"), Path("weights"), Path("study.yaml")
FILE = "CNNIQA_koniq10k-e6f14c91.pth"
SOURCE = f"https://huggingface.co/chaofengc/IQA-PyTorch-Weights/resolve/main/{FILE}"


@pytest.fixture(scope="module")
def content() -> bytes:
    """CNNIQA's file: a network of random weights, as pyiqa publishes them."""
    torch.manual_seed(2)
    buffer = BytesIO()
    torch.save({"params": cnniqa_arch.CNNIQA(pretrained=None).state_dict()}, buffer)
    return buffer.getvalue()


@pytest.fixture
def hub(content: bytes, server: Server, workplace: Path, monkeypatch: Any) -> Iterator[Server]:
    monkeypatch.setenv("HF_ENDPOINT", server.address)
    server.publish(public(SOURCE).removeprefix("https://huggingface.co/"), Served(content))
    for name in ("cnniqa", "gmsd"):
        monkeypatch.setitem(METRICS, f"my-{name}", borrow(name))
    return server


@pytest.fixture
def lock(hub: Server) -> Lock:
    return Lock(STUDY).with_part("pyiqa:cnniqa", fetch("cnniqa", WEIGHTS, Lock()))


def built(name: str, lock: Lock) -> Metric:
    return build_metric(f"my-{name}", WEIGHTS, CPU, lock=lock)


def images(side: int = 48) -> tuple[Tensor, Tensor]:
    """Two images of 8 bits, so that the rounding of the contract changes nothing."""
    drawn = np.random.default_rng(7).integers(0, 256, (2, 1, 3, side, side)) / 255
    first, second = torch.from_numpy(drawn).float()
    return first, second


def test_values_are_pyiqas(lock: Lock):
    first, second = images()
    path = str(WEIGHTS / "pyiqa" / FILE)
    own = pyiqa.create_metric("cnniqa", device=CPU, pretrained_model_path=path)
    assert built("cnniqa", lock)(first, second) == pytest.approx(float(own(first)), rel=1e-6)
    files = Lock(STUDY).with_part("pyiqa:gmsd", fetch("gmsd", WEIGHTS, Lock()))
    assert files.parts == {"pyiqa:gmsd": ()}
    own = pyiqa.create_metric("gmsd", device=CPU)
    value = built("gmsd", files)(first, second)
    assert value == pytest.approx(float(own(first, second)), rel=1e-6)
    assert value > 0


def test_a_batch_is_judged_image_by_image(lock: Lock):
    metric = built("cnniqa", lock)
    both = torch.cat(images())
    measure: Any = metric._measure
    alone = [measure.formula(image[None], image[None]).item() for image in both]
    assert measure(both, both[:1]).tolist() == alone


def test_the_contract_is_pyiqas(hub: Server):
    contract = METRICS["my-cnniqa"]
    assert (contract.full_reference, contract.higher_is_better) == (False, True)
    assert contract.convention.startswith(f"pyiqa {pyiqa.__version__} cnniqa, rgb, no crop, 8 bits")
    assert contract.convention.endswith("higher is better, in ~0, ~1")
    assert (METRICS["my-gmsd"].full_reference, METRICS["my-gmsd"].higher_is_better) == (True, False)


def test_a_job_fetches_nothing(lock: Lock, hub: Server, monkeypatch: pytest.MonkeyPatch):
    """Not even where the library has the file in a cache of its own."""
    cached = Path(torch.hub.get_dir()) / "pyiqa" / FILE
    asked = list(hub.asked)
    (WEIGHTS / "pyiqa" / FILE).unlink()
    with pytest.raises(UserError) as caught:
        built("cnniqa", lock)
    assert str(caught.value) == (
        f"weights/pyiqa/{FILE}: missing; run `asymmetry weights get --study study.yaml`"
    )
    with pytest.raises(UserError, match=r"which study.weights.lock lacks; run `asymmetry weights"):
        built("cnniqa", Lock(STUDY).with_part("pyiqa:cnniqa", {}))
    assert hub.asked == asked
    assert not cached.exists()


def test_another_machine_gets_the_same_bytes_or_a_refusal(lock: Lock, hub: Server):
    elsewhere = Path("elsewhere")
    assert fetch("cnniqa", elsewhere, lock) == dict(lock.files)
    (served,) = hub.files.values()
    served.content = served.content[:-1] + b"?"
    with pytest.raises(UserError, match=rf"^third/pyiqa/{FILE}: .* than study.weights.lock says"):
        fetch("cnniqa", Path("third"), lock)


class Exploit:
    """Makes a folder when it is unpickled."""

    def __reduce__(self) -> Any:
        return os.mkdir, ("exploited",)


def test_code_in_a_file_is_not_run(hub: Server, content: bytes):
    """pyiqa loads with all powers of pickle."""
    buffer = BytesIO()
    torch.save({"params": Exploit()}, buffer)
    (served,) = hub.files.values()
    served.content = buffer.getvalue()
    with pytest.raises(UserError, match=r"^pyiqa:cnniqa: refused, a file holds more than tensors$"):
        fetch("cnniqa", WEIGHTS, Lock())
    assert not Path("exploited").exists()


@pytest.mark.parametrize(
    ("error", "line"),
    [
        # Q-Align's code imports it, and pyiqa does not install it.
        (ModuleNotFoundError("no", name="icecream"), "needs the package icecream; install it"),
        (RuntimeError("size mismatch\n for fc1"), r"cannot be built here \(RuntimeError: size mis"),
    ],
)
def test_what_keeps_pyiqa_from_building_is_one_line(
    error: Exception, line: str, monkeypatch: pytest.MonkeyPatch
):
    def fail(_: Any) -> None:
        raise error

    monkeypatch.setattr(pyiqa.archs, "build_network", fail)
    with pytest.raises(UserError, match=f"^pyiqa:qalign: {line}") as caught:
        construct("qalign", lambda _: Path(), WEIGHTS)
    assert "\n" not in str(caught.value)


class Drawing(nn.Module):
    """A judge by dice: of torch, and of numpy."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[float, float]] = []

    def forward(self, image: Tensor) -> Tensor:
        self.seen.append((torch.rand(()).item(), float(np.random.rand())))
        return image.new_tensor([sum(self.seen[-1])])


def test_draws_are_counted_and_their_mean_counts():
    first, _ = images()
    network = Drawing()
    torch.manual_seed(0)
    np.random.seed(0)
    before = (torch.random.get_rng_state(), np.random.get_state()[1].tolist())
    value = Judge(network, False, draws=3)(first, first)
    assert torch.equal(torch.random.get_rng_state(), before[0])
    assert np.random.get_state()[1].tolist() == before[1]
    assert len(set(network.seen)) == 3
    assert value.item() == pytest.approx(sum(map(sum, network.seen)) / 3)
    again = Drawing()
    torch.manual_seed(1)
    assert torch.equal(Judge(again, False, draws=3)(first, first), value)


@pytest.mark.parametrize("answer", [torch.tensor([float("nan")]), torch.zeros(1, 2), None, "4"])
def test_an_answer_without_a_number_makes_none(answer: Any, monkeypatch: pytest.MonkeyPatch):
    class Silent(nn.Module):
        calls = 0

        def forward(self, image: Tensor) -> Any:
            self.calls += 1
            return answer if self.calls == 2 else image.new_ones(1)

    judge = Judge(Silent(), False, draws=3)
    with pytest.raises(ValueError, match=r"^no number can be read: draw 2 is"):
        judge(*images())
    # In a table it is a status, and no value.
    monkeypatch.setitem(METRICS, "silent", borrow("cnniqa"))
    metric = Metric("silent", Whole(judge), CPU)
    judge.network = Silent()
    image = Planes(images()[0], 1)
    (score,) = Reference(image.images, 1, {"silent": metric}).scores("silent", image)
    assert np.isnan(score.value)
    assert score.status.startswith("failed: no number can be read: draw 2 is")


USABLE = [name for name in catalog() if not not_usable(name)]
# Each of their ways: none, pyiqa's own, torchvision's, timm's, CLIP's in two versions, torch.hub's.
WAYS = ["ssim", "niqe", "dbcnn", "hyperiqa", "clipiqa+", "liqe", "laion_aes", "afine_nr", "unique"]


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=[] if n in WAYS else pytest.mark.long) for n in USABLE]
)
def test_every_metric_of_pyiqa_asks_for_its_files_by_address(name: str, tmp_path: Path):
    """So a job can refuse, and `weights get` fetch, whatever a metric needs."""
    asked = []

    def refuse(url: str) -> Path:
        asked.append(url)
        raise AbsentError("absent")

    if repositories(catalog()[name]):
        with pytest.raises(UserError, match=r"cannot be built here|needs the package"):
            construct(name, refuse, tmp_path)
    elif catalog()[name].cls in WITHOUT_FILES:
        construct(name, refuse, tmp_path)
        assert asked == []
    else:
        with pytest.raises(AbsentError, match=r"^absent$"):
            construct(name, refuse, tmp_path)
        assert asked


WITHOUT_FILES = {"SSIM", "PSNR", "FSIM", "MS_SSIM", "VIF", "GMSD", "NLPD", "VSI", "CW_SSIM"}
WITHOUT_FILES |= {"MAD", "PIQE", "Entropy"}

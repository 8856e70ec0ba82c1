import os
import pickle
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from spandrel import ImageModelDescriptor, ModelLoader
from spandrel.architectures.SPAN.__arch.span import Conv3XC
from torch import Tensor, nn

from asymmetry.assessment.engine import Engine, material_of
from asymmetry.assessment.targets import Model, Target
from asymmetry.core.errors import UserError
from asymmetry.core.files import sha256_of
from asymmetry.core.still import draws_numbers
from asymmetry.generators import from_file
from asymmetry.generators.examine import examine
from asymmetry.generators.from_file import from_tensors, load_generator
from asymmetry.generators.registry import build_generator
from asymmetry.planning.plan import Plan
from asymmetry.study import parse_study
from tests.conftest import small_values
from tests.generators.networks import NETWORKS, write_network

ODD = torch.rand(2, 3, 13, 9, generator=torch.Generator().manual_seed(1))


def spandrel(path: Path) -> ImageModelDescriptor:
    descriptor = ModelLoader("cpu").load_from_file(path)
    assert isinstance(descriptor, ImageModelDescriptor)
    return descriptor


def buffers(network: nn.Module) -> dict[str, bytes]:
    return {name: tensor.numpy().tobytes() for name, tensor in network.named_buffers()}


@pytest.mark.parametrize("name", NETWORKS)
def test_it_restores_as_spandrel_does_before_and_after_it_was_saved(name: str, tmp_path: Path):
    path = write_network(name, tmp_path)
    expected = spandrel(path)(ODD.clone())
    generator = load_generator(path).eval()
    left = tmp_path / "generator.safetensors"
    save_file(generator.state_dict(), left)
    with torch.no_grad():
        assert torch.allclose(generator(ODD).clamp(0, 1), expected, atol=1e-4)
        assert torch.equal(load_generator(left).eval()(ODD), generator(ODD))
    # Whoever else builds on spandrel can use what a training leaves.
    if name != "SPAN":
        assert torch.allclose(spandrel(left)(ODD.clone()), expected, atol=1e-4)


@pytest.mark.parametrize("name", NETWORKS)
def test_a_training_draws_nothing_and_leaves_batch_and_statistics_alone(name: str, tmp_path: Path):
    path = write_network(name, tmp_path)
    as_it_came = draws_numbers(spandrel(path).model.train(), ODD.clone())
    assert as_it_came == (name in ("SwinIR", "DAT"))
    generator = load_generator(path).train()
    before, image = buffers(generator), ODD.clone()
    assert not draws_numbers(generator, image)
    restored = generator(image)
    assert torch.equal(restored, generator(image))
    restored.sum().backward()
    assert torch.equal(image, ODD)
    assert buffers(generator) == before
    assert any(bool(p.grad.any()) for p in generator.parameters() if p.grad is not None)


def test_span_is_trained_as_one_convolution_in_place_of_three(tmp_path: Path):
    path = write_network("SPAN", tmp_path)
    network = spandrel(path).model
    with torch.no_grad():
        restored = network.eval()(ODD)
    assert [part for part in network.modules() if isinstance(part, Conv3XC)]
    generator = load_generator(path)
    assert not [part for part in generator.modules() if isinstance(part, Conv3XC)]
    with torch.no_grad():
        assert torch.allclose(generator.train()(ODD), restored, atol=1e-4)
    # By hand: 20 of 3x3 (the first from 3 channels), one of 1x1, each with its biases.
    widths = [(3, 8), *[(8, 8)] * 19, (8, 12)]
    count = sum(9 * a * b + b for a, b in widths) + 32 * 8 + 8
    assert sum(p.numel() for p in generator.parameters()) == count


class Malicious:
    """What a pickle can do: call anything."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.mark),)


@pytest.mark.parametrize("suffix", ["pth", "pt", "ckpt"])
def test_a_pickle_that_runs_code_is_refused(suffix: str, tmp_path: Path):
    mark, path = tmp_path / "it ran", tmp_path / f"x.{suffix}"
    torch.save({"params": {"conv_1.weight": Malicious(mark)}}, path)
    with pytest.raises(UserError, match=r"more than tensors|cannot be read") as caught:
        load_generator(path)
    assert len(str(caught.value).splitlines()) == 1
    assert not mark.exists()
    # The file would have run it: this test can fail.
    with pytest.raises(pickle.UnpicklingError):
        torch.load(path, weights_only=True)
    torch.load(path, weights_only=False)
    assert mark.is_dir()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "cannot be read"),
        (b"not a zip file", "cannot be read|more than tensors"),
        ({"weight": torch.zeros(3)}, "is no network that spandrel knows; use a checkpoint"),
        ("cut", "cannot be read"),
        ("grey", "is SPAN from 1 channels to 1; a generator goes from RGB to RGB"),
    ],
)
def test_a_file_that_is_no_generator_is_one_line(content: object, message: str, tmp_path: Path):
    path = tmp_path / "x.pth"
    if content == "cut":
        path.write_bytes(write_network("Compact", tmp_path).read_bytes()[:-2000])
    elif content == "grey":
        from spandrel.architectures.SPAN import SPAN

        torch.save(SPAN(num_in_ch=1, num_out_ch=1, rgb_mean=(0.0,) * 3).state_dict(), path)
    elif isinstance(content, bytes):
        path.write_bytes(content)
    else:
        torch.save(content, path)
    with pytest.raises(UserError, match=rf"x\.pth: .*({message})") as caught:
        load_generator(path)
    assert len(str(caught.value).splitlines()) == 1


def test_another_suffix_scale_or_content_is_one_line_too(tmp_path: Path):
    path = write_network("Compact", tmp_path)
    assert load_generator(path, scale=4, sha256=sha256_of(path)).scale == 4
    with pytest.raises(UserError, match="is RealESRGAN Compact of scale 4, not 2; use another"):
        load_generator(path, scale=2)
    with pytest.raises(UserError, match="has changed since the study was planned"):
        load_generator(path, sha256="0" * 64)
    with pytest.raises(UserError, match="there is no such file"):
        load_generator(tmp_path / "other.pth")
    other = path.rename(tmp_path / "x.onnx")
    with pytest.raises(UserError, match="Unsupported model file extension"):
        load_generator(other)


@pytest.mark.parametrize("name", NETWORKS)
def test_what_can_be_trained_is_found_fit(name: str, tmp_path: Path):
    facts = examine(write_network(name, tmp_path))
    assert (facts.scale, facts.problem) == (4 if name == "Compact" else 2, None)


class Noisy(nn.Module):
    """A network with a noise of its own, which no rate takes out."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, image: Tensor) -> Tensor:
        noise = torch.randn_like(image) if self.training else torch.zeros_like(image)
        return self.network(image + noise)


class Detached(Noisy):
    def forward(self, image: Tensor) -> Tensor:
        return self.network(image).detach().requires_grad_()


class Both(Noisy):
    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:  # type: ignore[override]
        return self.network(image), image


class Random(Noisy):
    def forward(self, image: Tensor) -> Tensor:
        return self.network(image) + float(torch.rand(1))


@pytest.mark.parametrize(
    ("kind", "problem"),
    [
        (Noisy, "draws random numbers in training"),
        (Detached, "has no gradient"),
        (Both, "fails in training"),
        (Random, "is more than a function of an image"),
    ],
)
def test_what_cannot_is_told(
    kind: type[Noisy], problem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = write_network("Compact", tmp_path)
    monkeypatch.setattr(from_file, "fused", kind)
    found = examine(path).problem
    assert found
    assert problem in found


def test_tensors_that_no_network_has_are_refused():
    with pytest.raises(UserError, match="no network that spandrel knows"):
        from_tensors({"weight": torch.zeros(3)})


# SPAN x4 behind MATLAB's bicubic: PSNR-Y without a border of 4, 8 bits. So its release gives it;
# its paper has 32.20, 28.66 and 27.62 (Wan et al. 2023, table 1).
PUBLISHED = {"set5": 32.20, "set14": 28.64, "bsd100": 27.61}


def test_a_published_span_is_read_in_its_fused_form(shared: Path):
    generator = load_generator(shared / "weights/span_x4_ch48.safetensors", scale=4)
    assert sum(p.numel() for p in generator.parameters()) == 426_288


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["set5", *(pytest.param(name, marks=pytest.mark.long) for name in ("set14", "bsd100"))]
)
def test_it_has_the_published_psnr_in_a_study(name: str, shared: Path, workplace: Path):
    """From the name in the study to its scores, as the generator that a training left."""
    file = shared / "weights/span_x4_ch48.safetensors"
    values = small_values() | {
        "generators": {"span-48": {"file": str(file)}},
        "evaluation": {
            "sets": {name: str(shared / "data" / name)},
            "metrics": ["psnr_y"],
            "distortion": ["psnr_y"],
            "pictures": {"images": 0},
        },
    }
    values["grid"] |= {"generators": ["span-48"]}
    study = parse_study(values, "params.yaml")
    left = workplace / "generator.safetensors"
    save_file(build_generator("span-48", 4, seed=0).state_dict(), left)
    device = torch.device("cpu")
    engine = Engine(material_of(Plan(study), device), device)
    scores = engine.assess([Target("span", workplace, "bicubic-x4", Model("span-48", left))])
    assert len(scores) == {"set5": 5, "set14": 14, "bsd100": 100}[name]
    assert round(scores["value"].mean(), 2) == PUBLISHED[name]

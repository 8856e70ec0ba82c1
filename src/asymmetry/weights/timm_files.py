"""Weights of timm's models: where timm itself has them, and where they lie here.

Every file is of tensors alone: `timm/<model>.safetensors` in the folder of weights. Imports no timm
until one is fetched.
"""

from dataclasses import replace
from pathlib import Path

from asymmetry.core.errors import UserError
from asymmetry.core.files import sha256_of
from asymmetry.weights.addresses import HUB, fetch_file, file_name
from asymmetry.weights.lock import Lock, LockedFile
from asymmetry.weights.manifest import TIMM

CHANGES_NUMBERS = False

_FILE = "model.safetensors"


def timm_part(model: str) -> str:
    """What the weights of a model of timm are called in the lock."""
    return f"timm:{model}"


def timm_name(model: str) -> str:
    """The path of a model's weights in the folder of weights."""
    return f"{TIMM}{model}.safetensors"


def fetch_timm(model: str, folder: Path, lock: Lock) -> dict[str, LockedFile]:
    """Download a model's weights from where timm has them, the hub or its own address.

    Raises UserError where timm has none, and where they have other bytes than the lock says.
    """
    from asymmetry.core import torchvision_ops  # noqa: F401

    # isort: split
    from timm import get_pretrained_cfg

    try:
        config = get_pretrained_cfg(model)
    except RuntimeError:  # the tag is another one's
        config = None
    name = timm_name(model)
    if config is None or not (config.hf_hub_id or config.url):
        raise UserError(f"{timm_part(model)}: timm has no pretrained weights of it; name another")
    licence = config.license or ""
    if config.hf_hub_id:
        repository, _, revision = config.hf_hub_id.partition("@")
        file = config.hf_hub_filename or _FILE
        source = f"{HUB}/{repository}/resolve/{revision or 'main'}/{file}"
        return {name: fetch_file(source, name, folder, lock, licence)}
    if name in lock.files and (folder / name).is_file():
        return {name: replace(lock.files[name], sha256=sha256_of(lock.check(name, folder)))}
    fetched = f"{TIMM}{file_name(config.url)}"
    file = fetch_file(config.url, fetched, folder, Lock(lock.study), licence)
    _as_tensors(folder / fetched, folder / name)
    size, digest = (folder / name).stat().st_size, sha256_of(folder / name)
    if name in lock.files:
        lock.check(name, folder)
    return {name: replace(file, sha256=digest, size=size)}


def _as_tensors(source: Path, target: Path) -> None:
    """Write a file of PyTorch as safetensors: equal tensors give equal bytes."""
    from safetensors.torch import save_file
    from timm.models import load_state_dict

    state = load_state_dict(str(source), use_ema=False, weights_only=True)
    save_file({key: value.contiguous() for key, value in state.items()}, target)
    source.unlink()

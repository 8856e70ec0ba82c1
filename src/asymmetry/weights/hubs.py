"""Libraries that fetch their own weights, made to ask this package for each file instead.

pyiqa, torchvision, timm and CLIP download what they need when a network is built, each in a way of
its own. While `served` lasts, all of them get it from one place, into a cache that begins empty: so
what they ask for is known, no file of an earlier use is taken unseen, and none holds code.
"""

import functools
import importlib
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from asymmetry.weights.addresses import AbsentError, Files

CHANGES_NUMBERS = False

# Modules with a function `_download(url, folder)` of CLIP's.
_CLIP = ("clip.clip", "pyiqa.archs.clip_model", "pyiqa.archs.afineclip_model")
# Modules with torch.hub's function by its name.
_HUB = ("torch.hub", "timm.models._hub", "pyiqa.utils.download_util")


@contextmanager
def served(files: Files, models: Path | None = None) -> Iterator[None]:
    """While it lasts, libraries get files from `files` by address; files with code are refused.

    `models` is a cache of huggingface_hub, for networks that transformers loads; nothing is fetched
    into it, either. Raises what `files` raises. Not for use by several threads at once.
    """
    import huggingface_hub.constants
    import torch

    from asymmetry.core import torchvision_ops  # noqa: F401

    with ExitStack() as stack:
        cache = stack.enter_context(TemporaryDirectory(prefix="asymmetry-"))

        def change(target: Any, name: str, value: Any) -> None:
            stack.enter_context(patch.object(target, name, value))

        def link(url: str, path: str, *_: Any, **__: Any) -> None:
            Path(path).symlink_to(files(url).absolute())

        importlib.import_module("pyiqa.archs.clip_imports")  # without its warning
        for module in _HUB:
            change(importlib.import_module(module), "download_url_to_file", link)
        for module in _CLIP:
            change(importlib.import_module(module), "_download", lambda url, _: str(files(url)))
        change(sys.modules["timm.models._hub"], "hf_hub_download", _of_hub(files))
        change(torch.hub, "_hub_dir", cache)
        for name, loaded in list(sys.modules.items()):
            if name.startswith("pyiqa.") and hasattr(loaded, "DEFAULT_CACHE_DIR"):
                change(loaded, "DEFAULT_CACHE_DIR", cache)
        change(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
        if models is not None:
            change(huggingface_hub.constants, "HF_HUB_CACHE", str(models.absolute()))
        change(torch, "load", functools.partial(_load_tensors, torch.load))
        yield


def _of_hub(files: Files) -> Any:
    """huggingface_hub's function, served by `files`."""
    from huggingface_hub import hf_hub_url
    from huggingface_hub.errors import LocalEntryNotFoundError

    def download(repo_id: str, filename: str, revision: str | None = None, **_: Any) -> str:
        url = hf_hub_url(repo_id, filename, revision=revision)
        try:
            return str(files(url))
        except AbsentError as error:
            # timm then asks for the next of the names that a file may have.
            raise LocalEntryNotFoundError(str(error)) from error

    return download


def _load_tensors(load: Any, *arguments: Any, **options: Any) -> Any:
    """torch.load, whatever the caller says, without the powers of pickle."""
    return load(*arguments, **options | {"weights_only": True})

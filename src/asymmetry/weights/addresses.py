"""Addresses of weights that libraries fetch themselves, and the files that serve them.

A file lies in the folder of weights under a name made of its address. An address of the hub is
always written as the public one; `HF_ENDPOINT` names the mirror that it is fetched from.
"""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch
from urllib.parse import urlsplit

from asymmetry.core.download import download, forget
from asymmetry.core.errors import UserError
from asymmetry.core.files import sha256_of
from asymmetry.weights.lock import Lock, LockedFile
from asymmetry.weights.manifest import WEIGHTS, WeightFile

CHANGES_NUMBERS = False

HUB = "https://huggingface.co"
_RESOLVED = re.compile(rf"{HUB}/(?P<repository>[^/]+/[^/]+)/resolve/[^/]+/(?P<file>.+)")
_REPOSITORY = re.compile(rf"{HUB}/([^/]+/[^/]+)")
# Files of pyiqa lie here by their own names.
_PYIQA = "chaofengc/IQA-PyTorch-Weights"
# What an address says of a file's sha256: all of it, or the digits by which torch.hub verifies.
_WHOLE = re.compile(r"/(?P<sha256>[0-9a-f]{64})/[^/]+$")
_TORCH = re.compile(r"^https://download\.pytorch\.org/.*-(?P<sha256>[0-9a-f]{8,})\.[a-z]+$")
_LICENCES = {"download.pytorch.org": "BSD-3-Clause", "openaipublic.azureedge.net": "MIT"}
UNSTATED = "not stated"
# The first one answered 404 at times.
_SECOND = ("openaipublic.azureedge.net", "openaipublic.blob.core.windows.net")

# From an address to its file, which is there and verified.
Files = Callable[[str], Path]


class AbsentError(UserError):
    """An address has no file: the server knows none, or the lock does not."""


def public(url: str) -> str:
    """The address as locks write it, whatever mirror it names."""
    mirror = endpoint()
    return HUB + url.removeprefix(mirror) if url.startswith(f"{mirror}/") else url


def file_name(url: str) -> str:
    """The name of the file at an address; that of a hub's model begins with its repository."""
    found = _RESOLVED.fullmatch(url)
    if found and found["repository"] != _PYIQA:
        return "--".join([*found["repository"].split("/"), *found["file"].split("/")])
    return urlsplit(url).path.rpartition("/")[2]


def manifest_entry(source: str) -> WeightFile | None:
    """The entry of the manifest that has this address; its file serves both."""
    return next((entry for entry in WEIGHTS.values() if source in entry.urls), None)


class Fetching:
    """Addresses served by downloads into `folder`/`below`, and the `files` that came.

    What the lock has comes with the bytes that it says, or is refused by UserError. AbsentError is
    raised where the server knows no such file.
    """

    def __init__(self, folder: Path, below: str, lock: Lock) -> None:
        self._folder, self._below, self._lock = folder, below, lock
        self.files: dict[str, LockedFile] = {}

    def __call__(self, url: str) -> Path:
        """The file at an address, downloaded unless it is there, and verified."""
        source = public(url)
        entry = manifest_entry(source)
        name = entry.file if entry else f"{self._below}/{file_name(source)}"
        self.files[name] = fetch_file(source, name, self._folder, self._lock)
        return self._folder / name


def fetch_file(source: str, name: str, folder: Path, lock: Lock, licence: str = "") -> LockedFile:
    """The file at an address, at a path in `folder`: downloaded unless it is there, and verified.

    It is verified against the lock where that knows it, else against what its address or its hub
    says of it. Raises AbsentError where the server knows no such file, UserError where it has other
    bytes.
    """
    known = lock.files.get(name)
    there = (folder / name).is_file()
    addresses = _addresses(source)
    size, wanted = (known.size, known.sha256) if known else _published(source, addresses[0])
    path = _download(addresses, folder / name, size)
    found = sha256_of(path)
    if not found.startswith(wanted):
        if not there:
            forget(path)
        said = lock.path if known else source
        remedy = "remove it and get it again" if there else "it was not kept"
        raise UserError(
            f"{path}: has other bytes than {said} says (sha256 {found[:12]}…, wanted "
            f"{wanted[:12]}…); {remedy}, or take a copy from elsewhere"
        )
    stated = known.licence if known else licence or licence_of(source)
    return LockedFile(found, path.stat().st_size, source, stated)


def _download(addresses: list[str], path: Path, size: int | None) -> Path:
    """The file from the first address that gives it; UserError of the first one where none does."""
    failures = []
    for address in addresses:
        try:
            return download(address, path, size)
        except UserError as error:
            failures.append(error)
    raise failures[0]


def locked(lock: Lock, part: str, folder: Path) -> Files:
    """Addresses served by the verified files of a part of the lock alone: nothing is fetched."""
    files = lock.verified(part, folder)

    def file_of(url: str) -> Path:
        if public(url) not in files:
            raise AbsentError(
                f"{part}: needs {public(url)}, which {lock.path} lacks; {lock.remedy}"
            )
        return files[public(url)]

    return file_of


@contextmanager
def reached() -> Iterator[None]:
    """While it lasts, the hub may be asked, which is off in every process of this package."""
    from huggingface_hub import constants

    with patch.object(constants, "HF_HUB_OFFLINE", False):
        yield


def endpoint() -> str:
    """The hub, or the mirror of it that `HF_ENDPOINT` names."""
    return os.environ.get("HF_ENDPOINT", HUB).rstrip("/")


def _addresses(source: str) -> list[str]:
    """Where a file is fetched from: a mirror of the hub; CLIP's files have a second address."""
    if source.startswith(f"{HUB}/"):
        return [endpoint() + source.removeprefix(HUB)]
    return [source, *([source.replace(*_SECOND)] if _SECOND[0] in source else [])]


def _published(source: str, address: str) -> tuple[int | None, str]:
    """Size and sha256 of a file, or its first digits, as far as they are known beforehand."""
    if entry := manifest_entry(source):
        return entry.size, entry.sha256
    if _RESOLVED.fullmatch(source):
        return _of_hub(address)
    found = _WHOLE.search(source) or _TORCH.match(source)
    return None, found["sha256"] if found else ""


def _of_hub(address: str) -> tuple[int | None, str]:
    """What the hub says of a file; its ETag is a sha256 where the file is a large one."""
    from huggingface_hub import get_hf_file_metadata
    from huggingface_hub.errors import EntryNotFoundError

    try:
        with reached():
            metadata = get_hf_file_metadata(address)
    except EntryNotFoundError:
        raise AbsentError(f"{address}: the hub has no such file") from None
    except Exception as error:  # of the client that this version of the library has
        reason = " ".join(str(error).split()).partition("(Request ID")[0]
        raise UserError(f"{address}: cannot be asked for ({reason}); try again later") from None
    tag = metadata.etag or ""
    return metadata.size, tag if re.fullmatch(r"[0-9a-f]{64}", tag) else ""


def licence_of(source: str) -> str:
    """The licence that the publisher states, as far as it can be read."""
    found = _REPOSITORY.match(source)
    if not found:
        entry = manifest_entry(source)
        return entry.licence if entry else _LICENCES.get(urlsplit(source).netloc, UNSTATED)
    from huggingface_hub import HfApi

    try:
        with reached():
            card = HfApi(endpoint=endpoint()).model_info(found[1]).card_data
    except Exception:  # whatever keeps a hub from saying it, the file is there
        return UNSTATED
    return str(card.license) if card and card.license else UNSTATED

"""The lock of a study: the files of weights that it uses, and the bytes that each must have.

`params.weights.lock` lies beside `params.yaml` and belongs in Git. `asymmetry weights get` writes
it; jobs verify against it and never fetch. It is JSON: `files` by their path in the folder of
weights, and for each of the `parts` that need files (`vgg16`, `pyiqa:maniqa`,
`timm:convnext_nano.in12k_ft_in1k`) their paths.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from asymmetry.core.errors import UserError
from asymmetry.core.files import sha256_of, write_if_changed

CHANGES_NUMBERS = False


@dataclass(frozen=True)
class LockedFile:
    """A file as it was fetched: sha256 (hex), size in bytes, address and licence."""

    sha256: str
    size: int
    source: str
    licence: str


@dataclass(frozen=True)
class Lock:
    """What a lock says; `study` is the file of the study that it belongs to."""

    study: Path = Path("params.yaml")
    files: Mapping[str, LockedFile] = field(default_factory=dict)
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        """The lock's own file."""
        return lock_path(self.study)

    @property
    def remedy(self) -> str:
        """How to get the files, as the end of a message."""
        return f"run `asymmetry weights get --study {self.study}`"

    def digests(self, part: str) -> dict[str, str]:
        """The sha256 of each file of a part, by its path; empty where the lock has no such part."""
        return {name: self.files[name].sha256 for name in self.parts.get(part, ())}

    def has(self, part: str, folder: Path) -> bool:
        """Whether the lock knows a part and its files are in `folder`; they are verified later."""
        return part in self.parts and all((folder / name).is_file() for name in self.parts[part])

    def verified(self, part: str, folder: Path) -> dict[str, Path]:
        """The files of a part by their source.

        Raises UserError where the lock has no such part, a file is missing, or has other bytes.
        """
        if part not in self.parts:
            raise UserError(f"{part}: is not in {self.path}; {self.remedy}")
        return {self.files[name].source: self.check(name, folder) for name in self.parts[part]}

    def check(self, name: str, folder: Path) -> Path:
        """The file at a path in `folder`; UserError where it is missing or has other bytes."""
        path = folder / name
        if not path.is_file():
            raise UserError(f"{path}: missing; {self.remedy}")
        found, wanted = sha256_of(path), self.files[name].sha256
        if found != wanted:
            raise UserError(
                f"{path}: has other bytes than {self.path} says (sha256 {found[:12]}…, wanted "
                f"{wanted[:12]}…); remove it and {self.remedy}"
            )
        return path

    def with_part(self, part: str, files: Mapping[str, LockedFile]) -> "Lock":
        """The lock with a part, new or in place of a former one of that name."""
        parts = {**self.parts, part: tuple(sorted(files))}
        return replace(self, files={**self.files, **files}, parts=parts)

    def only(self, parts: Iterable[str]) -> "Lock":
        """The lock without what no part among `parts` needs."""
        kept = {part: self.parts[part] for part in sorted(set(parts) & self.parts.keys())}
        named = sorted({name for names in kept.values() for name in names})
        return replace(self, files={name: self.files[name] for name in named}, parts=kept)


def lock_path(study: Path) -> Path:
    """The lock beside a study."""
    return study.with_suffix(".weights.lock")


def read_lock(study: Path) -> Lock:
    """The lock beside a study, empty where there is none; UserError where it is not a lock.

    `study` in the file is the study that a copy was made for; its own lock does not have it.
    """
    path = lock_path(study)
    if not path.is_file():
        return Lock(study)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        lock = Lock(
            Path(content.get("study", study)),
            {name: LockedFile(**entry) for name, entry in content["files"].items()},
            {part: tuple(names) for part, names in content["parts"].items()},
        )
        for part in lock.parts:
            lock.digests(part)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        reason = " ".join(str(error).split())
        raise UserError(
            f"{path}: is no lock of weights ({type(error).__name__}: {reason}); take it from Git, "
            "or remove it and get the weights again"
        ) from None
    return lock


def write_lock(lock: Lock, beside: Path | None = None) -> Path:
    """Write the lock beside its study, or a copy of it beside another file; its path."""
    content: dict[str, Any] = {
        "files": {name: asdict(file) for name, file in sorted(lock.files.items())},
        "parts": {part: list(names) for part, names in sorted(lock.parts.items())},
    }
    if beside is not None:
        content["study"] = str(lock.study)
    path = lock_path(beside or lock.study)
    write_if_changed(path, json.dumps(content, indent=1).encode() + b"\n")
    return path

"""Checkpoints: whole or absent, hashed, tied to their run, and free of pickle.

A file is a magic line, a line with the sha256 of the rest, then a safetensors image whose metadata
names the run and the step. They lie outside Snakemake's outputs, which it empties at each attempt.
"""

import json
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path

import safetensors.torch
from pydantic import TypeAdapter
from torch import Tensor

from asymmetry.core.errors import UserError
from asymmetry.core.files import sha256_of, write_atomically
from asymmetry.core.usage import Usage
from asymmetry.training.collapse import Streaks
from asymmetry.training.lock import may_write

CHANGES_NUMBERS = False
_MAGIC = b"asymmetry checkpoint 1\n"
_DIGEST_END = len(_MAGIC) + 65
_TO_DO = "delete it and start again (the training then begins anew)"


@dataclass(frozen=True)
class Header:
    """What a checkpoint says of itself; all but `step` count over all attempts.

    `seconds` is the training that led to this state; `usage` counts repeated steps, too.
    `snapshots` are the files beside it that hold snapshots up to `step`, with their sha256: a
    training that is continued writes only later ones. The rest is what the training knows beside
    its tensors, which alone make its digest: the gradient norms that its terms are divided by, the
    sums of its AUC, and how long terms are out of range.
    """

    run: str
    step: int
    seconds: float
    continued: int
    usage: Usage = field(default_factory=Usage)
    snapshots: dict[str, str] = field(default_factory=dict)
    norms: dict[str, float] = field(default_factory=dict)
    auc: dict[str, float] = field(default_factory=dict)
    streaks: Streaks = field(default_factory=Streaks)


_HEADER = TypeAdapter(Header)


def save_checkpoint(path: Path, header: Header, tensors: dict[str, Tensor]) -> None:
    """Write a checkpoint aside and rename it; UserError where the disk is full.

    Raises TakenOverError where the run's folder is another job's by now.
    """
    if not may_write(path.parent):
        return
    # Clone: tensors that share memory (tied weights) are refused by safetensors.
    whole = {name: tensor.detach().cpu().contiguous().clone() for name, tensor in tensors.items()}
    image = safetensors.torch.save(whole, {"header": json.dumps(asdict(header))})
    write_atomically(path, _MAGIC + sha256(image).hexdigest().encode() + b"\n" + image)


def load_checkpoint(path: Path, run: str) -> tuple[Header, dict[str, Tensor]]:
    """The checkpoint of a run.

    Raises UserError where the file is not a whole checkpoint of this run, and where a snapshot
    that it follows is not beside it any more.
    """
    content = path.read_bytes()
    if not content.startswith(_MAGIC):
        raise UserError(f"{path}: is not a checkpoint of this program; {_TO_DO}")
    image = content[_DIGEST_END:]
    if sha256(image).hexdigest().encode() != content[len(_MAGIC) : _DIGEST_END - 1]:
        raise UserError(f"{path}: is truncated or damaged (its sha256 differs); {_TO_DO}")
    header = _header(image)
    if header.run != run:
        raise UserError(f"{path}: belongs to the run {header.run}, not to {run}; {_TO_DO}")
    for name, expected in header.snapshots.items():
        snapshot = path.with_name(name)
        if not snapshot.is_file() or sha256_of(snapshot) != expected:
            raise UserError(f"{path}: follows {name}, which is missing or damaged; {_TO_DO}")
    return header, safetensors.torch.load(image)


def _header(image: bytes) -> Header:
    length = int.from_bytes(image[:8], "little")
    metadata = json.loads(image[8 : 8 + length])["__metadata__"]
    return _HEADER.validate_json(metadata["header"])

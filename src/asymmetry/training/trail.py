"""`trail.json`: the digest of a training's whole state after its first few steps.

A finished run keeps its averaged generator only, which tells nothing of how it began. The trail is
what `asymmetry adopt --replay` compares with.
"""

from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

import safetensors.torch
from pydantic import TypeAdapter, ValidationError

from asymmetry.core.files import canonical_json, write_atomically
from asymmetry.training.state import State

CHANGES_NUMBERS = False
TRAIL = "trail.json"


@dataclass(frozen=True)
class Trail:
    """The sha256 (hex) of all parameters, buffers and moments after `step` steps."""

    step: int
    state: str


_TRAIL = TypeAdapter(Trail)


def trail_of(state: State) -> Trail:
    """The trail as the state is now. On a GPU it waits for the device."""
    # Clone: tensors that share memory (tied weights) are refused by safetensors.
    whole = {name: t.detach().cpu().contiguous().clone() for name, t in state.tensors().items()}
    return Trail(state.step, sha256(safetensors.torch.save(whole)).hexdigest())


def leave_trail(folder: Path, state: State) -> None:
    """Write the trail of a training that goes on."""
    write_atomically(folder / TRAIL, canonical_json(asdict(trail_of(state))) + b"\n")


def read_trail(folder: Path) -> Trail | None:
    """The trail of the run in a folder; None where there is none, or a damaged one."""
    try:
        return _TRAIL.validate_json((folder / TRAIL).read_bytes())
    except (OSError, ValidationError):
        return None

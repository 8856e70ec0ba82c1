"""`state_digests.json`: the digest of a training's whole state after its first few steps.

A finished run keeps its averaged generator only, which does not show how it began. This digest is
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
STATE_DIGESTS = "state_digests.json"


@dataclass(frozen=True)
class StateDigest:
    """The sha256 (hex) of all parameters, buffers and moments after `step` steps."""

    step: int
    sha256: str


_STATE_DIGEST = TypeAdapter(StateDigest)


def digest_of(state: State) -> StateDigest:
    """The digest of a state as it is now. On a GPU it waits for the device."""
    # Clone: tensors that share memory (tied weights) are refused by safetensors.
    whole = {name: t.detach().cpu().contiguous().clone() for name, t in state.tensors().items()}
    return StateDigest(state.step, sha256(safetensors.torch.save(whole)).hexdigest())


def write_state_digest(folder: Path, state: State) -> None:
    """Write the digest of a state as it is now."""
    write_atomically(folder / STATE_DIGESTS, canonical_json(asdict(digest_of(state))) + b"\n")


def read_state_digest(folder: Path) -> StateDigest | None:
    """The digest that the run in a folder left; None where there is none, or a damaged one."""
    try:
        return _STATE_DIGEST.validate_json((folder / STATE_DIGESTS).read_bytes())
    except (OSError, ValidationError):
        return None

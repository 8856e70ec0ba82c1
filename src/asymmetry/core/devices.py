"""The device and the threads of a job."""

import os

import torch

from asymmetry.core.errors import UserError


def choose_device(name: str) -> torch.device:
    """`cpu`, `cuda`, or `auto` for the first GPU where there is one.

    Raises UserError where `cuda` is asked for and there is none.
    """
    if name == "cuda" and not torch.cuda.is_available():
        raise UserError(
            "execution.device: 'cuda' is asked for but no GPU is visible; use auto or cpu"
        )
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.device(name)


def repeatable(threads: int) -> None:
    """Fix the thread count and refuse algorithms that differ from run to run."""
    torch.set_num_threads(threads)
    torch.backends.cudnn.benchmark = False
    torch.backends.cudnn.deterministic = True
    torch.backends.cudnn.allow_tf32 = False


def cores() -> int:
    """How many cores this process may keep busy: OMP_NUM_THREADS, or all that it is given."""
    asked = os.environ.get("OMP_NUM_THREADS", "")
    return int(asked) if asked.isdigit() and int(asked) else len(os.sched_getaffinity(0))

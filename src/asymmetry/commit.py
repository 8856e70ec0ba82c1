"""The commit of the code that runs."""

import subprocess
from pathlib import Path

CHANGES_NUMBERS = True


def code_commit(folder: Path = Path(__file__).parent) -> str:
    """`git rev-parse HEAD`, with `-dirty` where tracked files changed, or `unknown` without git."""
    head = _git(folder, "rev-parse", "HEAD")
    if head is None:
        return "unknown"
    changed = _git(folder, "status", "--porcelain", "--untracked-files=no")
    return f"{head}-dirty" if changed else head


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        answer = subprocess.run(
            ["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return answer.stdout.strip()

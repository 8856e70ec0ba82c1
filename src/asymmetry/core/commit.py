"""The commit of the code that runs."""

import subprocess
from pathlib import Path

_HERE = Path(__file__).parents[1]


def code_commit(folder: Path = _HERE) -> str:
    """`git rev-parse HEAD`, with `-dirty` where tracked files changed, or `unknown` without git."""
    head = _git(folder, "rev-parse", "HEAD")
    if head.returncode:
        return "unknown"
    changed = _git(folder, "status", "--porcelain", "--untracked-files=no")
    return f"{head.stdout.strip()}-dirty" if changed.stdout.strip() else head.stdout.strip()


def commit_problem(folder: Path = _HERE) -> str:
    """Why git cannot name the commit of a repository that is there; "" where it can."""
    if not any((parent / ".git").exists() for parent in (folder, *folder.parents)):
        return ""
    asked = _git(folder, "rev-parse", "HEAD")
    if not asked.returncode:
        return ""
    said = " ".join(asked.stderr.split()) or "nothing"
    return f"warning: results will not say which commit of the code made them; git says: {said}"


def _git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["git", "-C", str(folder), *arguments]
    try:
        return subprocess.run(command, capture_output=True, text=True)
    except OSError as error:
        return subprocess.CompletedProcess(command, 1, "", f"git cannot be run ({error.strerror})")

"""Networks that transformers loads whole: repositories of the hub, as files of a lock."""

from pathlib import Path

from asymmetry.core.errors import UserError
from asymmetry.core.files import sha256_of, write_if_changed
from asymmetry.weights.addresses import HUB, endpoint, licence_of, reached
from asymmetry.weights.lock import Lock, LockedFile

CHANGES_NUMBERS = False

# Of other libraries than PyTorch.
_OTHERS = ["*.h5", "*.msgpack", "*.onnx", "*.ot", "*.tflite"]


def models_folder(folder: Path) -> Path:
    """Where repositories lie below the folder of weights: a cache as huggingface_hub keeps it."""
    return folder / "pyiqa" / "models"


def fetch_repository(repository: str, folder: Path, lock: Lock) -> dict[str, LockedFile]:
    """Download a repository, at the commit of the lock where that has one, and verify it.

    Returns its files by their path below the folder of weights. Raises UserError where the hub does
    not give it, and where a file has other bytes than the lock says.
    """
    from huggingface_hub import snapshot_download

    home = models_folder(folder) / f"models--{repository.replace('/', '--')}"
    snapshots = (home / "snapshots").relative_to(folder).as_posix()
    commits = {
        name.removeprefix(f"{snapshots}/").partition("/")[0]
        for name in lock.files
        if name.startswith(f"{snapshots}/")
    }
    try:
        with reached():
            found = snapshot_download(
                repository,
                revision=next(iter(commits), None),
                cache_dir=models_folder(folder),
                endpoint=endpoint(),
                ignore_patterns=_OTHERS,
            )
    except Exception as error:
        reason = " ".join(str(error).split()).partition(" For more information")[0]
        raise UserError(f"{HUB}/{repository}: cannot be fetched ({reason}); try again") from None
    commit = Path(found).name
    # What the library asks for is the branch; offline, this file says which commit that is.
    branch, snapshot = home / "refs" / "main", home / "snapshots" / commit
    write_if_changed(branch, commit.encode())
    licence = licence_of(f"{HUB}/{repository}")
    sources = {branch: f"{HUB}/{repository}/tree/{commit}"}
    for path in sorted(snapshot.rglob("*")):
        if path.is_file():
            inside = path.relative_to(snapshot).as_posix()
            sources[path] = f"{HUB}/{repository}/resolve/{commit}/{inside}"
    files = {}
    for path, source in sources.items():
        name = path.relative_to(folder).as_posix()
        if name in lock.files:
            lock.check(name, folder)
        files[name] = LockedFile(sha256_of(path), path.stat().st_size, source, licence)
    return files

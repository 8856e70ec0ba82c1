"""Unpacking archives of others: no file outside the folder, no links, no devices, no bombs."""

import errno
import lzma
import shutil
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Container, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from asymmetry.core.errors import UserError

_CHUNK = 1 << 20
_BY_HAND = "unpack it yourself and use --from FOLDER"
_REFUSED = f"refused; if you trust it, {_BY_HAND}"
_DAMAGED = (
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    ValueError,
    OverflowError,
)
_ENDINGS = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".rar", ".7z")
# Archives of other kinds, by how they begin.
_OTHERS = {b"Rar!": "RAR", b"7z\xbc\xaf": "7-Zip"}


@dataclass(frozen=True)
class Limits:
    """The most that an archive may unpack to: bytes written, and members of any kind."""

    size: int
    members: int


@dataclass(frozen=True)
class _Member:
    """A member; `file` is None for a folder."""

    name: str
    file: IO[bytes] | None


def is_archive(path: Path) -> bool:
    """Whether a file has the name of an archive, even of a kind that cannot be read here."""
    return path.name.lower().endswith(_ENDINGS)


def stem(path: Path) -> str:
    """The name of an archive without its ending, or of a folder."""
    ending = next((end for end in _ENDINGS if path.name.lower().endswith(end)), "")
    return path.name[: len(path.name) - len(ending)]


def unpack(
    archive: Path, folder: Path, limits: Limits, inside: str = "", keep: Container[str] = ()
) -> None:
    """Unpack a zip or tar archive, or its folder `inside`, into the empty folder `folder`.

    Hidden files and those of macOS are left out. A single folder that holds all the rest is left
    out too, unless its name in lower case is in `keep`. Modes, owners and times are not taken over.
    After an error, the caller removes what was written.

    Raises UserError where the archive is of another kind, damaged or encrypted; and where it holds
    more than the limits, a link, a device, a name that leads outside the folder, or nothing.
    """
    folder.mkdir(parents=True)
    written = 0
    with _reading(archive):
        for count, member in enumerate(_members(archive), start=1):
            if count > limits.members:
                raise UserError(f"{archive}: has more than {limits.members:,} members; {_REFUSED}")
            path = _member_path(archive, member.name)
            if member.file is None or _left_out(path) or not path.is_relative_to(inside):
                continue
            target = folder / path.relative_to(inside)
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as file:
                while chunk := member.file.read(_CHUNK):
                    written += len(chunk)
                    if written > limits.size:
                        raise UserError(
                            f"{archive}: unpacks to more than {limits.size:,} bytes; {_REFUSED}"
                        )
                    file.write(chunk)
    if not any(folder.iterdir()):
        where = f" in its folder {inside}" if inside else ""
        raise UserError(f"{archive}: holds no file{where}; name another archive")
    if not inside:
        _lift_lone_folder(folder, keep)


def _members(archive: Path) -> Iterator[_Member]:
    # A tar that ends with a zip looks like a zip; a zip never looks like a tar.
    if tarfile.is_tarfile(archive):
        return _tar_members(archive)
    if zipfile.is_zipfile(archive):
        return _zip_members(archive)
    with archive.open("rb") as file:
        kind = _OTHERS.get(file.read(4))
    if kind:
        raise UserError(f"{archive}: is a {kind} archive; {_BY_HAND}")
    raise UserError(f"{archive}: is no zip or tar archive, or damaged; get it again")


def _tar_members(archive: Path) -> Iterator[_Member]:
    with tarfile.open(archive) as tar:
        for member in tar:
            if not member.isfile() and not member.isdir():
                raise _unsafe(archive, member.name, "a link or a device")
            yield _Member(member.name, tar.extractfile(member))


def _zip_members(archive: Path) -> Iterator[_Member]:
    with zipfile.ZipFile(archive) as zipped:
        for member in zipped.infolist():
            kind = stat.S_IFMT(member.external_attr >> 16)
            if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
                raise _unsafe(archive, member.filename, "a link or a device")
            if member.flag_bits & 1:
                raise UserError(f"{archive}: is encrypted; {_BY_HAND}")
            if member.is_dir():
                yield _Member(member.filename, None)
            else:
                with zipped.open(member) as file:
                    yield _Member(member.filename, file)


def _member_path(archive: Path, name: str) -> PurePosixPath:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        raise _unsafe(archive, name, "a name that leads outside")
    return path


def _left_out(path: PurePosixPath) -> bool:
    return not path.parts or any(part.startswith(".") or part == "__MACOSX" for part in path.parts)


def _unsafe(archive: Path, name: str, what: str) -> UserError:
    return UserError(f"{archive}: refused, its member {name!r} is {what}; get it from elsewhere")


def _lift_lone_folder(folder: Path, keep: Container[str]) -> None:
    content = list(folder.iterdir())
    if len(content) == 1 and content[0].is_dir() and content[0].name.casefold() not in keep:
        # It is renamed first, because it may hold a file of its name.
        lone = content[0].rename(folder / ".lone")
        for path in lone.iterdir():
            shutil.move(path, folder / path.name)
        lone.rmdir()


@contextmanager
def _reading(archive: Path) -> Iterator[None]:
    """Turn the errors of a bad archive into UserErrors of one line."""
    try:
        yield
    except FileExistsError as error:
        raise UserError(
            f"{archive}: holds {Path(error.filename).name!r} twice; {_BY_HAND}"
        ) from None
    except _DAMAGED as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise UserError(f"{archive}: is damaged ({reason}); get it again") from None
    except (NotImplementedError, OSError) as error:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise UserError(f"{archive}: cannot be unpacked ({error}); {_BY_HAND}") from None

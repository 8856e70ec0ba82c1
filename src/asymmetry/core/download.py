"""Downloading a file that may be large over a line that may be cut."""

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import requests
from requests.structures import CaseInsensitiveDict
from rich.console import Console
from rich.progress import Progress
from urllib3.exceptions import HTTPError

from asymmetry.core.errors import UserError
from asymmetry.core.files import read_object, write_atomically

CHANGES_NUMBERS = False

_TRIES = 4
_PAUSE_SECONDS = 1.0
_TIMEOUT_SECONDS = (10, 60)
_CHUNK = 1 << 20
_TEMPORARY = {408, 425, 429, 500, 502, 503, 504}


class _CutError(Exception):
    """The transfer ended early; another try may go on from there."""


def download(url: str, path: Path, size: int | None = None) -> Path:
    """Download `url` to `path`; a part that an earlier call left in `<path>.part` is continued.

    It is continued only where the server proves, by ETag or date, that it still has the same file.
    `size` is the published length in bytes. A few tries without progress end the download; the
    part stays. The content is not verified.

    Raises UserError where the server refuses the address or does not know it (404), where its
    certificate is not valid, where the length is not `size`, and where the line is cut too often.
    Its message is `<url>: <reason>; <remedy>`.
    """
    if path.is_file():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    most, idle = _length(part), 0
    with requests.Session() as session:
        while True:
            try:
                _transfer(session, url, part, size)
                break
            except _CutError as error:
                idle = 0 if _length(part) > most else idle + 1
                most = max(most, _length(part))
                if idle == _TRIES:
                    kept = f"cut off after {most:,} bytes, which are kept"
                    reason = kept if most else "cannot be reached"
                    raise UserError(f"{url}: {reason} ({error}); start again later") from None
                time.sleep(_PAUSE_SECONDS * 2**idle)
    part.replace(path)
    _origin(part).unlink(missing_ok=True)
    return path


def forget(path: Path) -> None:
    """Remove a downloaded file, or the part of it that is there."""
    part = path.with_name(f"{path.name}.part")
    for left in (path, part, _origin(part)):
        left.unlink(missing_ok=True)


def _transfer(session: requests.Session, url: str, part: Path, size: int | None) -> None:
    """One try: request what is missing, and append it to the part."""
    have, validator = _kept(url, part)
    # Without this a server may compress an archive, or mark it as compressed.
    headers = {"Accept-Encoding": "identity"}
    if have:
        headers |= {"Range": f"bytes={have}-", "If-Range": validator}
    with _temporary_failures(), _valid_certificate(url):
        response = session.get(url, headers=headers, stream=True, timeout=_TIMEOUT_SECONDS)
    with response:
        if response.headers.get("Content-Range") == f"bytes */{have}":
            return  # an earlier call ended between the last byte and the rename
        goes_on = _check_status(url, response, part, have, validator)
        total = _total(response, goes_on)
        if size is not None and total is not None and total != size:
            raise UserError(
                f"{url}: has {total:,} bytes, published are {size:,}; the source has changed, "
                "get a copy elsewhere"
            )
        if not goes_on:
            _remember(url, part, response.headers)
        with part.open("ab" if goes_on else "wb") as file, _shown(part, total) as advance:
            advance(have if goes_on else 0)
            with _temporary_failures():
                for chunk in response.raw.stream(_CHUNK, decode_content=False):
                    file.write(chunk)
                    advance(len(chunk))
    if total is not None and _length(part) < total:
        raise _CutError(f"of {total:,} bytes")


def _check_status(
    url: str, response: requests.Response, part: Path, have: int, validator: str
) -> bool:
    """Whether the response is the rest of the part; False where it is the whole file."""
    status = response.status_code
    if status in _TEMPORARY:
        raise _CutError(f"the server answers {status}")
    if status == 206 and have:
        start = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
        if start and int(start[1]) == have and _validator(response.headers) in ("", validator):
            return True
    if status in (206, 416):
        part.unlink(missing_ok=True)
        raise _CutError("the file has changed at its source")
    if status != 200:
        raise UserError(
            f"{url}: the server answers {status} ({response.reason}); see the source's page for "
            "its new address, or get a copy elsewhere"
        )
    return False


def _total(response: requests.Response, goes_on: bool) -> int | None:
    """The length of the whole file, where the server says it."""
    if goes_on:
        total = response.headers["Content-Range"].rpartition("/")[2]
    else:
        total = response.headers.get("Content-Length", "")
    return int(total) if total.isdigit() else None


def _kept(url: str, part: Path) -> tuple[int, str]:
    """The length of the part and the validator of its file; (0, "") where there is none."""
    origin = read_object(_origin(part))
    validator = origin.get("validator")
    if origin.get("url") != url or not isinstance(validator, str) or not validator:
        return 0, ""
    return _length(part), validator


def _remember(url: str, part: Path, headers: CaseInsensitiveDict[str]) -> None:
    origin = {"url": url, "validator": _validator(headers)}
    part.unlink(missing_ok=True)
    write_atomically(_origin(part), json.dumps(origin).encode())


def _validator(headers: CaseInsensitiveDict[str]) -> str:
    etag = headers.get("ETag", "")
    return etag if etag and not etag.startswith("W/") else headers.get("Last-Modified", "")


def _origin(part: Path) -> Path:
    return part.with_name(f"{part.name}.json")


def _length(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


@contextmanager
def _temporary_failures() -> Iterator[None]:
    try:
        yield
    except (requests.RequestException, HTTPError, ConnectionError, TimeoutError) as error:
        raise _CutError(" ".join(str(error).split()) or type(error).__name__) from error


@contextmanager
def _valid_certificate(url: str) -> Iterator[None]:
    """Fail at once where a certificate is refused: the next try would fail too."""
    try:
        yield
    except requests.exceptions.SSLError as error:
        if "CERTIFICATE_VERIFY_FAILED" not in str(error):
            raise
        raise UserError(
            f"{url}: its certificate is not valid; try again another day, or get a copy elsewhere"
        ) from None


@contextmanager
def _shown(part: Path, total: int | None) -> Iterator[Callable[[int], None]]:
    """A progress bar, on a terminal only."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(part.stem, total=total)
        yield lambda count: progress.advance(task, count)

"""A server on this machine that behaves as well or as badly as a test says."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from asymmetry.core import download

COMMIT = "c0ffee" * 6 + "c0de"  # of every repository, where the server plays hub


@dataclass
class Served:
    """A file and how it is served: `cuts` are the bytes after which each next answer ends."""

    content: bytes
    etag: str | None = '"first"'
    ranges: bool = True
    checks_if_range: bool = True
    cuts: list[int] = field(default_factory=list)
    encoding: str | None = None
    refusals: list[int] = field(default_factory=list)
    chunked: bool = False
    large: bool = True  # of a hub: its ETag is the content's sha256


@dataclass
class Server:
    """`files` by path; `asked` is the path and the Range of each request."""

    address: str
    files: dict[str, Served] = field(default_factory=dict)
    asked: list[tuple[str, str | None]] = field(default_factory=list)

    def publish(self, path: str, served: Served) -> str:
        """The address of the file."""
        self.files[path] = served
        return f"{self.address}/{path}"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(download, "_PAUSE_SECONDS", 0)

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            """As a hub of models answers."""
            served = state.files.get(self.path[1:])
            self.send_response(200 if served else 404)
            if served:
                self.send_header("ETag", served.etag or "")
                if served.large:
                    self.send_header("X-Linked-ETag", f'"{sha256(served.content).hexdigest()}"')
                self.send_header("X-Linked-Size", str(len(served.content)))
                self.send_header("X-Repo-Commit", COMMIT)
            else:
                self.send_header("X-Error-Code", "EntryNotFound")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_GET(self) -> None:
            name, wanted = self.path[1:], self.headers.get("Range")
            state.asked.append((name, wanted))
            served = state.files.get(name) or state.files.get(name.partition("?")[0])
            if served is None:
                self.send_error(404)
            elif served.refusals:
                self.send_error(served.refusals.pop(0))
            else:
                self._send(served, wanted)

        def _send(self, served: Served, wanted: str | None) -> None:
            body, start = served.content, 0
            same = self.headers.get("If-Range") == served.etag or not served.checks_if_range
            if wanted and served.ranges and same:
                start = int(wanted.removeprefix("bytes=").rstrip("-"))
                if start >= len(body):
                    self.send_response(416)
                    self.send_header("Content-Range", f"bytes */{len(body)}")
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                self.send_response(206)
                self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
            else:
                self.send_response(200)
            if served.etag:
                self.send_header("ETag", served.etag)
            if served.encoding:
                self.send_header("Content-Encoding", served.encoding)
            if not served.chunked:
                self.send_header("Content-Length", str(len(body) - start))
            self.end_headers()
            rest = body[start:]
            self.wfile.write(rest[: served.cuts.pop(0)] if served.cuts else rest)
            self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            pass

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state = Server(f"http://127.0.0.1:{httpd.server_port}")
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield state
    httpd.shutdown()
    thread.join()
    httpd.server_close()

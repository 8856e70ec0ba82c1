"""What the small servers of this package share: a socket to listen at, and security headers."""

import os
import socket

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from asymmetry.core.errors import UserError

CHANGES_NUMBERS = False
_POLICY = (
    "default-src 'none'; img-src 'self' data:; style-src {inline}'self'; "
    "script-src {inline}'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",  # unless the response has its own
}


def listen(host: str, port: int, remedy: str = "choose another --port or --host") -> socket.socket:
    """A listening socket; UserError where the address is busy or not of this machine."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except OSError as error:
        resolved = not isinstance(error, socket.gaierror)  # whose numbers are no errno
        reason = os.strerror(error.errno or 0) if resolved else error.strerror
        raise UserError(f"{host}:{port}: cannot be listened at ({reason}); {remedy}") from None


class SafeHeaders:
    """ASGI middleware that adds security headers to every response.

    A page runs no script but those of its server, asks no other site, and is not cached. With
    `inline` it also runs what it holds itself, as a page does that can be opened from a folder.
    """

    def __init__(self, app: ASGIApp, inline: bool = False) -> None:
        self.app = app
        policy = _POLICY.format(inline="'unsafe-inline' " if inline else "")
        self._headers = {"Content-Security-Policy": policy, **_HEADERS}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request as the application does, under the headers."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, with_headers)

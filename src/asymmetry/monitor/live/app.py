"""The web application: the current page, and how the study stands now."""

from importlib.resources import files as package_files

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.staticfiles import StaticFiles

from asymmetry.core.serving import SafeHeaders
from asymmetry.monitor.live.rounds import Rounds

_ASSETS = {"live.css": "text/css", "live.js": "text/javascript"}
_BESIDE = (
    '<link rel="stylesheet" href="/live/live.css">\n'
    '<script src="/live/live.js" defer></script>\n</body>'
)


class Live:
    """The pages of one study, as far as they are made."""

    def __init__(self, rounds: Rounds) -> None:
        self._rounds = rounds
        self._waiting = Environment(
            loader=PackageLoader("asymmetry.monitor.live", "page"),
            autoescape=True,
            undefined=StrictUndefined,
        ).get_template("waiting.html")

    def state(self, _request: Request) -> Response:
        """How the study stands."""
        return JSONResponse(self._rounds.state())

    def asset(self, request: Request) -> Response:
        """The style or the script that a page gets beside its own."""
        name = request.path_params["name"]
        if name not in _ASSETS:
            raise HTTPException(404)
        content = (package_files("asymmetry.monitor.live") / "page" / name).read_bytes()
        return Response(content, media_type=_ASSETS[name])

    async def file(self, request: Request) -> Response:
        """A file of the current page; the page itself with the line that follows the study."""
        path, folder = request.path_params["path"] or "index.html", self._rounds.page
        if folder is None and path == "index.html":
            return Response(self._waiting.render(), media_type="text/html")
        if folder is None:
            raise HTTPException(404)
        if path.endswith(".html") and (page := folder / path).parent == folder and page.is_file():
            text = page.read_text(encoding="utf-8").replace("</body>", _BESIDE)
            return Response(text, media_type="text/html")
        # The pictures are behind a link into the results.
        served = StaticFiles(directory=folder, follow_symlink=True)
        return await served.get_response(path, request.scope)


def make_app(rounds: Rounds) -> Starlette:
    """The application; who asks under a name that is not the loopback's gets nothing."""
    live = Live(rounds)
    routes = [
        Route("/live.json", live.state),
        Route("/live/{name}", live.asset),
        Route("/favicon.ico", lambda _request: Response(status_code=204)),  # every browser asks
        Route("/{path:path}", live.file),
    ]
    hosts = Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])
    return Starlette(routes=routes, middleware=[hosts, Middleware(SafeHeaders, inline=True)])

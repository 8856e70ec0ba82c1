"""The web application that raters see: `/rate/<token>`, its questions and their pictures."""

import json
import sqlite3
from importlib.resources import files as package_files
from pathlib import Path
from typing import Annotated, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from pydantic import Field
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from asymmetry.core.serving import SafeHeaders
from asymmetry.study.section import Section
from asymmetry.userstudy.adaptive import next_pair
from asymmetry.userstudy.plan import Trial, UserStudy, picture_path
from asymmetry.userstudy.store import Rater, RefusalError, Side, Store

COOKIE = "browser"
_LARGEST = 1000  # bytes of an answer
_ASSETS = {"rate.css": "text/css", "rate.js": "text/javascript"}


class Choice(Section):
    """What a rater's browser sends: the index of the question in the session, and the side."""

    trial: Annotated[int, Field(ge=0, strict=True)]
    choice: Side


class Raters:
    """The pages and answers of one user study."""

    def __init__(self, study: UserStudy, folder: Path, store: Store) -> None:
        self._study, self._folder, self._store = study, folder, store
        self._files = study.files
        self._arenas = [one.arena for one in study.arenas]
        self._pages = Environment(
            loader=PackageLoader("asymmetry.userstudy", "page"),
            autoescape=True,
            undefined=StrictUndefined,
        )

    def front(self, _request: Request) -> Response:
        """The page for someone without a link."""
        return self._message("This is a user study. Open the link that you were given.")

    def page(self, request: Request) -> Response:
        """The welcome page, or the questions once they are begun."""
        rater = self._rater(request)
        if rater.browser is None:
            begin = f"/rate/{rater.token}/begin"
            return self._html(
                "welcome.html", study=self._study, total=self._total(rater), begin=begin
            )
        self._same_browser(request, rater)
        return self._html("rate.html", study=self._study)

    def begin(self, request: Request) -> Response:
        """Tie the link to this browser, and go on to the questions."""
        rater = self._rater(request)
        page = f"/rate/{rater.token}"
        response = RedirectResponse(page, status_code=303)
        if rater.browser is None or request.cookies.get(COOKIE) != rater.browser:
            # The cookie outlives the browser's session, so a rater may continue another day.
            secret, year = self._store.begin(rater.token), 365 * 24 * 3600
            response.set_cookie(
                COOKIE, secret, max_age=year, path=page, httponly=True, samesite="strict"
            )
        return response

    def state(self, request: Request) -> Response:
        """How many questions the rater has answered, and the next one."""
        return JSONResponse(self._state(self._own(request)))

    async def answer(self, request: Request) -> Response:
        """Keep an answer, and return the new `state`."""
        body = await _limited(request)
        return await run_in_threadpool(self._answer, request, body)

    def picture(self, request: Request) -> Response:
        """A picture, by a name that is in the plan."""
        name = request.path_params["name"]
        if name not in self._files:
            raise HTTPException(404, "There is no such picture.")
        return FileResponse(
            picture_path(self._folder, name),
            media_type="image/png",
            headers={"Cache-Control": "private, max-age=31536000, immutable"},
        )

    def asset(self, request: Request) -> Response:
        """The style or the script of the page."""
        name = request.path_params["name"]
        if name not in _ASSETS:
            raise HTTPException(404, "There is no such page.")
        content = (package_files("asymmetry.userstudy") / "page" / name).read_bytes()
        return Response(content, media_type=_ASSETS[name])

    def refused(self, request: Request, error: Exception) -> Response:
        """The reason of a refusal, as a page, or as JSON for the script."""
        status, reason = _reason(error)
        if request.method == "POST" or request.url.path.endswith("/state"):
            return JSONResponse({"error": reason}, status)
        return self._message(reason, status)

    def _answer(self, request: Request, body: bytes) -> Response:
        rater = self._own(request)
        try:
            given = Choice.model_validate(json.loads(body))
        except (ValueError, RecursionError):  # pydantic's own error is a ValueError
            raise HTTPException(
                400, 'An answer is {"trial": the number, "choice": "left" or "right"}.'
            ) from None
        if given.trial >= self._total(rater):
            raise HTTPException(400, f"There are {self._total(rater)} pairs, and none after them.")
        if not self._is_chosen(rater.number, given.trial):
            raise RefusalError(f"Pair {given.trial + 1} was not asked yet.")
        self._store.answer(rater.number, given.trial, given.choice)
        return JSONResponse(self._state(rater))

    def _state(self, rater: Rater) -> dict[str, Any]:
        session, done = self._study.sessions[rater.number], self._store.answered(rater.number)
        state: dict[str, Any] = {"answered": done, "total": len(session), "next": None}
        if done < len(session):
            trial = self._question(rater.number, done)
            state["next"] = {"trial": done, "left": trial.left.file, "right": trial.right.file}
            state["next"]["reference"] = trial.reference
        return state

    def _question(self, rater: int, place: int) -> Trial:
        """The question at a place of a session; in the adaptive design it may be chosen now."""
        one = self._study.sessions[rater][place]
        if isinstance(one, Trial):
            return one
        pair = self._store.ask(
            rater,
            place if one.of is None else one.of,
            lambda asked: next_pair(self._arenas, asked, self._study.seed),
        )
        return self._study.chosen(one, pair)

    def _is_chosen(self, rater: int, place: int) -> bool:
        one = self._study.sessions[rater][place]
        if isinstance(one, Trial):
            return True
        first = place if one.of is None else one.of
        return self._store.was_asked(rater, first)

    def _rater(self, request: Request) -> Rater:
        rater = self._store.find(request.path_params["token"])
        if rater is None:
            raise HTTPException(404, "This link is not known. Open the link that you were given.")
        return rater

    def _own(self, request: Request) -> Rater:
        rater = self._rater(request)
        if rater.browser is None:
            raise HTTPException(409, "This link is not begun yet. Load the page again.")
        self._same_browser(request, rater)
        return rater

    def _same_browser(self, request: Request, rater: Rater) -> None:
        if request.cookies.get(COOKIE) != rater.browser:
            raise HTTPException(
                403,
                "This link is already used in another browser. Go on there, or ask for a new link. "
                "All answers are kept.",
            )

    def _total(self, rater: Rater) -> int:
        return len(self._study.sessions[rater.number])

    def _message(self, text: str, status: int = 200) -> Response:
        return self._html("message.html", status, text=text)

    def _html(self, template: str, status: int = 200, **values: Any) -> Response:
        content = self._pages.get_template(template).render(**values)
        return Response(content, status, media_type="text/html")


def make_app(study: UserStudy, folder: Path, store: Store) -> Starlette:
    """The application; `folder` holds the pictures, `store` exists."""
    raters = Raters(study, folder, store)
    rate = "/rate/{token}"
    routes = [
        Route("/", raters.front),
        Route("/page/{name}", raters.asset),
        Route("/picture/{name}", raters.picture),
        Route(rate, raters.page),
        Route(f"{rate}/begin", raters.begin, methods=["POST"]),
        Route(f"{rate}/state", raters.state),
        Route(f"{rate}/answer", raters.answer, methods=["POST"]),
    ]
    handled: list[Any] = [HTTPException, RefusalError, sqlite3.Error]
    return Starlette(
        routes=routes,
        exception_handlers=dict.fromkeys(handled, raters.refused),
        middleware=[Middleware(SafeHeaders)],
    )


async def _limited(request: Request) -> bytes:
    """The body of a request; it is refused once it is longer than an answer can be."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _LARGEST:
            raise HTTPException(413, f"An answer has at most {_LARGEST} bytes.")
    return body


def _reason(error: Exception) -> tuple[int, str]:
    if isinstance(error, HTTPException):
        return error.status_code, error.detail
    if isinstance(error, RefusalError):
        return 409, str(error)
    return 503, "The answer could not be kept just now; it will be sent again."

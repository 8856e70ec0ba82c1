"""`asymmetry userstudy serve`: the application on this machine, with a link for each rater."""

import socket
from pathlib import Path

import uvicorn

from asymmetry.core.errors import UserError
from asymmetry.core.files import sha256_of
from asymmetry.core.serving import listen
from asymmetry.tables.user_study import ANSWERS
from asymmetry.userstudy.app import make_app
from asymmetry.userstudy.plan import UserStudy, picture_path, read_plan
from asymmetry.userstudy.store import Store

_EVERYWHERE = {"0.0.0.0", "::"}


def serve(folder: Path, host: str, port: int) -> None:
    """Serve the user study in a folder until Ctrl-C.

    Raises UserError where there is no plan; where a picture is missing or another; where answers
    cannot be kept; and where the port is busy.
    """
    study = read_plan(folder)
    check_pictures(study, folder)
    store = Store(folder / ANSWERS)
    store.create(study.digest, len(study.sessions))
    listening = listen(host, port)
    for line in links(store, study, host, listening.getsockname()[1]):
        print(line, flush=True)
    # The names and addresses of raters' machines are neither printed nor kept.
    config = uvicorn.Config(
        make_app(study, folder, store), log_level="warning", access_log=False, server_header=False
    )
    uvicorn.Server(config).run(sockets=[listening])


def free(folder: Path, rater: int) -> None:
    """Let another browser use a rater's link; UserError where there is no such rater."""
    study, store = read_plan(folder), Store(folder / ANSWERS)
    store.check(study.digest)
    if not store.free(rater - 1):
        raise UserError(f"--free: there is no rater {rater}; they are 1 to {len(store.raters)}")


def check_pictures(study: UserStudy, folder: Path) -> None:
    """UserError where a picture of the plan is missing or has other bytes than its name says."""
    for file in sorted(study.files):
        path = picture_path(folder, file)
        if not path.is_file() or sha256_of(path) != path.stem:
            raise UserError(f"{path}: is missing or damaged; run `asymmetry userstudy make` again")


def links(store: Store, study: UserStudy, host: str, port: int) -> list[str]:
    """The lines printed at the start: a link for each rater, and how much each has answered."""
    name = socket.gethostname() if host in _EVERYWHERE else f"[{host}]" if ":" in host else host
    lines = [f"{study.question} One link for each rater, to be used in one browser:"]
    for rater in store.raters:
        done = f"{store.answered(rater.number)} of {len(study.sessions[rater.number])}"
        lines.append(f"{rater.number + 1:4}  http://{name}:{port}/rate/{rater.token}  {done}")
    return [*lines, "Ctrl-C ends; started again, everyone goes on where they were."]

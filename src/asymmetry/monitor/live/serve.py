"""`asymmetry status --serve`: the page of a study that grows, on the loopback."""

import signal
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import uvicorn

from asymmetry.core.serving import listen
from asymmetry.monitor.live.app import make_app
from asymmetry.monitor.live.rounds import Rounds
from asymmetry.pipeline.stages import Stages

_HOST = "127.0.0.1"


def serve(stages: Stages, port: int) -> None:
    """Serve the page until Ctrl-C; UserError where the port is busy."""
    listening = listen(_HOST, port, "choose another --port")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # it tidies up, as after Ctrl-C
    address = f"http://{_HOST}:{listening.getsockname()[1]}/"
    with TemporaryDirectory(prefix="asymmetry-live-") as folder:
        rounds = Rounds(stages, Path(folder))
        rounds.start()
        print(f"{address}  the page as the study grows; Ctrl-C ends", flush=True)
        config = uvicorn.Config(
            make_app(rounds), log_level="warning", access_log=False, server_header=False
        )
        with suppress(KeyboardInterrupt):  # uvicorn raises it again, once it has ended
            uvicorn.Server(config).run(sockets=[listening])
        with suppress(KeyboardInterrupt):
            rounds.stop()
    print("ended; the study goes on")

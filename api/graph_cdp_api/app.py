"""The application: all of its wiring."""

from __future__ import annotations

from importlib.metadata import version

from fastapi import Depends, FastAPI

from graph_cdp.engine import Engine
from graph_cdp.keeping import ROOM, Kept
from graph_cdp_api import (
    audiences,
    description,
    exploring,
    health,
    jobs,
    letters,
    pictures,
    problems,
    querying,
    reading,
    spaces,
    stewarding,
    walking,
    writing,
)
from graph_cdp_api.admission import Admission
from graph_cdp_api.browsers import OtherPages
from graph_cdp_api.envelope import Envelope
from graph_cdp_api.keys import Keys
from graph_cdp_api.metrics import Metrics
from graph_cdp_api.parameters import only_known
from graph_cdp_api.wiring import Answering


def create_app(engine: Engine, keys: Keys, room: int = ROOM) -> FastAPI:
    """The API over an open engine, which stays the caller's to close; one of each in a process.

    At most `room` bytes of answers are kept.

    Handlers are plain functions, which run in a pool of threads: the engine waits for the store, and a coroutine that
    waited so would hold up everybody. What never waits for the store (keys, bodies, /healthz) is a coroutine, so that
    it costs no thread; so is the tracking API, whose requests wait for a writer that they share.
    """
    app = FastAPI(
        title="graph-cdp",
        version=version("graph-cdp"),
        description="One customer from e-mails, phones, accounts, cookies, devices, cards and orders.",
        docs_url=None,  # its page loads scripts from other people's servers
        redoc_url=None,
        redirect_slashes=False,
        dependencies=[Depends(only_known)],
        generate_unique_id_function=description.operation_id,
    )
    app.state.answering = Answering(engine, Kept(engine.news, len, room))
    app.state.keys, app.state.metrics = keys, Metrics(engine)
    app.add_middleware(OtherPages)
    app.state.admission = Admission()
    app.add_middleware(Envelope)
    problems.install(app)
    description.install(app)
    for part in (
        health,
        writing,
        reading,
        letters,
        walking,
        exploring,
        querying,
        jobs,
        stewarding,
        audiences,
        spaces,
        pictures,
    ):
        app.include_router(part.router)
    app.include_router(reading.private)
    return app

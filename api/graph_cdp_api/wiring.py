"""What handlers get from the application: the one engine of the process, and the answers that it keeps."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from fastapi import Depends, Request

from graph_cdp.engine import Engine
from graph_cdp.keeping import Kept


class Answering(NamedTuple):
    """The engine, and the answers of before, as bytes, that still hold."""

    engine: Engine
    kept: Kept[bytes]


async def _answering(request: Request) -> Answering:
    answering: Answering = request.app.state.answering
    return answering


async def _engine(request: Request) -> Engine:
    answering: Answering = request.app.state.answering
    return answering.engine


TheEngine = Annotated[Engine, Depends(_engine)]
TheAnswers = Annotated[Answering, Depends(_answering)]

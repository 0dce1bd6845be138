"""What handlers get from the application: the one engine of the process."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from graph_cdp.engine import Engine


async def _engine(request: Request) -> Engine:
    engine: Engine = request.app.state.engine
    return engine


TheEngine = Annotated[Engine, Depends(_engine)]

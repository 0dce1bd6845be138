"""The commands that stay up: the API, and the tour of the samples."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from graph_cdp import terminal
from graph_cdp.commands.base import AsJson, Store, app, opened
from graph_cdp.errors import UsageError

if TYPE_CHECKING:
    from graph_cdp.engine import Engine


@app.command()
def serve(
    host: Annotated[str, typer.Option(metavar="H", help="Listen on this address.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, metavar="N", help="And on this port; 0 is any.")] = 8000,
    store: Store = None,
) -> None:
    """Serve the HTTP API until told to stop."""
    _serving()(partial(opened, store, finishing=True), host, port)


def _serving() -> Callable[[Callable[[], AbstractContextManager[Engine]], str, int], None]:
    """What serves an engine on a host and port, with the settings of this process."""
    try:
        from graph_cdp_api.serve import serve as run  # noqa: PLC0415 - an extra: the other commands do without it
    except ModuleNotFoundError as missing:
        raise UsageError(f"the API needs {missing.name} (pip install 'graph-cdp[api]')") from None
    from graph_cdp import settings  # noqa: PLC0415 - only who needs it waits for it

    return partial(run, settings.read())


@app.command()
def demo(
    people: Annotated[int, typer.Option(metavar="N", help="The samples are about so many people.")] = 300,
    seed: Annotated[int, typer.Option(metavar="N", help="Another number gives other people.")] = 1,
    stay: Annotated[bool, typer.Option("--serve", help="Stay up and serve the API over the samples.")] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, metavar="N", help="With --serve: on this port.")] = 8000,
    store: Store = None,
    as_json: AsJson = False,
) -> None:
    """Show the main job on samples of three brands, on a store of its own that is gone afterwards."""
    from graph_cdp import demo as tour  # noqa: PLC0415 - as above

    serving = _serving() if stay else None
    with ExitStack() as stack:
        with terminal.progress("loading") as progress:
            answer, engine = stack.enter_context(tour.tour(people, seed, store, progress))
        terminal.show(as_json, answer.facts, answer.shown)
        if serving:
            sys.stdout.flush()
            serving(lambda: nullcontext(engine), "127.0.0.1", port)

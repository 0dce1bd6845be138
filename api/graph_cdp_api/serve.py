"""Serving the API until it is told to stop: where it listens, what it logs, how it ends."""

from __future__ import annotations

import gc
import json
import logging
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from typing import Final

import uvicorn

from graph_cdp.engine import Engine
from graph_cdp.errors import UsageError
from graph_cdp.keeping import ROOM
from graph_cdp.settings import Settings
from graph_cdp_api.app import create_app
from graph_cdp_api.keys import Keys, is_loopback

DRAIN_SECONDS: Final = 30


def serve(settings: Settings, open_engine: Callable[[], AbstractContextManager[Engine]], host: str, port: int) -> None:
    """Serves on `host` and `port` (0: any free one) until SIGTERM or SIGINT; then answers what it has taken and ends.

    Raises `UsageError` for keys that are none, for an address that cannot be listened on, and for one that other
    machines can reach while no key is set.
    """
    keys = Keys.of(settings)
    with listening(host, port, local=keys.open) as listener, open_engine() as engine:
        server = uvicorn.Server(config(engine, keys, settings.kept_mb * 2**20))
        _log_json()
        sys.stdout.write(greeting(listener, keys, engine.graph.server))
        sys.stdout.flush()
        _forget_what_stays()
        with _ended_in_order():
            server.run(sockets=[listener])


def _forget_what_stays() -> None:
    """Takes what stays until the end out of the sight of the collector, which goes through all else while reads wait.

    Modules, routes and models are most of what there is, and each fortieth profile took a fifth of a second longer.
    """
    gc.collect()
    gc.freeze()


def config(engine: Engine, keys: Keys, room: int = ROOM) -> uvicorn.Config:
    """How the application is served. Access logs of the server's own would hold keys, which stand in paths."""
    return uvicorn.Config(
        create_app(engine, keys, room),
        access_log=False,
        log_config=None,
        lifespan="off",
        ws="none",
        server_header=False,
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )


@contextmanager
def listening(host: str, port: int, *, local: bool) -> Iterator[socket.socket]:
    """A socket that listens there; `local` refuses an address that other machines can reach."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        if local and not is_loopback(str(address[0])):
            raise UsageError(
                f"{host}: other machines could reach the API there, and no key is set "
                "(set GRAPH_CDP_WRITE_KEYS and GRAPH_CDP_API_KEYS, or leave --host at 127.0.0.1)"
            )
        listener = socket.create_server((str(address[0]), port), family=family, backlog=2048)
        # Head and body of an answer are two packets, and the second would wait 40 ms for the first to be acknowledged.
        # What is accepted has the option from the listener; asyncio sets it only where the protocol has a number.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except (OSError, OverflowError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no such port"
        raise UsageError(f"cannot listen on {host}, port {port}: {reason} (choose another --host or --port)") from None
    with listener:
        yield listener


def greeting(listener: socket.socket, keys: Keys, store: str) -> str:
    """Where the API listens, who may use it, and how to try it."""
    host, port = listener.getsockname()[:2]
    url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    key = "" if keys.open else "-H 'Authorization: Bearer API_KEY' "
    who = "no keys are set: only this machine can use it (GRAPH_CDP_WRITE_KEYS, GRAPH_CDP_API_KEYS)"
    if not keys.open:
        who = f"{len(keys.write)} write keys, {len(keys.api)} API keys"
    return (
        f"graph-cdp listens on {url} (store: {store})\n{who}\n"
        f"write: curl {url}/v1/identify -u {'any' if keys.open else 'WRITE_KEY'}: "
        """-d '{"userId": "42", "traits": {"email": "ann@example.com"}}'\n"""
        f"read:  curl {key}{url}/profiles/email:ann@example.com\n"
        f"paths: {url}/openapi.json\n"
    )


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """Lets the server return after it has drained: it raises the signal that ended it again, which would kill."""
    before = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class JsonLines(logging.Formatter):
    """One JSON object a line: when, how grave, who says it, what, and its facts."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record. Of an exception only the kind is told: its sentence may quote a value."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
        return json.dumps(line, ensure_ascii=False, default=str)


def _log_json() -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("graph_cdp_api").setLevel(logging.INFO)

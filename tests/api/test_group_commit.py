"""Requests that wait share a transaction; too many are told to come again, and nothing of that is lost or double."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from time import monotonic, sleep

import httpx
from graph_cdp_api import admission, bodies
from graph_cdp_api.keys import Keys

from graph_cdp import gathering
from graph_cdp.engine import Engine
from tests.api.conftest import Api, running
from tests.api.test_metrics import value

TOGETHER = "graph_cdp_messages_together"


@contextmanager
def nobody_writes(engine: Engine) -> Iterator[None]:
    """Holds every writer off the embedded server."""
    held, go = Event(), Event()

    def hold(_: object) -> None:
        held.set()
        assert go.wait(30)

    with ThreadPoolExecutor(1) as pool:
        holding = pool.submit(engine.graph.write, hold)
        assert held.wait(30)
        try:
            yield
        finally:
            go.set()
        holding.result(30)


def until(holds: Callable[[], object]) -> None:
    end = monotonic() + 20
    while not holds():
        assert monotonic() < end
        sleep(0.01)


def identify(api: Api, number: int) -> httpx.Response:
    base = f"http://127.0.0.1:{api.port}"
    message = {"userId": f"group-{number}", "messageId": f"group-{number}"}
    return httpx.post(f"{base}/v1/identify", json=message, timeout=60)


def test_many_clients_share_transactions_and_each_reads_what_it_was_told(engine: Engine) -> None:
    # The engine tells the application that was made last how large its groups are.
    with running(engine, Keys()) as api, ThreadPoolExecutor(30) as pool:
        before = value(api, f"{TOGETHER}_sum"), value(api, f"{TOGETHER}_count")
        with nobody_writes(engine):
            first = pool.submit(identify, api, 0)
            others = [pool.submit(identify, api, number) for number in range(1, 30)]
            while value(api, "graph_cdp_messages_waiting") < 29:
                pass
        answers = [future.result(60).json() for future in [first, *others]]
        read = [api.http.get(f"/profiles/user_id:group-{number}").json()["customer_id"] for number in range(30)]
        assert [answer["customer_id"] for answer in answers] == read
        assert [answer["messageId"] for answer in answers] == [f"group-{number}" for number in range(30)]
        assert value(api, f"{TOGETHER}_sum") - before[0] == 30
        assert value(api, f"{TOGETHER}_count") - before[1] == 2


def test_a_full_queue_is_answered_with_when_to_come_again(api: Api, engine: Engine, monkeypatch) -> None:
    monkeypatch.setattr(gathering, "MOST_WAITING", 2)
    with ThreadPoolExecutor(2) as pool, nobody_writes(engine):
        waiting = [pool.submit(identify, api, 100)]
        until(lambda: engine.gathering._writers and not engine.gathering.waiting)
        waiting.append(pool.submit(identify, api, 101))
        until(lambda: engine.gathering.waiting)
        batch = {"batch": [{"type": "identify", "userId": f"group-10{number}"} for number in range(2, 4)]}
        refused = api.http.post("/v1/batch", json=batch)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
    assert refused.json()["code"] == "busy"
    assert [future.result(60).status_code for future in waiting] == [200, 200]
    assert api.http.post("/v1/batch", json=batch).status_code == 200


def test_more_bytes_than_fit_are_refused_before_they_are_kept(engine: Engine, monkeypatch) -> None:
    monkeypatch.setattr(admission, "MOST_AT_ONCE", 1000)
    with running(engine, Keys()) as api:
        large = api.http.post("/v1/track", json={"userId": "1", "event": "x", "properties": {"text": "x" * 2000}})
        assert (large.status_code, large.headers["retry-after"]) == (429, "1")
        assert api.http.post("/v1/track", json={"userId": "1", "event": "x"}).status_code == 200


def test_bodies_that_do_not_come_hold_nobody_else_up_for_long(engine: Engine, monkeypatch) -> None:
    monkeypatch.setattr(admission, "MOST_AT_ONCE", 3 * bodies.MOST_SENT)
    monkeypatch.setattr(bodies, "SECONDS", 1)
    head = b"POST /v1/batch HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    with running(engine, Keys()) as api, contextlib.ExitStack() as stack:
        silent = [stack.enter_context(socket.create_connection(("127.0.0.1", api.port))) for _ in range(3)]
        for one in silent:
            one.sendall(head)
        until(lambda: api.http.post("/v1/track", json={"userId": "1", "event": "x"}).status_code == 429)
        until(lambda: api.http.post("/v1/track", json={"userId": "1", "event": "x"}).status_code == 200)
        assert [one.recv(1000).split(b" ", 2)[1] for one in silent] == [b"408"] * 3


def test_a_batch_of_many_times_what_goes_together_is_answered_message_by_message(api: Api) -> None:
    batch = [{"type": "track", "event": "x", "userId": f"long-{n % 7}", "messageId": f"long-{n}"} for n in range(2490)]
    answer = api.http.post("/v1/batch", json={"batch": [*batch, *batch[:10]]}).json()
    assert [one["messageId"] for one in answer["messages"]] == [one["messageId"] for one in [*batch, *batch[:10]]]
    assert [one["outcome"] for one in answer["messages"][-10:]] == ["duplicate"] * 10

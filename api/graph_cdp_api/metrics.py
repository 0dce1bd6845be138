"""What Prometheus reads: requests by route template, what became of messages, and how large the graph is."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Final

from fastapi import Depends, Request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily

from graph_cdp.engine import Engine
from graph_cdp.errors import GraphCdpError
from graph_cdp.state import OUTCOMES, Reply

_METHODS: Final = frozenset(("GET", "POST", "DELETE", "HEAD", "OPTIONS", "PUT", "PATCH"))
_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_TOGETHER: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000)
FRESH_SECONDS: Final = 15.0


class _Sizes:
    """How many nodes of each kind there are, asked for at most every `FRESH_SECONDS`; none while the store is away."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._asked, self._rows = float("-inf"), list[dict[str, Any]]()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        if time.monotonic() - self._asked > FRESH_SECONDS:
            try:
                self._rows = self._engine.sizes()
            except GraphCdpError:
                self._rows = []
            self._asked = time.monotonic()
        sizes = GaugeMetricFamily("graph_cdp_nodes", "Nodes of the graph, shared customers included.", labels=["kind"])
        for row in self._rows:
            sizes.add_metric([row["what"].replace(" ", "_")], row["count"])
        yield sizes

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing, so that to register it asks no store."""
        return []


class Metrics:
    """The metrics of one application."""

    def __init__(self, engine: Engine) -> None:
        self._registry = CollectorRegistry()
        self._requests = Histogram(
            "graph_cdp_http_request_seconds",
            "How long requests took, from their arrival to the end of the answer.",
            ("method", "route", "status"),
            registry=self._registry,
            buckets=_BUCKETS,
        )
        self._messages = Counter(
            "graph_cdp_messages", "What became of messages.", ("outcome",), registry=self._registry
        )
        for outcome in OUTCOMES:
            self._messages.labels(outcome)
        self._registry.register(_Sizes(engine))
        waiting = Gauge("graph_cdp_messages_waiting", "Messages that wait to be written.", registry=self._registry)
        waiting.set_function(lambda: engine.gathering.waiting)
        together = Histogram(
            "graph_cdp_messages_together",
            "Messages that were written together.",
            registry=self._registry,
            buckets=_TOGETHER,
        )
        engine.gathering.observe = together.observe

    def answered(self, method: str, route: str | None, status: int | None, seconds: float) -> None:
        """Counts a request; `route` is the template of its path, None where it has none."""
        named = method if method in _METHODS else "other"
        self._requests.labels(named, route or "none", str(status or "none")).observe(seconds)

    def took(self, replies: Iterable[Reply]) -> None:
        """Counts what became of messages."""
        for reply in replies:
            self._messages.labels(reply.outcome).inc()

    def text(self) -> bytes:
        """All of them in Prometheus's text format."""
        return generate_latest(self._registry)


async def _metrics(request: Request) -> Metrics:
    metrics: Metrics = request.app.state.metrics
    return metrics


TheMetrics = Annotated[Metrics, Depends(_metrics)]

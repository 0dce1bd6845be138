"""Segments kept up with what is told: at every moment what a recount says, whatever happens to the customers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from graph_cdp.audience.dates import holds_now
from graph_cdp.audience.groups import segments_of
from graph_cdp.crowd.asking import Crowd
from graph_cdp.engine import Engine
from graph_cdp.policy import Policy
from tests import servers

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
POLICY = """
[namespaces.user_id]
trust = 1
unique = true
[segments.buyers]
condition = "any orders"
[segments.twice]
condition = 'at least 2 orders[brand = "Lumia"] within 30 days'
[segments.lately]
condition = "any orders in the last 20 days"
[segments.silent]
condition = "days_since(orders) >= 25"
[segments.left_cart]
condition = 'any events "Product Added" then no orders within 2 days'
[segments.krakow]
condition = 'traits.city = "Kraków" and sum(total of orders) > 10'
[segments.reachable]
condition = 'identifiers.namespace = "email"'
[segments.hot]
condition = "trend(count(events), 5 days) > 1"
"""


@pytest.fixture(scope="module")
def engine(server: servers.Server) -> Iterator[Engine]:
    servers.clear(server)
    with Engine.open(server.url, server.user, server.password, policy=Policy(POLICY), id_secret="secret") as engine:
        yield engine


class Shop:
    """Sends messages with ids of their own, and asks for segments at a time that it sets."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.sent, self.now = engine, 0, NOW
        object.__setattr__(engine.crowd, "clock", lambda: self.now)

    def send(self, *said: dict[str, Any]) -> None:
        for one in said:
            self.sent += 1
            one["messageId"] = f"k{self.sent}"
        self.engine.accept(list(said))

    def kept(self) -> dict[str, list[str]]:
        """Who is in each segment, as the roll says; the counts are those of the lists."""
        rows = self.engine.crowd.segments()
        found = {
            row["name"]: [one["customer_id"] for one in self.engine.crowd.members(row["name"], 999)] for row in rows
        }
        assert {name: len(ids) for name, ids in found.items()} == {row["name"]: row["count"] for row in rows}
        return found

    def recounted(self) -> dict[str, list[str]]:
        """The same by looking at one customer after the other."""
        crowd = Crowd(self.engine.graph, self.engine.crowd.in_force, clock=lambda: self.now)
        everybody = list(crowd.people().all())
        return {
            name: [one.customer_id for one in everybody if holds_now(segment.condition, one)]
            for name, segment in segments_of(self.engine.policy).items()
        }


def track(user: str, name: str, ago: float, **properties: Any) -> dict[str, Any]:
    at = (NOW - timedelta(days=ago)).isoformat()
    return {"type": "track", "userId": user, "event": name, "timestamp": at, "properties": properties}


def order(user: str, ago: float, brand: str = "Lumia", total: float = 20.0) -> dict[str, Any]:
    facts = {"order_id": f"{user}-{ago}", "brand": brand, "total": total, "currency": "PLN"}
    return track(user, "Order Completed", ago, **facts)


def identify(user: str | None, ago: float, anonymous: str | None = None, **traits: Any) -> dict[str, Any]:
    at = (NOW - timedelta(days=ago)).isoformat()
    said = {"userId": user, "anonymousId": anonymous, "timestamp": at, "traits": traits}
    return {"type": "identify"} | {name: value for name, value in said.items() if value}


def test_kept_up_with_messages_merges_splits_undo_late_ones_and_time_they_are_what_a_recount_says(
    engine: Engine,
) -> None:
    shop = Shop(engine)

    def told(*said: dict[str, Any]) -> dict[str, list[str]]:
        shop.send(*said)
        now = shop.kept()
        assert now == shop.recounted()
        return now

    told(order("ann", 40), order("ann", 15), order("ben", 30, "Bosko"), identify("ann", 50, city="Kraków"))
    roll = engine.crowd.rolls._kept
    assert len(told(track("cyd", "Product Added", 10))["left_cart"]) == 1
    assert len(told(order("cyd", 9))["left_cart"]) == 0  # it followed after all, and was told late
    assert len(told(order("ann", 14.5))["twice"]) == 1
    told({**order("web", 5), "anonymousId": "a1", "userId": None})
    assert len(shop.kept()["buyers"]) == 4
    assert len(told(identify("ben", 4, "a1", email="ben@x.pl"))["buyers"]) == 3  # the visitor was Ben
    same = engine.decide("same", "user_id:ann", "user_id:cyd", "she says so", "eve")
    assert shop.kept() == shop.recounted()
    assert len(shop.kept()["buyers"]) == 2
    engine.decide("different", "user_id:ben", "anonymous_id:a1", "a friend's phone", "eve")
    assert shop.kept() == shop.recounted()
    engine.undo(same.decision.id, "she did not", "eve")
    assert shop.kept() == shop.recounted()
    told(track("ann", "Order Cancelled", 1, order_id="ann-14.5"), track("ben", "Consent Given", 1, channel="email"))
    told(order("dan", -3), order("dan", 60))
    for days in (1, 3.5, 6, 12, 30):
        shop.now = NOW + timedelta(days=days)
        assert shop.kept() == shop.recounted()
    assert engine.crowd.rolls._kept is roll, "it was followed and never made anew"


def test_a_relink_is_followed_by_a_recount(engine: Engine) -> None:
    shop = Shop(engine)
    shop.send(order("pia", 3), order("pia", 2))
    before = engine.crowd.rolls._kept
    assert shop.kept() == shop.recounted()
    engine.relink()
    assert shop.kept() == shop.recounted()
    engine.relink(Policy(POLICY + '[segments.new]\ncondition = "count(orders) >= 2"\n'))
    assert shop.kept() == shop.recounted()
    assert engine.crowd.rolls._kept is not before


def test_who_has_not_looked_for_long_recounts(engine: Engine) -> None:
    shop = Shop(engine)
    shop.kept()
    shop.send(order("zoe", 2))
    shop.send(order("zed", 2))
    engine.graph.write(lambda transaction: transaction.run("write/forget_touches", until=10**9))
    shop.send(order("zac", 2))
    assert shop.kept() == shop.recounted()

"""Relinks killed at random moments while others send: nothing is lost, nothing doubled, and the next one finishes.

`make chaos` kills a hundred of them; GRAPH_CDP_KILLS says how many, GRAPH_CDP_KILLS_SEED when.
"""

from __future__ import annotations

import os
import random
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from graph_cdp import samples
from graph_cdp.engine import Engine
from graph_cdp.model import Observation
from graph_cdp.offline import policy_from
from graph_cdp.policy import Policy
from graph_cdp.resolve.identity import hasher
from tests import servers
from tests.commands import path_of_child
from tests.laws.samples import items_of, resolved
from tests.store.conftest import SECRET, engine_on

OBSERVED = 150
KILLS = int(os.environ.get("GRAPH_CDP_KILLS", "10"))
SEED = os.environ.get("GRAPH_CDP_KILLS_SEED") or secrets.token_hex(4)
CHILD = """
import sys
from pathlib import Path
from graph_cdp.engine import Engine
from graph_cdp.offline import policy_from
url, user, password, secret = (part or None for part in sys.argv[1:5])
with Engine.open(url, user, password, id_secret=secret) as engine:
    print("ready", flush=True)
    way, path = sys.stdin.readline().split()
    if way == "apply":
        engine.apply(engine.load_plan(Path(path)))
    else:
        engine.relink(policy_from(Path(path)), rebuild=way == "rebuild")
    print("done", flush=True)
"""
OTHER = """
min_tier = 5
[namespaces.user_id]
trust = 1
unique = true
[namespaces.email]
unique = true
shared_above = { user_id = 2 }
[kinds]
login = { tier = 2 }
identify = { tier = 1 }
[blocked]
anonymous_id = ['re:[0-3a-c]$']
phone = ['re:[02468]$']
order = ['re:[13579]$']
"""


class Shop:
    """A store under one of two policies, those who send to it, and the relinks that are killed."""

    def __init__(self, server: servers.Server, folder: Path) -> None:
        self.server, self.folder, self.random = server, folder, random.Random(SEED)
        samples.write(folder, people=50, seed=5)
        (folder / "other.toml").write_text(OTHER)
        self.policies = [folder / "policy.toml", folder / "other.toml"]
        made = [item for item in items_of(folder, policy_from(self.policies[0])) if isinstance(item, Observation)]
        self.random.shuffle(made)
        self.sent, self.waiting = made[:OBSERVED], made[OBSERVED : 2 * OBSERVED]
        self.took = 1.0
        self.child: subprocess.Popen[str] | None = None

    def kill_one(self, engine: Engine, way: str) -> None:
        """Kills a relink under the other policy while things are sent."""
        path = self.policies[policy_from(self.policies[0]) == engine.policy]
        if way == "apply":
            engine.plan_relink(policy_from(path)).save(self.folder / "plan.json")
            path = self.folder / "plan.json"
        child, self.child = self.child or self.start(), self.start()
        assert child.stdin and child.stdout
        assert child.stdout.readline() == "ready\n", child.communicate()[1]
        sender = threading.Thread(target=self.send, args=[engine, self.next_ones()])
        child.stdin.write(f"{way} {path}\n")
        child.stdin.flush()
        # What is sent before a plan is checked makes it void.
        time.sleep(self.random.uniform(0.0, self.took))
        sender.start()
        time.sleep(self.random.uniform(0.0, self.took / 2))
        child.kill()
        sender.join()
        child.communicate()

    def start(self) -> subprocess.Popen[str]:
        """A process that waits to be told which relink to carry out: the next one starts while one is killed."""
        arguments = [self.server.url, self.server.user or "", self.server.password or "", SECRET]
        return subprocess.Popen(
            [sys.executable, "-c", CHILD, *arguments],
            env={**os.environ, "PYTHONPATH": path_of_child()},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def next_ones(self) -> list[Observation]:
        size = max(1, len(self.waiting) // 4)
        taken, self.waiting = self.waiting[:size], self.waiting[size:]
        return taken

    def send(self, engine: Engine, made: list[Observation]) -> None:
        for at in range(0, len(made), 5):
            engine.absorb(made[at : at + 5])
            self.sent += made[at : at + 5]


@pytest.fixture
def shop(store: servers.Server, tmp_path: Path) -> Iterator[Shop]:
    made = Shop(store, tmp_path)
    yield made
    if made.child:
        made.child.kill()
        made.child.communicate()


def test_a_killed_relink_is_finished_by_the_next_and_nothing_is_lost_or_doubled(shop: Shop) -> None:
    print(f"GRAPH_CDP_KILLS_SEED={SEED}")
    with engine_on(shop.server, policy_from(shop.policies[0]).text) as engine:
        for _ in engine.ingest(shop.sent):
            pass
        shop.took = seconds_of_a_relink(engine, shop)
        under_way = 0
        for number in range(KILLS):
            shop.kill_one(engine, ("relink", "apply", "rebuild")[number % 3])
            assert settled(lambda: customers_that_are_not_whole(shop.server)) == []
            under_way += engine.has_unfinished_relink()
            engine.relink()
            assert engine.status()["relink"] is None
            assert memberships(engine) == expected(shop.sent, engine.policy)
            assert replayed(engine) == memberships(engine)
        assert sum(engine.plan_relink(rebuild=True).summary["rebuilt"].values()) == 0
        assert under_way or KILLS < 10, "no relink was killed while it wrote"


def seconds_of_a_relink(engine: Engine, shop: Shop) -> float:
    started = time.monotonic()
    for path in reversed(shop.policies):
        engine.relink(policy_from(path))
    return (time.monotonic() - started) / 2


def settled(look: Callable[[], list[Any]]) -> list[Any]:
    """What a look finds once the server has ended what the killed one had sent: a commit may be under way meanwhile."""
    until = time.monotonic() + 5
    while (found := look()) and time.monotonic() < until:
        time.sleep(0.1)
    return found


def customers_that_are_not_whole(server: servers.Server) -> list[Any]:
    """Customers that have other members than they count, and identifiers that are in no customer or in two."""
    statements = (
        "MATCH (c:Customer) OPTIONAL MATCH (c)<-[:MEMBER_OF]-(i:Identifier) WITH c, count(i) AS members "
        "WHERE members <> c.size RETURN c.id AS wrong",
        "MATCH (i:Identifier) OPTIONAL MATCH (i)-[:MEMBER_OF]->(c:Customer) WITH i, count(c) AS homes "
        "WHERE homes <> 1 RETURN i.key AS wrong",
    )
    with servers.driver_of(server) as driver, driver.session(database="neo4j") as session:
        return [row["wrong"] for statement in statements for row in session.run(statement)]


def memberships(engine: Engine) -> list[tuple[str, str]]:
    return sorted((row["key"], row["customer_id"]) for row in engine.members())


def expected(sent: list[Observation], policy: Policy) -> list[tuple[str, str]]:
    pure = resolved(sent, policy)
    return sorted(zip(pure.keys, pure.ids(hasher(SECRET)), strict=True))


def replayed(engine: Engine) -> list[tuple[str, str]]:
    members: dict[str, str | None] = {}
    after = 0
    while page := engine.changes(after, 10_000):
        assert [change["seq"] for change in page] == list(range(after + 1, after + len(page) + 1))
        for change in page:
            members |= dict.fromkeys(change["keys"], change["customer_id"])
        after = page[-1]["seq"]
    return sorted((key, home) for key, home in members.items() if home)

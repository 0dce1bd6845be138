"""The floor of ingesting: the same identifiers, links and events, merged in batches by nothing but UNWIND.

Nothing is decided here: no customers, no sharing, no orders, no change feed, and a link keeps its first date.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, LiteralString

from neo4j import Driver, ManagedTransaction

from graph_cdp.link import exact
from graph_cdp.model import Observation, namespace_of, rfc3339
from graph_cdp.policy import Policy
from graph_cdp.store import codec, ledger

Row = dict[str, Any]
Call = tuple[LiteralString, list[Row]]

CONSTRAINTS: Final[Sequence[LiteralString]] = (
    "CREATE CONSTRAINT identifier_key IF NOT EXISTS FOR (n:Identifier) REQUIRE n.key IS UNIQUE",
    "CREATE CONSTRAINT event_uid IF NOT EXISTS FOR (n:Event) REQUIRE n.uid IS UNIQUE",
)
_NODES: Final = "UNWIND $rows AS row MERGE (i:Identifier:LABEL {key: row.key}) ON CREATE SET i += row"
_LINKS: Final = """
UNWIND $rows AS row
MATCH (a:Identifier {key: row.a}) MATCH (b:Identifier {key: row.b})
MERGE (a)-[l:LINK {kind: row.kind}]->(b) ON CREATE SET l.first_seen = row.first_seen"""
_EVENTS: Final = """
UNWIND $rows AS row
MERGE (e:Event {uid: row.event.uid}) ON CREATE SET e += row.event
WITH e, row
UNWIND row.keys AS key
MATCH (i:Identifier {key: key})
MERGE (e)-[:OBSERVED]->(i)"""

CREATED_EVENTS: Final = """
UNWIND $rows AS row
CREATE (e:Event)
SET e = row.event
WITH e, row
UNWIND row.keys AS key
MATCH (i:Identifier {key: key})
CREATE (e)-[:OBSERVED]->(i)"""


def constrain(driver: Driver) -> None:
    """Makes the constraints without which a MERGE reads everything."""
    for text in CONSTRAINTS:
        driver.execute_query(text, database_="neo4j")


def calls(observations: Sequence[Observation], policy: Policy, batch: int) -> list[list[Call]]:
    """The statements with their rows, a list for each transaction of `batch` messages."""
    starts = range(0, len(observations), batch)
    return [_calls(observations[start : start + batch], policy) for start in starts]


def merge(driver: Driver, transactions: Sequence[Sequence[Call]]) -> None:
    """Runs them, one transaction after the other."""
    with driver.session(database="neo4j") as session:
        for each in transactions:
            session.execute_write(_run, each)


def _run(transaction: ManagedTransaction, each: Sequence[Call]) -> None:
    for text, rows in each:
        transaction.run(text, rows=rows).consume()


def _calls(chunk: Sequence[Observation], policy: Policy) -> list[Call]:
    nodes: dict[str, dict[str, Row]] = {}
    links: dict[tuple[str, str, str], Row] = {}
    events = []
    for seen in chunk:
        usable = [key for key in seen.keys if not policy.is_blocked(key)]
        for key in usable:
            nodes.setdefault(codec.label_of(namespace_of(key)), {}).setdefault(key, _node(key, seen))
        for link in exact.links_of(seen, policy):
            row = {"a": link.a, "b": link.b, "kind": link.kind, "first_seen": rfc3339(link.span.first)}
            links.setdefault((link.a, link.b, link.kind), row)
        events.append({"event": _event(seen), "keys": usable})
    made = [
        (_NODES.replace("LABEL", label), [rows[key] for key in sorted(rows)]) for label, rows in sorted(nodes.items())
    ]
    return [*made, (_LINKS, [links[name] for name in sorted(links)]), (_EVENTS, events)]


def _node(key: str, seen: Observation) -> Row:
    namespace, _, value = key.partition(":")
    return {"key": key, "namespace": namespace, "value": value, "first_seen": rfc3339(seen.occurred_at)}


def _event(seen: Observation) -> Row:
    return {
        "uid": seen.uid,
        "source": seen.source,
        "message_id": seen.message_id,
        "kind": seen.kind,
        "name": seen.name,
        "at": rfc3339(seen.occurred_at),
        "received_at": rfc3339(seen.received_at),
        "keys": list(seen.keys),
        "traits": ledger.json_text(seen.traits),
        "properties": ledger.json_text(seen.properties),
    }

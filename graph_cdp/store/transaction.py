"""One transaction: what it reads to decide, the locks that keep that true, and what it writes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

import neo4j

from graph_cdp.model import Link, micros, namespace_of, rfc3339
from graph_cdp.policy import Policy
from graph_cdp.state import Change, Neighbourhood, NodeState, Writes
from graph_cdp.store import codec
from graph_cdp.store.statements import statement

Decision = TypeVar("Decision")
Answer = TypeVar("Answer")


class Reads:
    """Reads of one attempt to decide, remembered with their answers so that they can be compared with later ones."""

    def __init__(self, transaction: neo4j.Transaction) -> None:
        self._transaction = transaction
        self._log: list[tuple[Callable[..., Any], tuple[Any, ...], Any]] = []
        self.customers: set[str] = set()

    def start(self, keys: Collection[str], pairs: Collection[tuple[str, str]]) -> Neighbourhood:
        """The identifiers `keys`, the links between the keys of each pair, and the customers."""
        return self._noted(self._start, tuple(sorted(keys)), tuple(sorted(pairs)))

    def around(self, keys: Collection[str]) -> Neighbourhood:
        """The identifiers `keys`, every link at them, the identifiers at the other ends, and all their customers."""
        return self._noted(self._around, tuple(sorted(keys)))

    def members(self, customers: Collection[str]) -> Mapping[str, list[str]]:
        """The keys of all members of each of `customers`."""
        return self._noted(self._members, tuple(sorted(customers)))

    def still_hold(self) -> bool:
        """Whether reading again gives the same answers."""
        return all(read(*arguments) == answer for read, arguments, answer in self._log)

    def _noted(self, read: Callable[..., Answer], *arguments: Any) -> Answer:
        answer = read(*arguments)
        self._log.append((read, arguments, answer))
        return answer

    def _run(self, name: str, /, **parameters: Any) -> list[neo4j.Record]:
        return list(self._transaction.run(statement(name), parameters))

    def _start(self, keys: Sequence[str], pairs: Sequence[tuple[str, str]]) -> Neighbourhood:
        known = self._nodes(keys)
        degrees = {row["key"]: row["degree"] for row in known}
        asked = [sorted(pair, key=degrees.__getitem__) for pair in pairs if all(key in degrees for key in pair)]
        rows = (
            self._run("read/links_between", pairs=[{"near": near, "far": far} for near, far in asked]) if asked else []
        )
        return self._part(known, (codec.link_of(row, *sorted((row["near"], row["far"]))) for row in rows))

    def _around(self, keys: Sequence[str]) -> Neighbourhood:
        rows = self._run("read/links_at", keys=list(keys))
        links = {codec.link_of(row, *sorted((row["key"], row["other"]))) for row in rows}
        return self._part(self._nodes({*keys, *(row["other"] for row in rows)}), links)

    def _members(self, customers: Sequence[str]) -> dict[str, list[str]]:
        self.customers.update(customers)
        found: dict[str, list[str]] = {name: [] for name in customers}
        for row in self._run("read/members", ids=list(customers)) if customers else []:
            found[row["id"]].append(row["key"])
        return {name: sorted(keys) for name, keys in found.items()}

    def _nodes(self, keys: Collection[str]) -> list[neo4j.Record]:
        return self._run("read/nodes", keys=sorted(keys))

    def _part(self, rows: list[neo4j.Record], links: Iterable[Link]) -> Neighbourhood:
        self.customers.update(row["customer"] for row in rows)
        customers = {row["customer"]: codec.customer_of(row) for row in rows}
        return Neighbourhood(
            tuple(codec.node_of(row) for row in sorted(rows, key=lambda row: row["key"])),
            tuple(sorted(links, key=lambda link: (link.a, link.b, link.kind))),
            tuple(customers[name] for name in sorted(customers)),
        )


class Transaction:
    """A writing transaction, as the engine sees it."""

    def __init__(self, transaction: neo4j.Transaction, *, exclusive: bool) -> None:
        self._transaction = transaction
        self._exclusive = exclusive

    def run(self, name: str, label: str = "", /, **parameters: Any) -> list[neo4j.Record]:
        """The rows of the statement `name`."""
        return list(self._transaction.run(statement(name, label), parameters))

    def decide(self, decision: Callable[[Reads], tuple[bool, Decision]]) -> Decision:
        """What `decision` returns beside whether it changes anything, made from reads that stay true until the commit.

        On a server with several writers all customers that were read are write-locked, in the order of their ids, and
        read again; if anything has moved meanwhile, the decision is made anew. Every writer locks the customers of the
        identifiers that it touches, so a locked customer gets and loses neither members nor links.
        """
        while True:
            reads = Reads(self._transaction)
            changes, decided = decision(reads)
            if self._exclusive or not changes:
                return decided
            self.run("write/lock_customers", ids=sorted(reads.customers))
            if reads.still_hold():
                return decided

    def known_events(self, uids: Collection[str]) -> set[str]:
        """Which of these observations the graph has."""
        return {row["uid"] for row in self.run("read/known_events", uids=list(uids))}

    def write(self, writes: Writes, policy: Policy, customer_id: Callable[[str], str]) -> None:
        """Writes identifiers, links and customers."""
        self._write_nodes(writes, customer_id)
        made = [codec.link_row(link, policy.tier(link.kind)) for link in _by_pair(writes.new_links)]
        self._rows("write/new_links", made)
        changed = _by_pair(writes.changed_links)
        rows = [codec.changed_link_row(link, policy.tier(link.kind), writes.degrees) for link in changed]
        self._rows("write/links", rows)
        self._write_customers(writes)

    def _write_nodes(self, writes: Writes, customer_id: Callable[[str], str]) -> None:
        by_label: dict[str, list[NodeState]] = defaultdict(list)
        for node in sorted(writes.new_nodes, key=lambda node: node.key):
            by_label[codec.label_of(namespace_of(node.key))].append(node)
        for label, nodes in sorted(by_label.items()):
            self._rows("write/new_identifiers", [codec.new_node_row(node, customer_id) for node in nodes], label)
        self._rows("write/identifiers", [codec.node_row(node) for node in writes.changed_nodes])

    def _write_customers(self, writes: Writes) -> None:
        leaving = [move.key for move in writes.moves if move.before is not None]
        if leaving:
            self.run("write/leave", keys=leaving)
        if writes.gone:
            self.run("write/gone_customers", ids=list(writes.gone))
        renamed = [(before, state.id) for before, state in writes.kept if before != state.id]
        # Through a name of its own: two customers may swap ids, and an id is unique at every moment.
        self._rows("write/rename_customers", [{"before": old, "after": f"{old}~"} for old, _ in renamed])
        self._rows("write/rename_customers", [{"before": f"{old}~", "after": new} for old, new in renamed])
        self._rows("write/customers", [codec.customer_row(state) for _, state in writes.kept])
        self._rows("write/new_customers", [codec.customer_row(state) for state in writes.created])
        self._rows("write/join", [{"key": move.key, "id": move.after} for move in writes.moves])

    def append(self, changes: Sequence[Change]) -> None:
        """Appends to the change feed. The last thing a transaction does, for it holds every other writer up."""
        if not changes:
            return
        last = self.run("write/next_change", count=len(changes))[0]["last"]
        at = rfc3339(micros(datetime.now(UTC)))
        rows = [
            {
                "seq": last - len(changes) + number,
                "at": at,
                "change": change.change,
                "customer_id": change.customer_id,
                "previous": list(change.previous),
                "keys": list(change.keys),
                "cause": change.cause,
                "caption": change.change,
            }
            for number, change in enumerate(changes, start=1)
        ]
        self._rows("write/changes", rows)

    def _rows(self, name: str, rows: list[dict[str, Any]], label: str = "") -> None:
        if rows:
            self.run(name, label, rows=rows)


def _by_pair(links: Iterable[Link]) -> list[Link]:
    return sorted(links, key=lambda link: (link.a, link.b, link.kind))

"""One transaction: what it reads to decide, the locks that keep that true, and what it writes."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import neo4j

from graph_cdp.model import Link, Observation, micros, namespace_of, rfc3339
from graph_cdp.policy import Policy
from graph_cdp.state import Change, NodeState, Retold, Writes
from graph_cdp.store import codec
from graph_cdp.store.connection import ConflictError
from graph_cdp.store.contacts import contact_of
from graph_cdp.store.reads import Reads
from graph_cdp.store.statements import statement

Decision = TypeVar("Decision")

EVERYBODY: Final = "*"
# Who has not looked for longer makes everything anew.
TOUCHES_KEPT: Final = 2_000
_FORGOTTEN_EVERY: Final = 256
# Where a product has more, it is sooner said that anybody may have changed.
_MOST_BUYERS: Final = 1_000
# What is no evidence, or changes nothing: settings that no customer is made of, jobs, letters, locks, and the notes.
_NO_EVIDENCE: Final = frozenset(
    f"write/{name}"
    for name in (
        *("setting", "first_setting", "drop_setting", "new_job", "job", "cancel_job", "dead_letters", "unbury"),
        *("lock_customers", "claim", "claim_categories", "claim_companies", "next_change", "touch", "forget_touches"),
    )
)


class Transaction:
    """A writing transaction, as the engine sees it."""

    def __init__(self, transaction: neo4j.Transaction, *, exclusive: bool) -> None:
        self._transaction = transaction
        self._exclusive = exclusive
        self._absent: set[str] = set()
        self._touched: set[str] = set()
        # Whether something was written of which a note is owed.
        self._owing = False

    def run(self, name: str, label: str = "", /, **parameters: Any) -> list[neo4j.Record]:
        """The rows of the statement `name`."""
        self._owing |= name.startswith("write/") and name not in _NO_EVIDENCE
        return list(self._transaction.run(statement(name, label), parameters))

    def decide(self, decision: Callable[[Reads], tuple[bool, Decision]]) -> Decision:
        """What `decision` returns beside whether it changes anything, made from reads that stay true until the commit.

        On a server with several writers all customers that were read are write-locked, in the order of their ids, and
        read again; if anything has moved meanwhile, the decision is made anew. Every writer locks the customers of the
        identifiers that it touches, so a locked customer gets and loses neither members nor links. The lock is taken by
        setting a label: a property set to itself is read before the lock is had, and puts back what it was.
        """
        while True:
            reads = Reads(self._transaction)
            changes, decided = decision(reads)
            self._absent = reads.absent
            self._touched |= reads.met
            if self._exclusive or not changes:
                return decided
            self.run("write/lock_customers", ids=sorted(reads.customers))
            if reads.still_hold():
                return decided

    def known_events(self, observations: Collection[Observation]) -> tuple[set[str], set[str]]:
        """The uids of these observations that the graph has, and of those whose message id came with another content.

        One statement where every message id is new; only where one is not, the contents are compared.
        """
        rows = [{"uid": seen.uid, "source": seen.source, "message_id": seen.message_id} for seen in observations]
        told = {row["uid"] for row in self.run("read/known_messages", rows=rows)} if rows else set()
        known = {row["uid"] for row in self.run("read/known_events", uids=sorted(told))} if told else set()
        return known, told - known

    def homes(self, keys: Collection[str]) -> dict[str, tuple[str, bool, tuple[int, ...]]]:
        """Of each of these identifiers that the graph knows: its customer, whether it is shared, its later epochs."""
        rows = self.run("read/homes", keys=sorted(keys))
        # A customer that is being deleted as this is read has no id any more.
        there = (row for row in rows if row["customer"] is not None)
        return {row["key"]: (row["customer"], row["shared"], codec.later_of(row["later"])) for row in there}

    def write(self, writes: Writes, policy: Policy, customer_id: Callable[[str], str]) -> None:
        """Writes identifiers, links and customers."""
        # One that was there and in no customer is at home from now on, by this very transaction.
        self._absent -= {node.key for node in writes.new_nodes} | {move.key for move in writes.moves}
        if writes.gone_nodes:
            self._remove(writes, customer_id)
        self._write_nodes(writes, customer_id)
        made = [codec.link_row(link, policy.tier(link.kind)) for link in _by_pair(writes.new_links)]
        self._rows("write/new_links", made)
        changed = _by_pair(writes.changed_links)
        rows = [codec.changed_link_row(link, policy.tier(link.kind), writes.degrees) for link in changed]
        self._rows("write/links", rows)
        self._write_customers(writes)
        self._touched |= {id for before, state in writes.kept for id in (before, state.id)}
        self._touched |= {state.id for state in writes.created} | set(writes.gone)
        self._hang(writes.retold, policy)

    def _remove(self, writes: Writes, customer_id: Callable[[str], str]) -> None:
        """Deletes identifiers, and notes where the ids of those lead that nothing takes the place of."""
        self.run("write/gone_identifiers", keys=sorted(writes.gone_nodes))
        there = {node.key for node in writes.new_nodes}
        gone = sorted((key, heir) for key, heir in writes.gone_nodes.items() if key not in there)
        self._rows("write/former", [{"cid": customer_id(key), "heir": customer_id(heir)} for key, heir in gone])

    def _hang(self, told: Iterable[Retold], policy: Policy) -> None:
        """Hangs observations on the identifiers that took the place of others, and brings contacts with them."""
        usable = [(one, [key for key in one.keys if not policy.is_blocked(key)]) for one in told]
        self._rows("write/hang", [{"uid": one.uid, "key": key} for one, keys in usable for key in keys])
        employed = {(contact_of(keys, policy), one.company) for one, keys in usable if one.company and keys}
        self._rows("write/works_for", [{"key": key, "company": company} for key, company in sorted(employed)])

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

    def describe(self, label: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Creates the entities of one label, or brings them up to date where a row has a later `version`.

        Hubs such as products are locked only where something new is said of them, and looked at again under the lock.
        """
        ordered = _newest(rows)
        if not ordered:
            return
        claimed = {row["key"] for row in self.run("write/claim", label, rows=ordered)}
        self._rows("write/describe", [row for row in ordered if row["key"] in claimed], label)

    def categorise(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Gives products the category of a later `version`; what is made of their buyers' orders changes with it."""
        ordered = _newest(rows)
        if not ordered:
            return
        before = {row["key"]: row["category"] for row in self.run("write/claim_categories", rows=ordered)}
        claimed = [row for row in ordered if row["key"] in before]
        self._rows("write/categories", claimed)
        if moved := [row["key"] for row in claimed if row["category"] != before[row["key"]]]:
            buyers = {row["id"] for row in self.run("read/buyers", keys=moved, limit=_MOST_BUYERS)}
            self._touched |= buyers if len(buyers) < _MOST_BUYERS else {EVERYBODY}

    def hold_everybody_up(self) -> Mapping[str, Any]:
        """Lets nobody else append to the change feed until the commit; what is in force: `policy`, `decisions`."""
        return self.run("write/next_change", count=0)[0]

    def enact(self, policy: Policy, *, first: bool = False) -> None:
        """Puts a policy in force, after all that was decided under the old one and before all that is decided later.

        It is added to the history of policies. With `first` only where none is in force yet.
        """
        held = self.hold_everybody_up()["policy"]
        if held == policy.text or (first and held is not None):
            return
        self.run("write/setting", name="policy", value=policy.text)
        since, number = rfc3339(micros(datetime.now(UTC))), len(self.run("read/policies")) + 1
        row = {"number": number, "since": since, "fingerprint": policy.fingerprint, "text": policy.text}
        self.run("write/policy", row={**row, "caption": f"policy {policy.fingerprint}"})
        # Whoever has not touched yet sees the new policy when they do.
        self.touch_everybody()

    def append(self, changes: Sequence[Change], policy: Policy, decisions: int | None) -> None:
        """Appends to the change feed what was decided under `policy` and the decisions up to that number.

        All begins anew where these are not what is in force any more, and where somebody else has made an identifier
        that a decision is about and that was not there: there was nothing to lock. The last thing a transaction does,
        for it holds every other writer up; with `touch` in its end.
        """
        answer = self.run("write/next_change", count=len(changes))[0]
        if (answer["policy"], answer["decisions"]) != (policy.text, decisions):
            raise ConflictError
        if self._absent and not self._exclusive and self.homes(self._absent):
            raise ConflictError
        last = answer["last"]
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
        self.touch()

    def meet(self, customers: Collection[str]) -> None:
        """Tells of which customers there is new evidence that says nothing of who they are."""
        self._touched.update(customers)

    def touch(self, policy: Policy | None = None) -> None:
        """Notes whose evidence has changed, for those who keep what they make of it; `append` does so by itself.

        Who reads these notes in the order of their numbers misses none: a number is had until the commit. All begins
        anew where `policy`, under which nothing had to be resolved, is not in force any more: under the next one it may
        have to be, and the relink may have read everything already.
        """
        if self._touched:
            answer = self.run("write/touch", customers=sorted(self._touched), born=secrets.token_hex(8))[0]
            if policy is not None and answer["policy"] != policy.text:
                raise ConflictError
            number: int = answer["number"]
            if number % _FORGOTTEN_EVERY == 0:
                self.run("write/forget_touches", until=number - TOUCHES_KEPT)
            self._owing = False

    def settle(self) -> None:
        """Leaves the note that is still owed before the commit, so that no answer changes without one."""
        if self._owing:
            self.touch_everybody()

    def touch_everybody(self) -> None:
        """Notes that the evidence of anybody may have changed."""
        self._touched = {EVERYBODY}
        self.touch()

    def _rows(self, name: str, rows: list[dict[str, Any]], label: str = "") -> None:
        if rows:
            self.run(name, label, rows=rows)


def _newest(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Of each key the row of the latest version, in the order of the keys."""
    newest: dict[str, Mapping[str, Any]] = {}
    for row in rows:
        if row["version"] >= newest.get(row["key"], row)["version"]:
            newest[row["key"]] = row
    return [dict(newest[key]) for key in sorted(newest)]


def _by_pair(links: Iterable[Link]) -> list[Link]:
    return sorted(links, key=lambda link: (link.a, link.b, link.kind))

"""Writing what differs: some units in one transaction, decided from what is there now and under the locks of everybody.

What other writers changed since the graph was read is not overwritten: a unit whose members are others by now is left
for the next reading, and evidence that was seen anew meanwhile is added to, never taken back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from graph_cdp.errors import EvidenceMovedError
from graph_cdp.model import Link
from graph_cdp.policy import Policy
from graph_cdp.relinking.looking import Look
from graph_cdp.relinking.units import LinkSeen, Seen, Sighted, Unit
from graph_cdp.resolve import claims
from graph_cdp.resolve.stream import Stream, Words
from graph_cdp.resolve.workspace import Customer, Node, Workspace
from graph_cdp.resolve.writes import writes_of
from graph_cdp.rules import NOTHING
from graph_cdp.state import Change, NodeState, Writes
from graph_cdp.store import codec
from graph_cdp.store.reads import Reads
from graph_cdp.store.transaction import Transaction


@dataclass(slots=True)
class _Decided:
    """What one transaction writes beside what any other writer could: links and identifiers that go."""

    writes: Writes = field(default_factory=Writes)
    gone_links: list[LinkSeen] = field(default_factory=list)
    gone: dict[Node, Node | None] = field(default_factory=dict)
    left: list[Unit] = field(default_factory=list)


@dataclass(slots=True)
class Writer:
    """What every transaction of a relink has to know; `note` says in the graph how far the relink is.

    `left` are the units, by their identity, that others have changed since the reading, `untied` whether links were
    left too.
    """

    found: Look
    customer_id: Callable[[str], str]
    note: Callable[[Transaction], None]
    left: dict[int, Unit] = field(default_factory=dict)
    untied: bool = False

    @property
    def skipped(self) -> bool:
        """Whether anything was left for the next reading."""
        return bool(self.left) or self.untied

    @property
    def policy(self) -> Policy:
        """The policy under which everything is resolved."""
        return self.found.policy

    def units(self, units: list[Unit], transaction: Transaction) -> bool:
        """Writes units in which something differs; whether anything was written."""
        if not self._begin(transaction):
            self.left |= {id(unit): unit for unit in units}
            return False
        decided = transaction.decide(partial(self._regrouped, units, transaction))
        self.left |= {id(unit): unit for unit in decided.left}
        return self._write(decided, transaction)

    def anew(self, unit: Unit, transaction: Transaction) -> bool:
        """Resolves a unit that others keep changing from what is there now; whether anything was written.

        Where evidence of it has to be mended as well it stays left.
        """
        if not self._begin(transaction):
            return False
        writes = transaction.decide(partial(self._resolved, unit))
        if not (unit.gone or unit.homeless or unit.nodes or unit.links):
            self.left.pop(id(unit), None)
        return self._write(_Decided(writes), transaction)

    def links(self, links: list[LinkSeen], transaction: Transaction) -> bool:
        """Writes links that join nobody within one unit; whether anything was written."""
        if not self._begin(transaction):
            self.untied = True
            return False
        return self._write(transaction.decide(partial(self._tied, links)), transaction)

    def _begin(self, transaction: Transaction) -> bool:
        """Whether the decisions are still those of the reading; where they are not, the next reading has them."""
        in_force = transaction.run("read/in_force")[0]
        if in_force["policy"] != self.policy.text:
            raise EvidenceMovedError("another relink has put another policy in force meanwhile (relink again)")
        self.note(transaction)
        return bool(in_force["decisions"] == self.found.decisions)

    def _regrouped(self, units: list[Unit], transaction: Transaction, reads: Reads) -> tuple[bool, _Decided]:
        start = reads.start(
            {key for unit in units for key in unit.keys},
            {(link.a, link.b) for unit in units for link in unit.links},
        )
        members = reads.members([customer.id for customer in start.customers])
        work = Workspace(self.policy, self.found.decided)
        work.load(start)
        _take_in(work, [key for unit in units for key in unit.homeless], transaction)
        sound = [unit for unit in units if _is_as_read(unit, work, members)]
        decided = _Decided(left=[unit for unit in units if unit not in sound])
        keys = {key for unit in sound for key in unit.keys}
        work.nodes = {key: node for key, node in work.nodes.items() if key in keys}
        for unit in sound:
            decided.gone_links += _mend(unit, work)
            decided.gone |= _regroup(unit, work, self._cause)
        decided.writes = writes_of(work, self.customer_id, reads)
        return bool(sound), decided

    def _resolved(self, unit: Unit, reads: Reads) -> tuple[bool, Writes]:
        stream = Stream(self.policy, self.customer_id, reads, reads.start(unit.keys, []), self.found.decided)
        stream.resolve_anew(
            unit.keys, {key: partial(_said_now, *said) for key, said in unit.claims.items()}, self._cause
        )
        writes = stream.writes()
        return writes.anything, writes

    def _tied(self, links: list[LinkSeen], reads: Reads) -> tuple[bool, _Decided]:
        work = Workspace(self.policy, self.found.decided)
        work.load(
            reads.start({key for link in links for key in (link.a, link.b)}, {(link.a, link.b) for link in links})
        )
        gone = [link for link in links if _tie(link, work)]
        return True, _Decided(writes_of(work, self.customer_id, reads), gone)

    @property
    def _cause(self) -> str:
        return f"policy {self.policy.fingerprint}"

    def _write(self, decided: _Decided, transaction: Transaction) -> bool:
        transaction.write(decided.writes, self.policy, self.customer_id)
        if decided.gone_links:
            rows = [{"a": link.a, "b": link.b, "kind": link.kind} for link in decided.gone_links]
            transaction.run("write/gone_links", rows=rows)
        if decided.gone:
            self._remove(decided.gone, transaction)
        transaction.append([*decided.writes.changes, *self._removed(decided.gone)], self.policy, self.found.decisions)
        return decided.writes.anything or bool(decided.writes.moves or decided.gone_links or decided.gone)

    def _remove(self, gone: Mapping[Node, Node | None], transaction: Transaction) -> None:
        transaction.run("write/gone_identifiers", keys=sorted(node.key for node in gone))
        transaction.run(
            "write/former",
            rows=[
                {"cid": self.customer_id(node.key), "heir": self.customer_id(heir.key) if heir else None}
                for node, heir in sorted(gone.items(), key=lambda pair: pair[0].key)
            ],
        )

    def _removed(self, gone: Mapping[Node, Node | None]) -> Iterator[Change]:
        """A line of the feed for each customer that lost keys to nobody."""
        homes: dict[str, list[str]] = {}
        for node in gone:
            if node.home is not None:
                homes.setdefault(node.home, []).append(node.key)
        for home, keys in sorted(homes.items()):
            yield Change("removed", None, (home,), tuple(sorted(keys)), self._cause)


def _take_in(work: Workspace, keys: list[str], transaction: Transaction) -> None:
    """Adds identifiers that are there and in no customer, which a sound graph does not have."""
    for row in transaction.run("read/lone_identifiers", keys=sorted(keys)) if keys else []:
        state = NodeState(
            row["key"],
            codec.span_of(row),
            frozenset(row["sources"]),
            row["shared"],
            codec.counted(row["partners"]),
            row["degree"],
            codec.claims_of(row["claims"]),
            later=codec.later_of(row["later"]),
        )
        work.nodes[state.key] = Node(state, _alone(state), state)


def _alone(state: NodeState) -> Customer:
    return Customer((state.span.first, state.key), 1, NOTHING)


def _is_as_read(unit: Unit, work: Workspace, members: Mapping[str, list[str]]) -> bool:
    """Whether the unit still has the members that were read, and no other ones."""
    there = [work.nodes[key] for key in unit.keys if key in work.nodes]
    missing = {key for key, seen in unit.nodes.items() if seen.known is None}
    homes = {node.home for node in there if node.home is not None}
    return unit.keys - {node.key for node in there} <= missing and all(
        unit.keys.issuperset(members[home]) for home in homes
    )


def _mend(unit: Unit, work: Workspace) -> list[LinkSeen]:
    """Brings the evidence of the unit to what the observations say; the links that go."""
    for key, seen in unit.nodes.items():
        _sight(key, seen, work)
    for key, partners in unit.partners.items():
        work.nodes[key].shared = key in unit.shared
        work.nodes[key].partners = codec.counted(partners)
        work.nodes[key].claims = _said_now(*unit.claims[key], work.nodes[key].claims)
    return [link for link in unit.links if _tie(link, work)]


def _said_now(known: list[str], told: list[str], held: Words) -> Words:
    """What a key says by the observations; where it was heard since the reading, with that."""
    read, by_observations = codec.claims_of(known), codec.claims_of(told)
    return by_observations if held == read else claims.merged(held, by_observations)


def _sight(key: str, seen: Seen, work: Workspace) -> None:
    if seen.told is None:
        return
    node = work.nodes.get(key)
    if node is None:
        state = NodeState(key, *seen.told)
        work.nodes[key] = Node(state, _alone(state), None)
        return
    if seen.known == seen.told and seen.degree is not None:
        node.degree = seen.degree
    node.span, node.sources = _newest((node.span, node.sources), seen.known, seen.told)


def _newest(now: Sighted, known: Sighted | None, told: Sighted) -> Sighted:
    """What the observations say; where something was seen since the reading, that is added."""
    return told if now == known else (now[0] | told[0], now[1] | told[1])


def _tie(link: LinkSeen, work: Workspace) -> bool:
    """Brings one link to what the observations say; whether it goes."""
    a, b = work.nodes.get(link.a), work.nodes.get(link.b)
    if a is None or b is None:
        return False
    pair = work.pair(link.a, link.b)
    held = pair.of(link.kind)
    now = (held.span, held.sources) if held else None
    if link.seen.told is None:
        if now is None or now != link.seen.known:
            return False
        pair.drop(link.kind)
        a.degree, b.degree = a.degree - 1, b.degree - 1
        return True
    if held is None:
        a.degree, b.degree = a.degree + 1, b.degree + 1
    span, sources = _newest(now, link.seen.known, link.seen.told) if now else link.seen.told
    pair.replace(Link(link.a, link.b, link.kind, span, sources))
    return False


def _regroup(unit: Unit, work: Workspace, cause: str) -> dict[Node, Node | None]:
    """Makes each group of the unit a customer; the identifiers that go, each with the one that its id leads to."""
    gone = [work.nodes.pop(key) for key in sorted(unit.gone) if key in work.nodes]
    work.regroup([[work.nodes[key] for key in group] for group in unit.groups.values()], cause)
    heirs: dict[str | None, Node] = {}
    for group in unit.groups.values():
        for node in (work.nodes[key] for key in group):
            heir = heirs.setdefault(node.home, node)
            if (node.span.first, node.key) < (heir.span.first, heir.key):
                heirs[node.home] = node
    # A customer of which nobody is left goes too.
    work.retired |= {node.home for node in gone if node.home is not None and node.home not in heirs}
    return {node: heirs.get(node.home) if node.home else None for node in gone}

"""A graph of plain dictionaries for the pure half of the engine: answers a stream's questions and carries out its
writes, and complains when they do not fit what it holds."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from graph_cdp.link.claims import claims_of
from graph_cdp.link.exact import links_of
from graph_cdp.model import Decision, Link, Observation
from graph_cdp.policy import Policy
from graph_cdp.resolve.decided import Decided
from graph_cdp.resolve.identity import hasher
from graph_cdp.resolve.stream import Stream
from graph_cdp.state import Change, CustomerState, Neighbourhood, NodeState, Reply, Writes


class Ledger:
    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.decisions: list[Decision] = []
        self.nodes: dict[str, NodeState] = {}
        self.links: dict[tuple[str, str, str], Link] = {}
        self.customers: dict[str, CustomerState] = {}
        self.member_of: dict[str, str] = {}
        self.feed: list[Change] = []
        self.customer_id = hasher("secret")
        self.written = Writes()

    def around(self, keys: Collection[str]) -> Neighbourhood:
        links = [link for link in self.links.values() if link.a in keys or link.b in keys]
        return self._part({end for link in links for end in (link.a, link.b)} | set(keys), links)

    def members(self, customers: Collection[str]) -> dict[str, list[str]]:
        return {name: [key for key, home in self.member_of.items() if home == name] for name in customers}

    def ingest(self, batch: Iterable[Observation]) -> list[Reply]:
        batch = list(batch)
        keys = {key for seen in batch for key in seen.keys}
        inner = [link for (a, b, _), link in self.links.items() if a in keys and b in keys]
        stream = Stream(self.policy, self.customer_id, self, self._part(keys, inner), Decided(self.decisions))
        for seen in batch:
            stream.take(seen, links_of(seen, self.policy), claims_of(seen, self.policy))
        self._write(stream.writes())
        return stream.replies()

    def decide(self, decision: Decision) -> None:
        self.decisions.append(decision)
        about = next((one for one in self.decisions if one.id == root_of(decision, self.decisions)), decision)
        keys = {about.a, about.b}
        stream = Stream(self.policy, self.customer_id, self, self._part(keys, []), Decided(self.decisions))
        stream.decide(keys, f"decision {decision.id}")
        self._write(stream.writes())

    def _part(self, keys: Collection[str], links: list[Link]) -> Neighbourhood:
        nodes = [self._state(key) for key in sorted(keys) if key in self.nodes]
        names = {node.customer for node in nodes}
        return Neighbourhood(tuple(nodes), tuple(links), tuple(self.customers[name] for name in names if name))

    def _state(self, key: str) -> NodeState:
        node = self.nodes[key]
        return NodeState(
            key,
            node.span,
            node.sources,
            node.shared,
            dict(node.partners),
            node.degree,
            node.claims,
            self.member_of[key],
        )

    def _write(self, writes: Writes) -> None:
        self.written = writes
        assert writes.degrees.keys() == {end for link in writes.changed_links for end in (link.a, link.b)}
        for node in writes.new_nodes:
            assert node.key not in self.nodes
            self.nodes[node.key] = node
        for node in writes.changed_nodes:
            assert node.key in self.nodes
            self.nodes[node.key] = node
        for link in writes.new_links:
            assert (link.a, link.b, link.kind) not in self.links
            self.links[link.a, link.b, link.kind] = link
        for link in writes.changed_links:
            self.links[link.a, link.b, link.kind] = link
        for move in writes.moves:
            assert self.member_of.pop(move.key, None) == move.before
        stayed = dict(writes.kept)
        renamed = {old: stayed[old].id for old in stayed}
        self.member_of = {key: renamed.get(home, home) for key, home in self.member_of.items()}
        for name in [*writes.gone, *stayed]:
            del self.customers[name]
        for state in [*stayed.values(), *writes.created]:
            assert state.id not in self.customers
            self.customers[state.id] = state
        for move in writes.moves:
            self.member_of[move.key] = move.after
        self.feed += writes.changes
        self._check()

    def _check(self) -> None:
        for name, state in self.customers.items():
            keys = self.members([name])[name]
            assert state.size == len(keys) > 0
            assert state.anchor == min((self.nodes[key].span.first, key) for key in keys)
            self._check_held(state, keys)
            assert (state.kind == "shared") == all(self.nodes[key].shared for key in keys)
        assert set(self.member_of.values()) == set(self.customers)
        for key, node in self.nodes.items():
            assert node.degree == sum(key in (link.a, link.b) for link in self.links.values())

    def _check_held(self, state: CustomerState, keys: list[str]) -> None:
        counts: dict[str, int] = {}
        times: dict[str, list[int]] = {}
        said: dict[str, set[str]] = {}
        for key in keys:
            if group := self.policy.limit_group(key):
                if self.policy.window(group[0]):
                    times.setdefault(group[0], []).append(self.nodes[key].span.first)
                else:
                    counts[group[0]] = counts.get(group[0], 0) + 1
            for trait, (_, value) in self.nodes[key].claims.items():
                if value is not None:
                    said.setdefault(f"contradiction/{trait}", set()).add(value)
            for name in Decided(self.decisions).apart(key):
                said.setdefault(f"decision/{name}", set()).add(key)
        assert dict(state.held.counts) == counts
        assert {group: sorted(seen) for group, seen in times.items()} == {
            k: list(v) for k, v in state.held.times.items()
        }
        assert said == {group: set(values) for group, values in state.held.said.items()}

    def replayed(self) -> dict[str, str]:
        """The members that the change feed makes."""
        members: dict[str, str] = {}
        for change in self.feed:
            members |= dict.fromkeys(change.keys, change.customer_id)
        return members


def root_of(decision: Decision, made: list[Decision]) -> str:
    """The decision that is made or taken back in the end by one that may be an undo of an undo."""
    while decision.verdict == "undo":
        decision = next(one for one in made if one.id == decision.of)
    return decision.id

"""A graph of plain dictionaries for the pure half of the engine: answers a stream's questions and carries out its
writes, and complains when they do not fit what it holds."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import partial

from graph_cdp.epochs import Epochs
from graph_cdp.link.claims import claims_of, said
from graph_cdp.link.exact import links_of
from graph_cdp.model import Decision, Link, Observation, value_of
from graph_cdp.policy import Policy
from graph_cdp.resolve.claims import merged
from graph_cdp.resolve.decided import Decided
from graph_cdp.resolve.identity import hasher
from graph_cdp.resolve.recycling import epochs_named, recycled
from graph_cdp.resolve.stream import Stream, Words
from graph_cdp.state import Change, CustomerState, Neighbourhood, NodeState, Reply, Retold, Writes


def _said(now: Words, held: Words) -> Words:
    return now


class Ledger:
    def __init__(self, policy: Policy, *, foresees: bool = True) -> None:
        self.policy, self._foresees = policy, foresees
        self.decisions: list[Decision] = []
        self.nodes: dict[str, NodeState] = {}
        self.links: dict[tuple[str, str, str], Link] = {}
        self.customers: dict[str, CustomerState] = {}
        self.member_of: dict[str, str] = {}
        self.feed: list[Change] = []
        self.customer_id = hasher("secret")
        self.written = Writes()
        self.told: list[Observation] = []
        self.hung: dict[str, tuple[str, ...]] = {}

    def start(self, keys: Collection[str], pairs: Collection[tuple[str, str]]) -> Neighbourhood:
        return self._part(keys, [link for link in self.links.values() if (link.a, link.b) in pairs])

    def wholes(self, customers: Collection[str]) -> Neighbourhood:
        keys = {key for key, home in self.member_of.items() if home in customers}
        links = [link for link in self.links.values() if link.a in keys or link.b in keys]
        return self._part({end for link in links for end in (link.a, link.b)} | keys, links)

    def around(self, keys: Collection[str]) -> Neighbourhood:
        links = [link for link in self.links.values() if link.a in keys or link.b in keys]
        return self._part({end for link in links for end in (link.a, link.b)} | set(keys), links)

    def members(self, customers: Collection[str]) -> dict[str, list[str]]:
        return {name: [key for key, home in self.member_of.items() if home == name] for name in customers}

    def observed(self, keys: Collection[str]) -> list[Retold]:
        return [
            Retold(seen.uid, seen.source, seen.kind, seen.keys, seen.occurred_at, seen.traits)
            for seen in self.told
            if set(keys).intersection(self.hung[seen.uid])
        ]

    def ingest(self, batch: Iterable[Observation]) -> list[Reply]:
        batch = list(batch)
        decided = Decided(self.decisions)
        start = self._about(batch)
        epochs = recycled(batch, self.policy, decided, start, self)
        stream = Stream(self.policy, self.customer_id, self, start, epochs.knows(self.policy, decided))
        if epochs.touched:
            stream.load(self._about(epochs.named))
            stream.load(self.start(epochs.touched, []))
        if epochs.gone:
            stream.tell_anew(epochs, lambda one: said(one.keys, one.traits, one.occurred_at, self.policy))
        if self._foresees:
            # What is read beforehand must not change the answer.
            stream.foresee(link for seen in epochs.named for link in links_of(seen, self.policy))
        for seen in epochs.named:
            stream.take(seen, links_of(seen, self.policy), claims_of(seen, self.policy))
        stream.settle_epochs(epochs)
        self._write(stream.writes())
        self.told += batch
        self.hung |= {seen.uid: seen.keys for seen in epochs.named}
        return stream.replies()

    def _about(self, batch: Iterable[Observation]) -> Neighbourhood:
        links = [link for seen in batch for link in links_of(seen, self.policy)]
        return self.start({key for seen in batch for key in seen.keys}, {(link.a, link.b) for link in links})

    def decide(self, decision: Decision) -> None:
        self.decisions.append(decision)
        about = next((one for one in self.decisions if one.id == root_of(decision, self.decisions)), decision)
        decided = Decided(self.decisions)
        epochs = recycled([], self.policy, decided, Neighbourhood(), self)
        named = epochs_named((about.a, about.b), self.policy, self)
        keys = {named.meant(key, self.policy) for key in (about.a, about.b)}
        stream = Stream(self.policy, self.customer_id, self, self._part(keys, []), epochs.knows(self.policy, decided))
        stream.decide(keys, f"decision {decision.id}")
        self._write(stream.writes())

    def resolve_anew(self, policy: Policy) -> None:
        """What a relink does with customers that others keep changing, here with all at once."""
        self.policy = policy
        words: dict[str, Words] = {}
        for seen in self.told:
            if claim := claims_of(seen, policy):
                words[claim[0]] = merged(words.get(claim[0], {}), claim[1])
        stream = Stream(policy, self.customer_id, self, self.start(self.nodes, []), self._decided())
        stream.resolve_anew(list(self.nodes), {key: partial(_said, words.get(key, {})) for key in self.nodes}, "policy")
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
            node.later,
        )

    def _write(self, writes: Writes) -> None:
        self.written = writes
        for key in writes.gone_nodes:
            del self.nodes[key], self.member_of[key]
        self.links = {ends: one for ends, one in self.links.items() if not {one.a, one.b} & writes.gone_nodes.keys()}
        self.hung |= {one.uid: one.keys for one in writes.retold}
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
        epochs = Epochs.named(self.nodes)
        for key, node in self.nodes.items():
            assert node.later == epochs.later.get(key, ())
            assert node.degree == sum(key in (link.a, link.b) for link in self.links.values())

    def _check_held(self, state: CustomerState, keys: list[str]) -> None:
        counts: dict[str, int] = {}
        times: dict[str, list[int]] = {}
        told: dict[str, set[str]] = {}
        for key in keys:
            if group := self.policy.limit_group(key):
                if group[0].startswith("values/"):
                    told.setdefault(group[0], set()).add(value_of(key))
                elif self.policy.window(group[0]):
                    times.setdefault(group[0], []).append(self.nodes[key].span.first)
                else:
                    counts[group[0]] = counts.get(group[0], 0) + 1
            for trait, (_, value) in self.nodes[key].claims.items():
                if value is not None:
                    told.setdefault(f"contradiction/{trait}", set()).add(value)
            for name in self._decided().apart(key):
                told.setdefault(f"decision/{name}", set()).add(key)
        assert dict(state.held.counts) == counts
        assert {group: sorted(seen) for group, seen in times.items()} == {
            k: list(v) for k, v in state.held.times.items()
        }
        assert told == {group: set(values) for group, values in state.held.said.items()}

    def _decided(self) -> Decided:
        epochs = Epochs.named(self.nodes)
        return Decided(self.decisions).meaning(lambda key: epochs.meant(key, self.policy))

    def replayed(self) -> dict[str, str]:
        """The members that the change feed makes."""
        members: dict[str, str] = {}
        for change in self.feed:
            members |= dict.fromkeys(change.keys, change.customer_id)
        return {key: home for key, home in members.items() if home}


def root_of(decision: Decision, made: list[Decision]) -> str:
    """The decision that is made or taken back in the end by one that may be an undo of an undo."""
    while decision.verdict == "undo":
        decision = next(one for one in made if one.id == decision.of)
    return decision.id

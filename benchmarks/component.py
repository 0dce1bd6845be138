"""A component of 10,000 identifiers that rules take apart, and what one event in it costs without any server."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import combinations
from statistics import median
from typing import Final

import polars as pl

from benchmarks import graphs
from graph_cdp.link.claims import claims_of
from graph_cdp.link.exact import links_of
from graph_cdp.model import Link, Observation
from graph_cdp.policy import Policy
from graph_cdp.resolve.decided import UNDECIDED
from graph_cdp.resolve.identity import hasher
from graph_cdp.resolve.stream import Stream
from graph_cdp.state import CustomerState, Neighbourhood, NodeState, Retold, Writes

IDENTIFIERS: Final = 10_000
_RUNS: Final = 7
_SCHEMA: Final = {"a": pl.String, "b": pl.String, "kind": pl.String, "first_seen": pl.Int64}
_POLICY: Final = """
[namespaces.user_id]
trust = 1
unique = true
[namespaces.device]
shared_above = { user_id = 1 }
[kinds]
login = { tier = 1 }
form = { tier = 4 }
[[contradictions]]
trait = "birth_date"
"""
customer_id = hasher("benchmark")


class Memory:
    """A graph of dictionaries with an index of links, that answers a stream's questions."""

    def __init__(self, made: graphs.Held) -> None:
        self.nodes: dict[str, NodeState] = {}
        self.links: dict[tuple[str, str, str], Link] = {}
        self.at: dict[str, set[tuple[str, str, str]]] = defaultdict(set)
        self.customers: dict[str, CustomerState] = {}
        self.home: dict[str, str] = {}
        self.inside: dict[str, set[str]] = defaultdict(set)
        self.answering = 0.0
        self.write(Writes(tuple(made.nodes), (), tuple(made.links), created=tuple(made.customers)))
        self.write(Writes(moves=tuple(made.moves)))

    def start(self, keys: Collection[str], pairs: Collection[tuple[str, str]]) -> Neighbourhood:
        """The keys with the links between those of each pair."""
        with self.counted():
            return self._part(keys, {name for a, b in pairs for name in self.at[a] & self.at[b]})

    def wholes(self, customers: Collection[str]) -> Neighbourhood:
        """All members of the customers, every link at them, and the keys at the other ends."""
        with self.counted():
            keys = {key for name in customers for key in self.inside[name]}
            names = {name for key in keys for name in self.at[key]}
            return self._part({end for name in names for end in name[:2]} | keys, names)

    def around(self, keys: Collection[str]) -> Neighbourhood:
        """The keys, every link at them, and the keys at the other ends."""
        with self.counted():
            names = {name for key in keys for name in self.at[key]}
            return self._part({end for name in names for end in name[:2]} | set(keys), names)

    def members(self, customers: Collection[str]) -> dict[str, list[str]]:
        """The keys of each customer."""
        return {name: sorted(self.inside[name]) for name in customers}

    def observed(self, keys: Collection[str]) -> Sequence[Retold]:
        """Nothing here is recycled, so that nobody asks."""
        raise NotImplementedError

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Counts the time of an answer as that of the server that these dictionaries stand for."""
        start = time.process_time()
        yield
        self.answering += time.process_time() - start

    def _part(self, keys: Collection[str], names: Collection[tuple[str, str, str]]) -> Neighbourhood:
        nodes = tuple(self._state(key) for key in sorted(keys) if key in self.nodes)
        homes = {node.customer for node in nodes if node.customer}
        return Neighbourhood(
            nodes, tuple(self.links[name] for name in names), tuple(self.customers[home] for home in homes)
        )

    def _state(self, key: str) -> NodeState:
        node = self.nodes[key]
        return replace(node, customer=self.home[key])

    def write(self, writes: Writes) -> None:
        """Carries out what a stream wants written."""
        for node in (*writes.new_nodes, *writes.changed_nodes):
            self.nodes[node.key] = node
        for link in (*writes.new_links, *writes.changed_links):
            self.links[link.a, link.b, link.kind] = link
            for end in (link.a, link.b):
                self.at[end].add((link.a, link.b, link.kind))
        moved = {move.key for move in writes.moves}
        for old, state in writes.kept:
            for key in self.inside[old] - moved if state.id != old else ():
                self._move(key, state.id)
        for name in (*writes.gone, *(old for old, _ in writes.kept)):
            self.customers.pop(name, None)
        for state in (*(state for _, state in writes.kept), *writes.created):
            self.customers[state.id] = state
        for move in writes.moves:
            self._move(move.key, move.after)

    def _move(self, key: str, to: str) -> None:
        self.inside[self.home.get(key, "")].discard(key)
        self.home[key] = to
        self.inside[to].add(key)


def measure(identifiers: int = IDENTIFIERS) -> dict[str, float]:
    """Milliseconds of one event, the median, by the shape of the component and by the event."""
    found = {}
    for shape, build in (("a chain of accounts over cookies", _chain), ("an account with many orders", _hub)):
        policy = Policy(_POLICY)
        rows, events = build(identifiers)
        memory = Memory(graphs.held(pl.DataFrame(rows, schema=_SCHEMA, orient="row"), policy, customer_id))
        for what, event in events.items():
            found[f"{len(memory.nodes):,} identifiers, {shape}: {what}"] = median(
                _spent(memory, policy, event(number)) for number in range(_RUNS)
            )
    return found


def _take(memory: Memory, policy: Policy, batch: list[Observation]) -> None:
    keys = {key for seen in batch for key in seen.keys}
    pairs = {pair for seen in batch for pair in combinations(seen.keys, 2)}
    stream = Stream(policy, customer_id, memory, memory.start(keys, pairs), UNDECIDED)
    for seen in batch:
        stream.take(seen, links_of(seen, policy), claims_of(seen, policy))
    writes = stream.writes()
    with memory.counted():
        memory.write(writes)


def _spent(memory: Memory, policy: Policy, event: Observation) -> float:
    """Processor time without that of the dictionaries: nothing here waits, so on an idle machine a clock shows it."""
    start, answered = time.process_time(), memory.answering
    _take(memory, policy, [event])
    return (time.process_time() - start - (memory.answering - answered)) * 1e3


Row = tuple[str, str, str, int]
Built = tuple[list[Row], dict[str, Callable[[int], Observation]]]


def _chain(identifiers: int) -> Built:
    """Every cookie has seen two accounts, so that half of the links are refused and all customers are small."""
    half = identifiers // 2
    rows = [
        (f"anonymous_id:c{cookie}", f"user_id:u{user}", "login", 1000 + 2 * user + (user - cookie))
        for cookie in range(half)
        for user in (cookie, cookie + 1)
    ]
    middle = half // 2
    return rows, {
        "a new cookie": lambda n: _seen((f"anonymous_id:new{n}", f"user_id:u{middle}"), "login", 10**6 + n),
        "an older link that turns the joins round": lambda n: _seen(
            (f"anonymous_id:c{middle + n}", f"user_id:u{middle + n + 1}"), "login", 500 - n
        ),
    }


def _hub(identifiers: int) -> Built:
    """One account with most of the orders, each of which another account lays claim to as well."""
    orders = identifiers * 2 // 3
    rows = [(f"order:o{number}", "user_id:u", "login", 1000 + number) for number in range(orders)]
    rows += [
        (f"order:o{number}", f"user_id:v{number}", "form", 10**5 + number) for number in range(identifiers - orders - 1)
    ]
    for n in range(_RUNS):
        rows += [
            (f"anonymous_id:lone{n}", f"email:lone{n}", "login", 10**5),
            (f"device:d{n}", "user_id:u", "login", 10**5),
        ]
        rows += [(f"device:bridge{n}", end, "login", 10**5) for end in (f"email:behind{n}", "user_id:u")]
    late = 10**6
    return rows, {
        "known": lambda n: _seen(("order:o9", "user_id:u"), "login", 1009),
        "a new order": lambda n: _seen((f"order:new{n}", "user_id:u"), "login", late + n),
        "a link that joins another customer": lambda n: _seen(
            (f"anonymous_id:lone{n}", f"order:o{n + 10}"), "login", late + n
        ),
        "a link that is refused": lambda n: _seen((f"order:o{n + 20}", f"user_id:v{n + 30}"), "login", late + n),
        "a new cookie between two that stay apart": lambda n: _seen(
            (f"anonymous_id:new{n}", f"order:o{n + 40}", f"user_id:v{n + 50}"), "login", late + n
        ),
        "an older link that takes an order away": lambda n: _seen(
            (f"order:o{n + 60}", f"user_id:v{n + 60}"), "login", 500 - n
        ),
        "a device becomes shared that held nothing together": lambda n: _seen(
            (f"device:d{n}", f"user_id:v{n + 70}"), "login", late + n
        ),
        "a device becomes shared that held others": lambda n: _seen(
            (f"device:bridge{n}", f"user_id:v{n + 80}"), "login", late + n
        ),
        "an older login of another account with the account itself": lambda n: _seen(
            ("user_id:u", f"user_id:v{n + 90}"), "login", 400 - n
        ),
        "a birth date that others contradict": lambda n: _seen(
            (f"order:o{n + 100}", "user_id:u"), "login", late + n, birth_date=f"198{n}-01-01"
        ),
    }


def _seen(keys: tuple[str, ...], kind: str, at: int, **traits: str) -> Observation:
    name = f"{keys} {kind} {at}"
    return Observation(name, "benchmark", name, kind, kind, tuple(sorted(keys)), at, at, traits)

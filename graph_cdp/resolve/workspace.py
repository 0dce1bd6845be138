"""The part of the graph that one transaction touches, in memory: what it was, what it is, and the difference.

Customers are handles that may be folded into one another; a node asks for its customer through the chain. A customer
of the graph whose members were not all read stays lazy: it is merged as a whole and its members are listed only when
the writes are made.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator

from graph_cdp.model import Link, Span, namespace_of
from graph_cdp.policy import Policy
from graph_cdp.resolve.decided import UNDECIDED, Decided
from graph_cdp.resolve.pair import Pair
from graph_cdp.rules import Holding, holding_of, said_by, together
from graph_cdp.state import CustomerState, Neighbourhood, NodeState, Retold


class Customer:
    """A customer while it is being worked on. `base` is the id of the customer node in the graph that will carry it."""

    __slots__ = ("absorbed", "anchor", "base", "cause", "held", "into", "kind", "size", "stored")

    def __init__(self, anchor: tuple[int, str], size: int, held: Holding, kind: str = "person") -> None:
        self.anchor, self.size, self.held, self.kind = anchor, size, held, kind
        self.base: str | None = None
        self.stored: CustomerState | None = None
        self.absorbed: set[str] = set()
        self.into: Customer | None = None
        self.cause = ""

    def id(self, customer_id: Callable[[str], str]) -> str:
        """Its id, which is that of its anchor; hashed anew only where another one is the anchor now."""
        same = self.stored is not None and self.stored.anchor[1] == self.anchor[1]
        return self.stored.id if self.stored and same else customer_id(self.anchor[1])

    def state(self, customer_id: str) -> CustomerState:
        """What the graph is to hold of it."""
        return CustomerState(customer_id, self.anchor, self.size, self.held, self.kind)

    def changed(self, customer_id: str) -> bool:
        """Whether the graph has not the same of it: `state`, without making it of all those that are as they were."""
        old = self.stored
        return old is None or (
            (customer_id, self.anchor, self.size, self.held, self.kind)
            != (old.id, old.anchor, old.size, old.held, old.kind)
        )


class Node:
    """An identifier while it is being worked on. `home` is the customer that the graph has it in."""

    __slots__ = (
        *("claims", "complete", "customer", "degree", "home", "key", "later", "partners"),
        *("shared", "sources", "span", "stored"),
    )

    def __init__(self, state: NodeState, customer: Customer, stored: NodeState | None) -> None:
        self.key, self.span, self.sources, self.shared = state.key, state.span, state.sources, state.shared
        self.partners = state.partners
        self.degree, self.claims, self.later = state.degree, state.claims, state.later
        self.home = state.customer
        self.customer = customer
        self.stored = stored
        self.complete = stored is None

    def state(self) -> NodeState:
        """What the graph is to hold of it."""
        return NodeState(
            *(self.key, self.span, self.sources, self.shared, self.partners, self.degree, self.claims, self.home),
            self.later,
        )

    def changed(self) -> bool:
        """Whether the graph has it, and otherwise. Its home there and its key are what they were."""
        old = self.stored
        return old is not None and (
            (self.span, self.sources, self.shared, self.partners, self.degree, self.claims, self.later)
            != (old.span, old.sources, old.shared, old.partners, old.degree, old.claims, old.later)
        )


class Workspace:
    """Nodes, pairs and customers of one transaction."""

    def __init__(self, policy: Policy, decided: Decided = UNDECIDED) -> None:
        self._policy, self._decided = policy, decided
        self.nodes: dict[str, Node] = {}
        self.pairs: dict[tuple[str, str], Pair] = {}
        self.retired: set[str] = set()
        # What is told anew: identifiers that go, with the keys that their ids lead to, and what is hung up again.
        self.gone: dict[str, Node] = {}
        self.heirs: dict[str, str] = {}
        self.retold: list[Retold] = []
        self.cause = ""
        self._stored: dict[str, Customer] = {}
        self._silent = _Silent(policy)
        # The other ends of the pairs of each key that a link may join, and the pairs that are not yet among them: what
        # is resolved as a whole needs none of it.
        self._adjacent: dict[str, set[str]] = defaultdict(set)
        self._to_adjoin: list[Pair] = []

    def load(self, part: Neighbourhood) -> None:
        """Adds what the graph holds, except what the workspace has already."""
        for state in part.customers:
            if state.id not in self._stored:
                customer = Customer(state.anchor, state.size, state.held, state.kind)
                customer.base, customer.stored = state.id, state
                self._stored[state.id] = customer
        nodes, pairs, gone = self.nodes, self.pairs, self.gone
        for node in part.nodes:
            if (key := node.key) not in nodes and key not in gone and node.customer is not None:
                nodes[key] = Node(node, self._stored[node.customer], node)
        for link in part.links:
            ends = link.a, link.b
            if gone and (link.a in gone or link.b in gone):
                continue
            pair = pairs.get(ends)
            if pair is None:
                pair = pairs[ends] = Pair(*ends, (link,))
            elif not pair.hold(link):
                continue
            if self._policy.joins(link.kind):
                self.adjoin(pair)

    def adjoin(self, pair: Pair) -> None:
        """Makes the two keys neighbours: a link between them may join."""
        self._to_adjoin.append(pair)

    def neighbours(self, key: str) -> set[str]:
        """The keys that joining links lead to, as far as they were read."""
        for pair in self._to_adjoin:
            self._adjacent[pair.a].add(pair.b)
            self._adjacent[pair.b].add(pair.a)
        self._to_adjoin.clear()
        return self._adjacent[key]

    def beside(self, keys: Collection[str]) -> set[str]:
        """The other keys that joining links lead to from `keys`, as far as they were read."""
        if not _are_many(keys, self.pairs):
            return {other for key in keys for other in self.neighbours(key) if other not in keys}
        leading = (pair for pair in self.pairs.values() if (pair.a in keys) != (pair.b in keys))
        return {
            pair.b if pair.a in keys else pair.a
            for pair in leading
            if any(self._policy.joins(link.kind) for link in pair.links)
        }

    def pair(self, a: str, b: str) -> Pair:
        """The pair of two keys, `a < b`; an empty one where there is no link yet."""
        found = self.pairs.get((a, b))
        if found is None:
            found = self.pairs[a, b] = Pair(a, b)
        return found

    def links_among(self, keys: Collection[str]) -> Iterator[Link]:
        """Every link between two of `keys`, which have been read completely."""
        if _are_many(keys, self.pairs):
            pairs = (pair for pair in self.pairs.values() if pair.a in keys and pair.b in keys)
        else:
            ends = ((key, other) for key in keys for other in self.neighbours(key) if key < other and other in keys)
            pairs = (self.pairs[pair] for pair in ends)
        return (link for pair in pairs for link in pair.links)

    def nodes_of(self, keys: Collection[str]) -> list[Node]:
        """The identifiers `keys`."""
        if _are_many(keys, self.nodes):
            return [node for key, node in self.nodes.items() if key in keys]
        return [self.nodes[key] for key in keys]

    def customer(self, node: Node) -> Customer:
        """The customer that the node is in now."""
        customer = node.customer
        while customer.into is not None:
            customer = customer.into
        node.customer = customer
        return customer

    def customers(self) -> set[Customer]:
        """Every customer of the workspace as it is now."""
        return {self.customer(node) for node in self.nodes.values()}

    def sight(self, key: str, span: Span, source: str) -> Node:
        """The identifier, seen once more; a new one is a customer of its own until a link joins it."""
        node = self.nodes.get(key)
        if node is None:
            state = NodeState(key, span, frozenset([source]))
            node = self.nodes[key] = Node(state, Customer((span.first, key), 1, Holding()), None)
            node.customer.held = self.held_by(node)
            return node
        if source not in node.sources:
            node.sources |= {source}
        node.span |= span
        customer = self.customer(node)
        customer.anchor = min(customer.anchor, (node.span.first, key))
        return node

    def held_by(self, node: Node) -> Holding:
        """What a customer of this one identifier holds."""
        said = said_by(node.key, node.claims, self._decided.apart(node.key), self._policy)
        return holding_of(node.key, node.span.first, said, self._policy)

    def holdings(self, nodes: Iterable[Node]) -> dict[str, Holding]:
        """The same of many, by key, of those that hold anything."""
        held: dict[str, Holding] = {}
        for node in nodes:
            key = node.key
            holding = None if node.claims or self._decided.apart(key) else self._silent[key[: key.index(":")]]
            if holding is None:
                holding = self.held_by(node)
            if holding:
                held[key] = holding
        return held

    def count_partners(self, pair: Pair) -> list[Node]:
        """Counts a pair that was not joined before at both its ends; the ends that are shared from now on."""
        overshared = []
        for key, partner in ((pair.a, pair.b), (pair.b, pair.a)):
            counted = self._policy.partner_group(namespace_of(key), partner)
            if counted is None:
                continue
            node, (group, bears) = self.nodes[key], counted
            node.partners = {**node.partners, group: node.partners.get(group, 0) + 1}
            if node.partners[group] > bears and not node.shared:
                node.shared = True
                overshared.append(node)
        return overshared

    def recount(self, key: str) -> None:
        """Counts the partners of an identifier of which all links were read, and says whether it is shared."""
        node, namespace = self.nodes[key], namespace_of(key)
        counted = (self._policy.partner_group(namespace, other) for other in self.neighbours(key))
        node.partners = dict(Counter(found[0] for found in counted if found))
        node.shared = self._is_overshared(node)

    def _is_overshared(self, node: Node) -> bool:
        namespace = namespace_of(node.key)
        return any(count > self._policy.bears_partners(namespace, name) for name, count in node.partners.items())

    def forget(self, key: str) -> set[str]:
        """Takes an identifier out, of which all links were read, and they with it; those that join again for that."""
        node = self.gone[key] = self.nodes.pop(key)
        self.customer(node).size -= 1
        freed = set()
        for ends in [ends for ends in self.pairs if key in ends]:
            pair = self.pairs.pop(ends)
            other = self.nodes.get(pair.b if pair.a == key else pair.a)
            if other is None:
                continue
            other.degree -= len(pair.links)
            if pair.best(self._policy) is not None and self._uncount(other, key):
                freed.add(other.key)
            self.neighbours(other.key).discard(key)
        self._adjacent.pop(key, None)
        return freed

    def _uncount(self, node: Node, partner: str) -> bool:
        """Counts a partner no more; whether the identifier is shared no more."""
        namespace = namespace_of(node.key)
        counted = self._policy.partner_group(namespace, partner)
        if counted is None:
            return False
        group, _ = counted
        if group not in node.partners:
            # Where a relink has not come yet it was not counted by this policy; the relink will.
            return False
        left = node.partners[group] - 1
        others = {name: count for name, count in node.partners.items() if name != group}
        node.partners = {**others, group: left} if left else others
        was, node.shared = node.shared, self._is_overshared(node)
        return was and not node.shared

    def merge(self, one: Customer, other: Customer) -> Customer:
        """The customer that both are from now on: the node with more members stays, so the smaller side moves."""
        gone, keep = sorted((other, one), key=lambda customer: (customer.base is not None, customer.size))
        gone.into = keep
        keep.size += gone.size
        keep.anchor = min(keep.anchor, gone.anchor)
        keep.held |= gone.held
        keep.kind = "person"
        keep.absorbed |= gone.absorbed
        if gone.base is not None:
            keep.absorbed.add(gone.base)
        return keep

    def take_out(self, keys: Collection[str], cause: str) -> bool:
        """Makes each of these members of a customer one of its own; False where the anchor of the rest is unread.

        They hold nothing, so that the rest holds as much as before.
        """
        nodes = [self.nodes[key] for key in keys]
        customer = self.customer(nodes[0])
        anchor = self._anchor_without(keys, customer)
        if anchor is None:
            return False
        customer.anchor, customer.size = anchor, customer.size - len(nodes)
        for node in nodes:
            self._form([node], None).cause = cause
        return True

    def _anchor_without(self, keys: Collection[str], customer: Customer) -> tuple[int, str] | None:
        """The anchor of a customer without these members; None where it may be one that was not read."""
        names = {customer.base, *customer.absorbed}
        before = [stored.anchor for name in names if name and (stored := self._stored[name].stored)]
        rest = [_seen(one) for one in self.nodes.values() if one.key not in keys and self.customer(one) is customer]
        # An anchor that was not read has not left. All others that were not read come after the anchor of then.
        rest += [anchor for anchor in before if anchor[1] not in self.nodes and anchor[1] not in self.gone]
        anchor = min(rest, default=None)
        return anchor if anchor and all(anchor <= other for other in before) else None

    def regroup(self, groups: list[list[Node]], cause: str) -> None:
        """Makes each group a customer. All members of all customers concerned are in `groups`.

        A customer node of the graph goes to the group that has most of its members, so that the least is moved.
        """
        ordered = sorted(groups, key=lambda group: min(map(_seen, group)))
        # A node that another part of a former customer has taken in this transaction is no longer to be had.
        now = {self.customer(node) for group in ordered for node in group}
        free = self.retired.union(*({one.base} | one.absorbed for one in now))
        overlaps = Counter(
            (node.home, index)
            for index, group in enumerate(ordered)
            for node in group
            if node.home is not None and node.home in free
        )
        bases: dict[int, str] = {}
        homes = {home for home, _ in overlaps}
        for (home, index), _ in sorted(overlaps.items(), key=lambda item: (-item[1], item[0])):
            if index not in bases and home in homes:
                bases[index] = home
                homes.discard(home)
        # One whose members were all taken out of it before is nobody's base any more.
        self.retired = {home for home in free if home is not None} - set(bases.values())
        for index, group in enumerate(ordered):
            self._form(group, bases.get(index)).cause = cause

    def _form(self, group: list[Node], base: str | None) -> Customer:
        kind = "shared" if all(node.shared for node in group) else "person"
        held = together(self.holdings(group).values())
        customer = Customer(min(map(_seen, group)), len(group), held, kind)
        if base is not None:
            customer.base, customer.stored = base, self._stored[base].stored
        for node in group:
            node.customer = customer
        return customer


def _are_many(some: Collection[str], held: Collection[object]) -> bool:
    """Whether to go through all that is held, in the order of reading and thus of memory, rather than look some up."""
    return 2 * len(some) > len(held)


class _Silent(dict[str, Holding | None]):
    """What a key that says nothing holds, by its namespace; None where that is not the same for all of them."""

    def __init__(self, policy: Policy) -> None:
        super().__init__()
        self._policy = policy

    def __missing__(self, namespace: str) -> Holding | None:
        one, other = (holding_of(f"{namespace}:{name}/", at, {}, self._policy) for at, name in enumerate("ab"))
        self[namespace] = one if one == other and namespace != "record" else None
        return self[namespace]


def _seen(node: Node) -> tuple[int, str]:
    return node.span.first, node.key

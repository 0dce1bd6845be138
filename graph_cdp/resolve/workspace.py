"""The part of the graph that one transaction touches, in memory: what it was, what it is, and the difference.

Customers are handles that may be folded into one another; a node asks for its customer through the chain. A customer
of the graph whose members were not all read stays lazy: it is merged as a whole and its members are listed only when
the writes are made.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator

from graph_cdp.model import Link, Span, namespace_of
from graph_cdp.policy import Policy
from graph_cdp.resolve.decided import UNDECIDED, Decided
from graph_cdp.resolve.ranking import rank
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

    def state(self, customer_id: str) -> CustomerState:
        """What the graph is to hold of it."""
        return CustomerState(customer_id, self.anchor, self.size, self.held, self.kind)


class Node:
    """An identifier while it is being worked on. `home` is the customer that the graph has it in."""

    __slots__ = (
        *("claims", "complete", "customer", "degree", "home", "key", "later", "partners"),
        *("shared", "sources", "span", "stored"),
    )

    def __init__(self, state: NodeState, customer: Customer, stored: NodeState | None) -> None:
        self.key, self.span, self.sources, self.shared = state.key, state.span, state.sources, state.shared
        self.partners = dict(state.partners)
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


class Pair:
    """All links between two keys, by kind."""

    __slots__ = ("a", "b", "kinds", "stored")

    def __init__(self, a: str, b: str) -> None:
        self.a, self.b = a, b
        self.kinds: dict[str, Link] = {}
        self.stored: dict[str, Link] = {}

    def add(self, link: Link) -> None:
        """Takes one more sighting of the link."""
        old = self.kinds.get(link.kind)
        if old is not None:
            link = Link(link.a, link.b, link.kind, old.span | link.span, old.sources | link.sources)
        self.kinds[link.kind] = link

    def best(self, policy: Policy) -> tuple[int, int] | None:
        """(tier, first_seen) of the strongest link that may join, None where none may."""
        ranks = [(policy.tier(kind), link.span.first) for kind, link in self.kinds.items() if policy.joins(kind)]
        return min(ranks, default=None)

    def strongest(self, policy: Policy) -> Link:
        """The first in canonical order of the links that may join; there has to be one."""
        return min((link for kind, link in self.kinds.items() if policy.joins(kind)), key=lambda one: rank(one, policy))

    def new(self) -> list[Link]:
        """The links that the graph does not have."""
        return [link for kind, link in self.kinds.items() if kind not in self.stored]

    def changed(self) -> list[Link]:
        """The links that the graph has otherwise."""
        return [link for kind, link in self.kinds.items() if self.stored.get(kind, link) != link]


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
        self._adjacent: dict[str, set[str]] = defaultdict(set)

    def load(self, part: Neighbourhood) -> None:
        """Adds what the graph holds, except what the workspace has already."""
        for state in part.customers:
            if state.id not in self._stored:
                customer = Customer(state.anchor, state.size, state.held, state.kind)
                customer.base, customer.stored = state.id, state
                self._stored[state.id] = customer
        for node in part.nodes:
            if node.key not in self.nodes and node.key not in self.gone and node.customer is not None:
                self.nodes[node.key] = Node(node, self._stored[node.customer], node)
        for link in part.links:
            if link.a in self.gone or link.b in self.gone:
                continue
            pair = self.pair(link.a, link.b)
            if link.kind not in pair.stored:
                pair.stored[link.kind] = link
                pair.add(link)
                self.adjoin(pair)

    def adjoin(self, pair: Pair) -> None:
        """Makes the two keys neighbours if a link between them may join."""
        if pair.best(self._policy) is not None:
            self._adjacent[pair.a].add(pair.b)
            self._adjacent[pair.b].add(pair.a)

    def neighbours(self, key: str) -> set[str]:
        """The keys that joining links lead to, as far as they were read."""
        return self._adjacent[key]

    def pair(self, a: str, b: str) -> Pair:
        """The pair of two keys, `a < b`; an empty one where there is no link yet."""
        return self.pairs.setdefault((a, b), Pair(a, b))

    def links_among(self, keys: Collection[str]) -> Iterator[Link]:
        """Every joining link between two of `keys`, which have been read completely."""
        for key in keys:
            for other in self._adjacent[key]:
                if key < other and other in keys:
                    yield from self.pairs[key, other].kinds.values()

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

    def count_partners(self, pair: Pair) -> list[Node]:
        """Counts a pair that was not joined before at both its ends; the ends that are shared from now on."""
        overshared = []
        for key, partner in ((pair.a, pair.b), (pair.b, pair.a)):
            counted = self._policy.partner_group(namespace_of(key), partner)
            if counted is None:
                continue
            node, (group, bears) = self.nodes[key], counted
            node.partners[group] = node.partners.get(group, 0) + 1
            if node.partners[group] > bears and not node.shared:
                node.shared = True
                overshared.append(node)
        return overshared

    def recount(self, key: str) -> None:
        """Counts the partners of an identifier of which all links were read, and says whether it is shared."""
        node, namespace = self.nodes[key], namespace_of(key)
        counted = (self._policy.partner_group(namespace, other) for other in self._adjacent[key])
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
            other.degree -= len(pair.kinds)
            if pair.best(self._policy) is not None and self._uncount(other, key):
                freed.add(other.key)
            self._adjacent[other.key].discard(key)
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
        node.partners[group] -= 1
        if not node.partners[group]:
            del node.partners[group]
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

    def take_out(self, keys: Collection[str]) -> bool:
        """Makes a customer of these members of one, which holds as much without; False where its anchor is unread."""
        nodes = sorted((self.nodes[key] for key in keys), key=_seen)
        customer = self.customer(nodes[0])
        anchor = self._anchor_without(keys, customer)
        if anchor is None:
            return False
        customer.anchor, customer.size = anchor, customer.size - len(nodes)
        self._form(nodes, None)
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
        ordered = sorted((sorted(group, key=_seen) for group in groups), key=lambda group: _seen(group[0]))
        # A node that another part of a former customer has taken in this transaction is no longer to be had.
        now = {self.customer(node) for group in ordered for node in group}
        free = self.retired.union(*({one.base} | one.absorbed for one in now))
        homes_of = ((node.home, index) for index, group in enumerate(ordered) for node in group)
        overlaps = Counter((home, index) for home, index in homes_of if home in free and home is not None)
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
        customer = Customer(_seen(group[0]), len(group), together(map(self.held_by, group)), kind)
        if base is not None:
            customer.base, customer.stored = base, self._stored[base].stored
        for node in group:
            node.customer = customer
        return customer


def _seen(node: Node) -> tuple[int, str]:
    return node.span.first, node.key

"""One observation at a time, exactly as if everything had been resolved anew.

A workspace is the part of the graph that one transaction touches, held in memory. Evidence is added to it first; then
a link inside one customer changes nothing, and a link between two customers joins them if no rule forbids it. All else
(an identifier became shared, a rule stands between the two) resolves the raw component anew, through the same greedy
as everywhere. Why the short cuts are exact: sides only ever grow, so what a rule forbade stays forbidden, and a
customer that breaks no rule can be put together in any order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from graph_cdp.model import Link, Observation, Span, namespace_of
from graph_cdp.policy import Policy, broken_limits
from graph_cdp.resolve import greedy
from graph_cdp.resolve.ranking import rank, ranked_pairs
from graph_cdp.resolve.workspace import Customer, Node, Pair, Workspace
from graph_cdp.resolve.writes import writes_of
from graph_cdp.state import Neighbourhood, Outcome, Reader, Reply, Writes


@dataclass(frozen=True, slots=True)
class _Taken:
    observation: Observation
    outcome: Outcome
    owner: Node | None
    refused: tuple[Mapping[str, object], ...]


class Stream:
    """Takes observations into a workspace and tells what to write.

    `start` must have every key of the observations to come that the graph knows, every link between two keys of one
    observation, and their customers; `reader` is asked for more where a component has to be resolved anew.
    """

    def __init__(self, policy: Policy, customer_id: Callable[[str], str], reader: Reader, start: Neighbourhood) -> None:
        self._policy, self._customer_id, self._reader = policy, customer_id, reader
        self._work = Workspace(policy)
        self._work.load(start)
        self._taken: list[_Taken] = []
        self._cause = ""

    def take(self, observation: Observation, links: Collection[Link]) -> None:
        """Adds the observation, whose usable keys give `links`, and resolves what it changes."""
        work, self._cause = self._work, f"message {observation.source}/{observation.message_id}"
        usable = [key for key in observation.keys if not self._policy.is_blocked(key)]
        known = {key: work.customer(work.nodes[key]) for key in usable if key in work.nodes}
        anchors = {customer: customer.anchor for customer in known.values()}
        span = Span.at(observation.occurred_at)
        nodes = [work.sight(key, span, observation.source) for key in usable]
        improved, overshared = self._add(links)
        self._settle(improved, overshared)
        news = bool(improved) or len(known) < len(nodes)
        for customer in map(work.customer, nodes):
            if news or anchors.get(customer) != customer.anchor:
                customer.cause = self._cause
        refused = self._refused(links)
        outcome = self._outcome(nodes, known, refused=bool(refused))
        self._taken.append(_Taken(observation, outcome, min(nodes, key=self._ownership, default=None), refused))

    def _ownership(self, node: Node) -> tuple[bool, int, str]:
        return node.shared, self._policy.trust(namespace_of(node.key)), node.key

    def _add(self, links: Iterable[Link]) -> tuple[list[Link], list[Node]]:
        """The links that are new or rank earlier than before, and the identifiers that they make shared."""
        improved: list[Link] = []
        overshared: list[Node] = []
        for link in links:
            pair = self._work.pair(link.a, link.b)
            before = pair.best(self._policy)
            self._count_link(pair, link)
            pair.add(link)
            after = pair.best(self._policy)
            if after is None or after == before:
                continue
            improved.append(link)
            if before is None:
                self._work.adjoin(pair)
                overshared += self._work.count_partners(pair)
        return improved, overshared

    def _count_link(self, pair: Pair, link: Link) -> None:
        if link.kind not in pair.kinds:
            self._work.nodes[pair.a].degree += 1
            self._work.nodes[pair.b].degree += 1

    def _settle(self, improved: list[Link], overshared: list[Node]) -> None:
        work = self._work
        settled = self._anew([node.key for node in overshared]) if overshared else set()
        for link in sorted(improved, key=lambda one: rank(one, self._policy)):
            a, b = work.nodes[link.a], work.nodes[link.b]
            one, other = work.customer(a), work.customer(b)
            if a.shared or b.shared or one is other or {a.key, b.key} <= settled:
                continue
            if broken_limits(one.held, other.held, self._policy.limits):
                settled |= self._anew([a.key, b.key])
            else:
                work.merge(one, other)

    def _anew(self, seeds: list[str]) -> set[str]:
        """Resolves the raw components of the seeds from their links; the keys in them."""
        work, policy = self._work, self._policy
        component = self._component(set(seeds))
        live = {key for key in component if not work.nodes[key].shared}
        pairs = ranked_pairs(work.links_among(live), policy)
        group_of = {key: group[0] for key in live if (group := policy.limit_group(key))}
        root = greedy.join(live, pairs, group_of, policy.limits)
        groups: dict[str, list[Node]] = defaultdict(list)
        for key in component:
            groups[root.get(key, key)].append(work.nodes[key])
        work.regroup(list(groups.values()), self._cause)
        return component

    def _component(self, seeds: set[str]) -> set[str]:
        """The keys that live joining links connect to the seeds; a seed that became shared leads to its neighbours."""
        work = self._work
        found, frontier = set(seeds), set(seeds)
        while frontier:
            self._read(key for key in frontier if not work.nodes[key].complete)
            reached = {other for key in frontier for other in work.neighbours(key) if not work.nodes[other].shared}
            frontier = reached - found
            found |= frontier
        return found

    def _read(self, keys: Iterable[str]) -> None:
        """Reads the links at these keys and at all members of their customers: these are connected in any case."""
        work, unread = self._work, set(keys)
        homes = {home for key in unread if (home := work.nodes[key].home)}
        if not unread:
            return
        for members in self._reader.members(sorted(homes)).values():
            unread.update(key for key in members if key not in work.nodes or not work.nodes[key].complete)
        work.load(self._reader.around(sorted(unread)))
        for key in unread:
            work.nodes[key].complete = True

    def _refused(self, links: Iterable[Link]) -> tuple[Mapping[str, object], ...]:
        """The links whose live ends are in different customers, with the rules that keep these apart."""
        work, refused = self._work, []
        for link in links:
            a, b = work.nodes[link.a], work.nodes[link.b]
            one, other = work.customer(a), work.customer(b)
            if one is other or a.shared or b.shared or not self._policy.joins(link.kind):
                continue
            broken = broken_limits(one.held, other.held, self._policy.limits)
            refused.append({"link": [link.a, link.b], "rule": ", ".join(sorted(map(self._policy.rule_name, broken)))})
        return tuple(refused)

    def _outcome(self, nodes: list[Node], known: Mapping[str, Customer], *, refused: bool) -> Outcome:
        """The first that fits; `known` has the customers in which the known identifiers were before."""
        now: dict[Customer, set[Customer]] = defaultdict(set)
        fresh = set()
        for node in nodes:
            if node.key not in known:
                fresh.add(self._work.customer(node))
            elif not node.shared:
                now[self._work.customer(node)].add(known[node.key])
        if any(len(before) > 1 for before in now.values()):
            return "merged"
        if refused:
            return "refused"
        if fresh - now.keys():
            return "created"
        return "joined" if fresh else "known"

    def replies(self) -> list[Reply]:
        """The answer to each observation taken, in their order, with the ids that hold after all of them."""
        return [
            Reply(
                taken.observation.message_id,
                taken.outcome,
                self._customer_id(self._work.customer(taken.owner).anchor[1]) if taken.owner else None,
                taken.refused,
                None if taken.owner else "every identifier in it is blocked by the policy",
            )
            for taken in self._taken
        ]

    def writes(self) -> Writes:
        """What to write so that the graph says what was decided."""
        return writes_of(self._work, self._customer_id, self._reader)

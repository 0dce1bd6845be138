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
from itertools import combinations
from typing import Final

from graph_cdp.model import Link, Observation, Span, namespace_of, value_of
from graph_cdp.policy import Policy
from graph_cdp.resolve import greedy
from graph_cdp.resolve.claims import merged as merged_claims
from graph_cdp.resolve.decided import UNDECIDED, Decided
from graph_cdp.resolve.foresight import foreseen
from graph_cdp.resolve.nearby import Nearby
from graph_cdp.resolve.pair import Pair
from graph_cdp.resolve.ranking import rank, ranked_pairs
from graph_cdp.resolve.recycling import Recycling
from graph_cdp.resolve.workspace import Customer, Node, Workspace
from graph_cdp.resolve.writes import writes_of
from graph_cdp.rules import Holding, broken, rules_between
from graph_cdp.state import Neighbourhood, Outcome, Reader, Reply, Retold, Writes

# The members of a customer that is read as a whole before anybody knows whether that is needed.
_SMALL: Final = 200
# What one key says of its traits: of each, when and what.
Words = Mapping[str, tuple[int, str | None]]
Claims = tuple[str, Words]


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

    def __init__(
        self,
        policy: Policy,
        customer_id: Callable[[str], str],
        reader: Reader,
        start: Neighbourhood,
        decided: Decided = UNDECIDED,
    ) -> None:
        self._policy, self._customer_id, self._reader, self._decided = policy, customer_id, reader, decided
        self._work = Workspace(policy, decided)
        self._work.load(start)
        self._nearby = Nearby(self._work, policy, decided, reader)
        self._taken: list[_Taken] = []
        self._whole_homes: set[str] = set()
        self._cause = ""

    def load(self, part: Neighbourhood) -> None:
        """Adds more of what the graph holds."""
        self._work.load(part)

    def foresee(self, links: Iterable[Link]) -> None:
        """Reads at once what `links` will need most likely, so that it is not read component by component."""
        region = self._whole(self._in_small(foreseen(links, self._work, self._policy)))
        self._whole(self._in_small(self._beside(region)))

    def _in_small(self, keys: Collection[str]) -> set[str]:
        """Those in customers that cost little to read; what changes in large ones is mostly settled from nearby."""
        work = self._work
        return {key for key in keys if work.customer(work.nodes[key]).size <= _SMALL}

    def knows(self, observation: Observation, links: Iterable[Link]) -> bool:
        """Whether the workspace has all that the observation says, traits aside, and in one customer."""
        usable = [key for key in observation.keys if not self._policy.is_blocked(key)]
        return bool(usable) and self._is_known(usable, observation, links, None)

    def take(self, observation: Observation, links: Collection[Link], said: Claims | None = None) -> None:
        """Adds the observation, whose usable keys give `links` and one of which `said` something, and resolves it."""
        work, self._cause = self._work, f"message {observation.source}/{observation.message_id}"
        usable = [key for key in observation.keys if not self._policy.is_blocked(key)]
        if usable and self._is_known(usable, observation, links, said):
            owner = min((work.nodes[key] for key in usable), key=self._ownership)
            self._taken.append(_Taken(observation, "known", owner, ()))
            return
        known = {key: work.customer(work.nodes[key]) for key in usable if key in work.nodes}
        anchors = {customer: customer.anchor for customer in known.values()}
        unsettled = self._sight(usable, observation)
        unsettled |= self._hear(said) if said else set()
        nodes = [work.nodes[key] for key in usable]
        improved, overshared = self._add(links)
        self._settle(improved, unsettled, {node.key for node in overshared})
        news = bool(improved) or len(known) < len(nodes)
        for customer in map(work.customer, nodes):
            if news or anchors.get(customer) != customer.anchor:
                customer.cause = self._cause
        refused = self._refused(links)
        outcome = self._outcome(nodes, known, refused=bool(refused))
        self._taken.append(_Taken(observation, outcome, min(nodes, key=self._ownership, default=None), refused))

    def tell_anew(self, epochs: Recycling, claims_of: Callable[[Retold], Claims | None]) -> None:
        """Tells again what was observed with values whose epochs have other keys from now on."""
        work, self._cause = self._work, f"{len(epochs.anew)} values whose epochs have changed"
        self._read(epochs.gone)
        homes = {node.home for key in epochs.gone if (node := work.nodes[key]).home}
        unsettled = set().union(*(work.forget(key) for key in sorted(epochs.gone)))
        unsettled |= {key for key, node in work.nodes.items() if node.home in homes}
        work.retired |= homes - {node.home for node in work.nodes.values()}
        work.heirs = {key: epochs.epochs.name(value_of(key), work.gone[key].span.first) for key in epochs.gone}
        work.retold, work.cause = list(epochs.retold), self._cause
        overshared = [node for one in epochs.retold for node in self._hang(one, epochs.anew, claims_of(one))]
        unsettled |= {key for key in work.nodes if value_of(key) in epochs.anew}
        self._anew(unsettled | {node.key for node in overshared})

    def _hang(self, told: Retold, values: Collection[str], said: Claims | None) -> list[Node]:
        """Tells one observation of these values again; the identifiers that become shared by it."""
        span, usable = Span.at(told.occurred_at), [key for key in told.keys if not self._policy.is_blocked(key)]
        anew = {key for key in usable if value_of(key) in values}
        for key in anew:
            self._work.sight(key, span, told.source)
        # What was told after the reading is read now, and the decision made anew. What a relink has yet to make is left
        # to it.
        if unread := sorted(set(usable) - self._work.nodes.keys()):
            self._work.load(self._reader.start(unread, ()))
        names = [key for key in usable if key in self._work.nodes]
        if said and said[0] in anew:
            node = self._work.nodes[said[0]]
            node.claims = merged_claims(node.claims, said[1])
        sources = frozenset([told.source])
        pairs = [(a, b) for a, b in combinations(sorted(names), 2) if a in anew or b in anew]
        return self._add([Link(a, b, told.kind, span, sources) for a, b in pairs])[1]

    def settle_epochs(self, epochs: Recycling) -> None:
        """Keeps with the first epoch of each value when the later ones begin; decisions follow what they mean."""
        for value, later in epochs.epochs.later.items():
            if value in self._work.nodes:
                self._work.nodes[value].later = later
        self._settle([], {key for key in epochs.meant if key in self._work.nodes}, set())

    def _is_known(
        self, usable: Iterable[str], observation: Observation, links: Iterable[Link], said: Claims | None
    ) -> bool:
        """Whether the workspace has all that the observation says, in one customer: most messages say nothing new."""
        work, span, source = self._work, Span.at(observation.occurred_at), observation.source
        for key in usable:
            node = work.nodes.get(key)
            if node is None or not node.span.covers(span) or source not in node.sources:
                return False
        for link in links:
            pair = work.pairs.get((link.a, link.b))
            held = pair.of(link.kind) if pair else None
            if held is None or not held.span.covers(span) or source not in held.sources:
                return False
            a, b = work.nodes[link.a], work.nodes[link.b]
            if not (a.shared or b.shared or work.customer(a) is work.customer(b)):
                return False
        return said is None or merged_claims(work.nodes[said[0]].claims, said[1]) == work.nodes[said[0]].claims

    def decide(self, keys: Iterable[str], cause: str) -> None:
        """Resolves what a decision about these keys changes, made or taken back; keys that nobody has seen wait."""
        self._cause = cause
        self._settle([], {key for key in keys if key in self._work.nodes}, set())

    def resolve_anew(self, keys: Collection[str], words: Mapping[str, Callable[[Words], Words]], cause: str) -> None:
        """Resolves the customers of these keys as if nothing of them had been resolved before.

        Of all their members is counted again whom they are shared with; `words` tell of a key what it says by what it
        is held to say. All beyond is taken for resolved.
        """
        self._cause, work = cause, self._work
        region = self._whole({key for key in keys if key in work.nodes})
        for key in region:
            work.recount(key)
            if key in words:
                work.nodes[key].claims = words[key](work.nodes[key].claims)
        self._anew(region)

    def _sight(self, usable: Iterable[str], observation: Observation) -> set[str]:
        """Sees the keys once more; those that rules or decisions look at in a way that this may change."""
        work, span, unsettled = self._work, Span.at(observation.occurred_at), set()
        for key in usable:
            before = work.nodes.get(key)
            first = before.span.first if before else None
            node = work.sight(key, span, observation.source)
            if before is None:
                unsettled |= {key} if key in self._decided.same else set()
            elif node.span.first != first and self._windowed(key):
                unsettled.add(key)
        return unsettled

    def _windowed(self, key: str) -> bool:
        limit = self._policy.limit_group(key)
        return limit is not None and self._policy.window(limit[0]) is not None

    def _hear(self, said: Claims) -> set[str]:
        """Takes what a key says of its traits; the key, where that may part customers or let them join."""
        key, words = said
        node = self._work.nodes[key]
        before, node.claims = node.claims, merged_claims(node.claims, words)
        changed = {trait for trait, (_, value) in node.claims.items() if value != before.get(trait, (0, None))[1]}
        if not changed:
            return set()
        customer, own = self._work.customer(node), self._work.held_by(node)
        # A first word that nobody contradicts forbids nothing inside the customer, so that its parts stay together. A
        # word that is taken back may let others join.
        agreed = all(customer.held.said.get(group, values) == values for group, values in own.said.items())
        if agreed and all(before.get(trait, (0, None))[1] is None for trait in changed):
            customer.held |= Holding(said=own.said)
            return set()
        return {key}

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
        if pair.of(link.kind) is None:
            self._work.nodes[pair.a].degree += 1
            self._work.nodes[pair.b].degree += 1

    def _settle(self, improved: list[Link], unsettled: set[str], overshared: set[str]) -> None:
        work = self._work
        if not unsettled and len(overshared) == 1:
            left = self._nearby.frees(min(overshared), self._cause)
            unsettled, overshared = (unsettled, overshared) if left is None else (left, set())
        settled = self._anew(unsettled | overshared) if unsettled or overshared else set()
        for link in sorted(improved, key=lambda one: rank(one, self._policy)):
            a, b = work.nodes[link.a], work.nodes[link.b]
            one, other = work.customer(a), work.customer(b)
            if a.shared or b.shared or one is other or {a.key, b.key} <= settled:
                continue
            if broken(one.held, other.held, self._policy):
                settled |= self._anew(undone) if (undone := self._nearby.settle(link, self._cause)) else set()
            else:
                work.merge(one, other)

    def _anew(self, seeds: set[str]) -> set[str]:
        """Resolves the customers of the seeds from their links and decisions; the keys that were looked at.

        Beside them stand the customers that refused links lead to. While these come out as they are, every link
        between both is refused, so that all beyond is as it was; one that does not is resolved as well, with those
        beside it. One that has become shared just now leads to what it has joined so far.
        """
        work = self._work
        region = self._whole(seeds)
        while True:
            beside = self._whole(self._beside(region)) - region
            others = [group for group in self._joined(region | beside) if not self._is_whole(group, beside)]
            moved = {node.key for group in others for node in group} & beside
            if not moved:
                work.regroup(others, self._cause)
                return region | beside
            region |= self._whole(moved)

    def _whole(self, keys: set[str]) -> set[str]:
        """The members of the customers of these keys, and of those that decisions put to them, with all their links."""
        found: set[str] = set()
        while new := keys - found:
            self._read(key for key in new if not self._work.nodes[key].complete)
            found |= self._with_fellows(new)
            keys = self._decided_with(found)
        return found

    def _beside(self, region: set[str]) -> set[str]:
        """The keys of others that live joining links lead to."""
        nodes = self._work.nodes
        live = {key for key in region if not nodes[key].shared}
        return {other for other in self._work.beside(live) - region if not nodes[other].shared}

    def _joined(self, keys: set[str]) -> list[list[Node]]:
        """The customers that the links and decisions among these keys make."""
        work, policy = self._work, self._policy
        nodes = work.nodes_of(keys)
        live = {node.key for node in nodes if not node.shared}
        pairs, blocks = ranked_pairs(work.links_among(live), policy), self._decided.blocks(keys)
        root = greedy.join([node.key for node in nodes], pairs, work.holdings(nodes), policy, blocks)
        groups: dict[str, list[Node]] = defaultdict(list)
        for node in nodes:
            groups[root[node.key]].append(node)
        return list(groups.values())

    def _is_whole(self, group: list[Node], keys: set[str]) -> bool:
        """Whether the group is one customer as it was, whose members are among `keys`."""
        customer = self._work.customer(group[0])
        return (
            group[0].key in keys
            and customer.size == len(group)
            and all(self._work.customer(node) is customer for node in group)
        )

    def _decided_with(self, keys: Iterable[str]) -> set[str]:
        """The keys that were seen and are said to be the same customer as one of these."""
        if not self._decided.same:
            return set()
        others = {other for key in keys for other in self._decided.same.get(key, ())}
        if unread := sorted(others - self._work.nodes.keys()):
            self._work.load(self._reader.start(unread, ()))
        return others & self._work.nodes.keys()

    def _with_fellows(self, component: set[str]) -> set[str]:
        """These keys with all members of their customers."""
        work = self._work
        customers = {work.customer(work.nodes[key]) for key in component}
        if sum(customer.size for customer in customers) == len(component):
            return component
        homes = set().union(*({one.base} | one.absorbed for one in customers))
        self._read_whole({home for home in homes if home})
        return {key for key, node in work.nodes.items() if work.customer(node) in customers}

    def _read(self, keys: Iterable[str]) -> None:
        """Reads the links at these keys and at all members of their customers: these are connected in any case."""
        if homes := {home for key in keys if (home := self._work.nodes[key].home)}:
            self._read_whole(homes)

    def _read_whole(self, homes: Collection[str]) -> None:
        """Reads these customers with all links at their members, each once."""
        unread = set(homes) - self._whole_homes
        if not unread:
            return
        self._whole_homes |= unread
        part = self._reader.wholes(sorted(unread))
        self._work.load(part)
        for state in part.nodes:
            if state.customer in unread and (node := self._work.nodes.get(state.key)):
                node.complete = True

    def _refused(self, links: Iterable[Link]) -> tuple[Mapping[str, object], ...]:
        """The links whose live ends are in different customers, with the rules that keep these apart."""
        work, refused = self._work, []
        for link in links:
            a, b = work.nodes[link.a], work.nodes[link.b]
            one, other = work.customer(a), work.customer(b)
            if one is other or a.shared or b.shared or not self._policy.joins(link.kind):
                continue
            rules = rules_between(one.held, other.held, self._policy, self._policy.tier(link.kind))
            refused.append({"link": [link.a, link.b], "rule": rules})
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

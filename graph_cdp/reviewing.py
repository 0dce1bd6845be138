"""What deserves a steward's look, the gravest first, each with the question to decide and its two sides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from graph_cdp.model import Link
from graph_cdp.policy import DECISION, Policy
from graph_cdp.resolve.bridges import bridges
from graph_cdp.resolve.decided import Decided
from graph_cdp.resolve.ranking import rank
from graph_cdp.rules import NOTHING, broken, rules_between
from graph_cdp.store import codec
from graph_cdp.store.questions import Questions

_SHOWN_KEYS: Final = 5
_MOST_REFUSED: Final = 20_000
# Of customers larger than that the parts are found by a walk per bridge, which takes too long for a list.
_WALKED: Final = 2_000
_LARGEST: Final = 50
_LEAST_PART: Final = 3
_WEAK_TIER: Final = 3
_USUAL: Final = 0.99
_TIMES_USUAL: Final = 3

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Review:
    """Looks a graph through under the policy and the decisions in force."""

    graph: Questions
    policy: Policy
    decided: Decided

    def items(self, limit: int) -> list[Row]:
        """Contradicted decisions, then what rules refuse, what hangs on one weak link, and who grew too large.

        At most `limit`, of each sort as many as of the others as long as it has them: a shop's own phone is refused a
        thousand times, and would leave no room for the rest.
        """
        parts = (self._contradicted(), self._refused(), self._bridges(), self._grown())
        sorts = [list(islice(part, limit)) for part in parts]
        turns = sorted((turn, number) for number, items in enumerate(sorts) for turn in range(len(items)))[:limit]
        return [sorts[number][turn] for number, turn in sorted((number, turn) for turn, number in turns)]

    def _contradicted(self) -> Iterator[Row]:
        states = self.decided.states(self.graph.known_among(self.decided.keys))
        for one in self.decided.all:
            if states[one.id] == "contradicted":
                asked = f"A later decision says otherwise than this one ({one.verdict}): which of them is to hold?"
                yield self._item("contradicted decision", asked, one.a, one.b, decision=one.id)

    def _refused(self) -> Iterator[Row]:
        """The pairs of customers between which rules refuse links, those with the most and strongest links first."""
        between: dict[tuple[str, str], list[Link]] = defaultdict(list)
        for row in self.graph.ask("read/refused_links", limit=_MOST_REFUSED):
            if self.policy.joins(row["kind"]):
                one, other = sorted((row["customer"], row["other_customer"]))
                between[one, other].append(codec.link_of(row, row["a"], row["b"]))
        ordered = sorted(between.items(), key=lambda pair: (-len(pair[1]), min(map(self._rank, pair[1]))))
        for (one, other), links in ordered:
            held = {row["id"]: codec.holding_of(row) for row in self.graph.ask("read/holdings", ids=[one, other])}
            best = min(links, key=self._rank)
            sides, tier = (held.get(one, NOTHING), held.get(other, NOTHING)), self.policy.tier(best.kind)
            if any(group.startswith(DECISION) for group in broken(*sides, self.policy)):
                continue  # a steward has answered already
            rules = rules_between(*sides, self.policy, tier)
            asked = "Links say that these are one customer, and rules keep them apart: are they the same?"
            yield self._item("refused link", asked, best.a, best.b, rule=rules, links=len(links))

    def _rank(self, link: Link) -> Any:
        return rank(link, self.policy)

    def _bridges(self) -> Iterator[Row]:
        for row in self.graph.ask("read/largest_customers", limit=_LARGEST):
            if not 2 * _LEAST_PART <= row["members"] <= _WALKED:
                continue
            around = self.graph.links_of_customers([row["customer_id"]])
            inner = [
                one.link for one in around if not one.shared and set(one.customers.values()) == {row["customer_id"]}
            ]
            keys = {key for link in inner for key in (link.a, link.b)}
            answered = [(one.a, one.b) for one in self.decided.joining(keys)]
            for bridge in bridges(inner, self.policy, _LEAST_PART, answered):
                if self.policy.tier(bridge.link.kind) >= _WEAK_TIER:
                    asked = (
                        f"One link of kind {bridge.link.kind} alone holds {len(bridge.one)} and {len(bridge.other)} "
                    )
                    asked += "identifiers together: are both sides the same customer?"
                    sides = sorted(bridge.one), sorted(bridge.other)
                    yield self._item("bridge", asked, bridge.link.a, bridge.link.b, parts=sides)

    def _grown(self) -> Iterator[Row]:
        usual = _usual(self.graph.ask("read/customer_sizes"))
        for row in self.graph.ask("read/largest_customers", limit=_LARGEST):
            if row["members"] > _TIMES_USUAL * usual:
                asked = f"99 of 100 customers have at most {usual} identifiers and this one has {row['members']}: "
                asked += "is it one person?"
                yield self._item("large customer", asked, row["anchor"], row["anchor"])

    def _item(self, what: str, asked: str, a: str, b: str, *, parts: Any = None, **facts: Any) -> Row:
        sides = [self._side(key, keys) for key, keys in zip((a, b), parts or (None, None), strict=True)]
        return {"what": what, "question": asked, "a": a, "b": b, "sides": sides[: 1 + (a != b)], **facts}

    def _side(self, key: str, keys: Sequence[str] | None) -> Row:
        home: Mapping[str, Any] = self.graph.customer_of(key) or {"customer": None}
        if keys is None:
            rows = self.graph.ask("read/members", ids=[home["customer"]] if home["customer"] else [])
            keys = sorted(row["key"] for row in rows)
        return {"customer_id": home["customer"], "members": len(keys), "keys": list(keys[:_SHOWN_KEYS])}


def _usual(sizes: Sequence[Mapping[str, Any]]) -> int:
    """The size that 99 of 100 customers do not exceed; 1 where there are none."""
    most = _USUAL * sum(row["count"] for row in sizes)
    for row in sizes:
        most -= row["count"]
        if most <= 0:
            return int(row["size"])
    return 1

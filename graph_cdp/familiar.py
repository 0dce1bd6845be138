"""What this process has had committed: a visitor who is back on the same day says nothing new of who it is.

Evidence only grows, so what the graph once held it holds, whoever else writes to it. Who the visitor is now is another
question, and is read each time.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from graph_cdp.model import Observation, Span, namespace_of
from graph_cdp.policy import Policy

MOST: Final = 100_000
_Evidence = tuple[str, str, tuple[str, ...]]


class Familiar:
    """The evidence of observations that were committed under one policy and one set of decisions.

    Holds at most about `most` of them, those that came last. What takes evidence out of a graph has to be one of the
    decisions, or to change the policy: then everything is forgotten. For any number of threads.
    """

    def __init__(self, most: int = MOST) -> None:
        self._half = most // 2
        self._under: object = None
        self._young: dict[_Evidence, Span] = {}
        self._old: dict[_Evidence, Span] = {}

    def forget(self) -> None:
        """Takes nothing for known any more: the graph may be another one, as after a restart on an older copy."""
        self._under = None

    def knows(self, seen: Observation, under: object) -> bool:
        """Whether the graph holds all that `seen` says of who is who. `under` are the policy and the decisions."""
        if self._under is None or under != self._under:
            return False
        evidence = _evidence(seen)
        span = self._young.get(evidence) or self._old.get(evidence)
        return span is not None and span.covers(Span.at(seen.occurred_at))

    def learn(self, committed: Iterable[Observation], policy: Policy, under: object) -> None:
        """Takes in what the graph holds by now."""
        if self._under is None or under != self._under:
            self._under, self._young, self._old = under, {}, {}
        young = self._young
        for seen in committed:
            if says_who_alone(seen, policy):
                evidence, span = _evidence(seen), Span.at(seen.occurred_at)
                known = young.get(evidence) or self._old.get(evidence)
                young[evidence] = span if known is None else known | span
        if len(young) > self._half:
            self._young, self._old = {}, young


def says_who_alone(seen: Observation, policy: Policy) -> bool:
    """Whether nothing but its keys counts: no order, no trait that rules compare, no value that may be recycled."""
    if seen.order is not None or not policy.contradictions.keys().isdisjoint(seen.traits):
        return False
    usable = [key for key in seen.keys if not policy.is_blocked(key)]
    return bool(usable) and not (policy.rests and any(policy.rest(namespace_of(key)) for key in usable))


def _evidence(seen: Observation) -> _Evidence:
    return seen.source, seen.kind, seen.keys

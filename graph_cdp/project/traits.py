"""Which word of a trait counts: the survivor, and the runner-ups behind it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from graph_cdp.policy import Policy
from graph_cdp.project.facts import Fact
from graph_cdp.viewing import Criterion

_MOST: Final = 5
Version = tuple[str, str]


@dataclass(slots=True)
class _Claim:
    """One value of a trait: the best word for it, and how often it was said."""

    value: Any
    said: list[Fact] = field(default_factory=list)
    newest: Version = ("", "")
    trust: int = 99
    guess: bool = True


def traits(facts: Iterable[Fact], policy: Policy) -> dict[str, dict[str, Any]]:
    """Each trait with value, source, time and runner-ups. A null takes back what was said before it."""
    told: dict[str, list[tuple[Version, Any, Fact]]] = defaultdict(list)
    for fact in facts:
        for name, value in fact.traits.items():
            if name.startswith("consent"):  # a part of its own
                continue
            told[name].append(((fact.at or "", json.dumps(value, sort_keys=True)), value, fact))
    found = {name: _survivors(name, words, policy) for name, words in sorted(told.items())}
    return {name: row for name, row in found.items() if row is not None}


def is_guess(fact: Fact, policy: Policy) -> bool:
    """Whether somebody inferred what the event says, rather than was told it."""
    return bool(fact.around("inferred")) or policy.source(fact.source).inferred


def _survivors(name: str, words: list[tuple[Version, Any, Fact]], policy: Policy) -> dict[str, Any] | None:
    cleared = max((version for version, value, _ in words if value is None), default=("", ""))
    claims: dict[str, _Claim] = {}
    for version, value, fact in words:
        if value is not None and version > cleared:
            claim = claims.setdefault(version[1], _Claim(value))
            claim.said.append(fact)
            claim.newest = max(claim.newest, version)
            claim.trust = min(claim.trust, policy.source(fact.source).trust)
            claim.guess = claim.guess and is_guess(fact, policy)
    ranked = sorted(claims.values(), key=lambda claim: claim.newest, reverse=True)
    for criterion in reversed(policy.survivorship.order_of(name)):
        ranked.sort(key=_RANKS[criterion], reverse=criterion == "newest")
    if not ranked:
        return None
    return _row(ranked[0], policy) | {"runner_ups": [_row(claim, policy) for claim in ranked[1 : 1 + _MOST]]}


_RANKS: Final[dict[Criterion, Callable[[_Claim], Any]]] = {
    "own_words": lambda claim: claim.guess,
    "trust": lambda claim: claim.trust,
    # The time alone: of what was said at one time, or at no time that is known, the next criterion decides.
    "newest": lambda claim: claim.newest[0],
    "frequent": lambda claim: -len(claim.said),
}


def _row(claim: _Claim, policy: Policy) -> dict[str, Any]:
    own = [fact for fact in claim.said if is_guess(fact, policy) == claim.guess]
    best = max(own, key=lambda fact: (-policy.source(fact.source).trust, fact.moment))
    return {"value": claim.value, "source": best.source, "at": best.at, "guess": claim.guess}

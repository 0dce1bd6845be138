"""An observation -> the links that it is evidence for: every pair of its usable keys.

A star around the strongest key would not do: take its centre away (shared, blocked, erased) and all that it held falls
apart.
"""

from __future__ import annotations

from itertools import combinations

from graph_cdp.model import Link, Observation, Span
from graph_cdp.policy import Policy


def links_of(observation: Observation, policy: Policy) -> list[Link]:
    """The links between every two keys of `observation` that the policy does not block, `a < b`."""
    usable = sorted({key for key in observation.keys if not policy.is_blocked(key)})
    span, sources = Span.at(observation.occurred_at), frozenset([observation.source])
    return [Link(a, b, observation.kind, span, sources) for a, b in combinations(usable, 2)]

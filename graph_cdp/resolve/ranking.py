"""The total order in which links are taken: strongest tier, then oldest, then most trusted, then by text."""

from __future__ import annotations

from collections.abc import Iterable

from graph_cdp.model import Link, namespace_of
from graph_cdp.policy import Policy

Rank = tuple[int, int, int, int, str, str]


def rank(link: Link, policy: Policy) -> Rank:
    """Where `link` stands in the canonical order; the smaller the earlier.

    Without trust in it the links of one observation would be taken by alphabet, and an alphabet knows nobody.
    """
    best, worst = sorted((policy.trust(namespace_of(link.a)), policy.trust(namespace_of(link.b))))
    return policy.tier(link.kind), link.span.first, best, worst, link.a, link.b


def ranked_pairs(links: Iterable[Link], policy: Policy) -> list[tuple[str, str, int]]:
    """The pairs that `links` join and their tiers, in canonical order; weaker links than `min_tier` are out.

    Of two links between one pair the later is as good as not there: what forbids the earlier one forbids it too.
    """
    ranks = (rank(link, policy) for link in links if policy.joins(link.kind))
    best: dict[tuple[str, str], int] = {}
    for tier, *_, a, b in sorted(ranks):
        best.setdefault((a, b), tier)
    return [(a, b, tier) for (a, b), tier in best.items()]

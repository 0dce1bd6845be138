"""The total order in which links are taken: strongest tier, then oldest, then most trusted, then by text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from graph_cdp.model import Link
from graph_cdp.policy import Policy

Rank = tuple[int, int, int, int, str, str]


def rank(link: Link, policy: Policy) -> Rank:
    """Where `link` stands in the canonical order; the smaller the earlier.

    Without trust in it the links of one observation would be taken by alphabet, and an alphabet knows nobody.
    """
    a, b = link.a, link.b
    one, other = policy.trust(a[: a.index(":")]), policy.trust(b[: b.index(":")])
    if other < one:
        one, other = other, one
    return policy.tier(link.kind), link.span.first, one, other, a, b


def ranked_pairs(links: Iterable[Link], policy: Policy) -> Iterator[tuple[str, str, int]]:
    """The ends of `links` and their tiers, in canonical order; weaker links than `min_tier` are out.

    Of two links between one pair the later is as good as not there: what forbids the earlier one forbids it too.
    """
    for tier, _, _, _, a, b in sorted([rank(link, policy) for link in links if policy.joins(link.kind)]):
        yield a, b, tier

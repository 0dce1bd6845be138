"""The links between two keys while they are worked on."""

from __future__ import annotations

from graph_cdp.model import Link
from graph_cdp.policy import Policy
from graph_cdp.resolve.ranking import rank


class Pair:
    """The links between two keys, one of each kind, as they are and as the graph has them (`stored`)."""

    __slots__ = ("a", "b", "links", "stored")

    def __init__(self, a: str, b: str, stored: tuple[Link, ...] = ()) -> None:
        self.a, self.b = a, b
        self.links = self.stored = stored

    def of(self, kind: str) -> Link | None:
        """The link of this kind."""
        return next((link for link in self.links if link.kind == kind), None)

    def hold(self, link: Link) -> bool:
        """Takes a link that the graph has, unless it was taken before; whether it was not."""
        if any(one.kind == link.kind for one in self.stored):
            return False
        untouched = self.links is self.stored
        self.stored = (*self.stored, link)
        if untouched:
            self.links = self.stored
        else:
            self.add(link)
        return True

    def add(self, link: Link) -> None:
        """Takes one more sighting of the link."""
        old = self.of(link.kind)
        if old is not None:
            link = Link(link.a, link.b, link.kind, old.span | link.span, old.sources | link.sources)
        self.replace(link)

    def replace(self, link: Link) -> None:
        """Takes the link in place of that of its kind."""
        self.drop(link.kind)
        self.links = (*self.links, link)

    def drop(self, kind: str) -> None:
        """Lets the link of this kind go."""
        self.links = tuple(link for link in self.links if link.kind != kind)

    def best(self, policy: Policy) -> tuple[int, int] | None:
        """(tier, first_seen) of the strongest link that may join, None where none may."""
        ranks = [(policy.tier(link.kind), link.span.first) for link in self.links if policy.joins(link.kind)]
        return min(ranks, default=None)

    def strongest(self, policy: Policy) -> Link:
        """The first in canonical order of the links that may join; there has to be one."""
        return min((link for link in self.links if policy.joins(link.kind)), key=lambda one: rank(one, policy))

    @property
    def touched(self) -> bool:
        """Whether a link was taken that the graph may not have like that."""
        return self.links is not self.stored

    def new(self) -> list[Link]:
        """The links that the graph does not have."""
        known = {link.kind for link in self.stored}
        return [link for link in self.links if link.kind not in known]

    def changed(self) -> list[Link]:
        """The links that the graph has otherwise."""
        known = {link.kind: link for link in self.stored}
        return [link for link in self.links if known.get(link.kind, link) != link]

"""Taking in what is sent: stored, resolved and answered in one transaction, under what is in force at that moment."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from itertools import islice
from typing import Any, Final

from graph_cdp import ingest, normalise
from graph_cdp.epochs import Epochs
from graph_cdp.errors import StoreError
from graph_cdp.familiar import Familiar, says_who_alone
from graph_cdp.ingest import letters, segment
from graph_cdp.ingest.files import kept
from graph_cdp.ingest.mailboxes import spellings
from graph_cdp.ingest.warnings import repeats, warnings_of
from graph_cdp.link import claims, exact
from graph_cdp.model import Item, Link, Observation, Rejection, namespace_of
from graph_cdp.normalise import Unusable
from graph_cdp.policy import Policy
from graph_cdp.resolve.decided import UNDECIDED, Decided
from graph_cdp.resolve.recycling import recycled
from graph_cdp.resolve.stream import Stream
from graph_cdp.state import Neighbourhood, Reply, Writes
from graph_cdp.store import decisions, ledger
from graph_cdp.store.graph import Graph
from graph_cdp.store.reads import Reads
from graph_cdp.store.transaction import Transaction

Ask = Callable[..., list[Any]]
# An observation, its links, and what one of its keys says of traits.
Told = tuple[Observation, list[Link], tuple[str, dict[str, claims.Word]] | None]
_NOT_NEW: Final = frozenset(("rejected", "duplicate"))


@dataclass(frozen=True, slots=True)
class Terms:
    """What customers are derived by at one moment: the policy, and the decisions up to the number `decisions`."""

    policy: Policy
    decided: Decided
    decisions: int | None

    @property
    def name(self) -> tuple[str, int | None]:
        """Tells these terms from all others."""
        return self.policy.text, self.decisions


class InForce:
    """The policy and the decisions in force, of which only what is new is read from the graph."""

    def __init__(self) -> None:
        # One value, for threads share it.
        self._known: tuple[int | None, Decided] = None, UNDECIDED

    def now(self, ask: Ask) -> Terms:
        """What is in force now; `ask` answers reading statements, of a graph or within a transaction."""
        row = ask("read/in_force")[0]
        number = row["decisions"]
        return Terms(self.policy_of(row["policy"]), self._decided(number, ask), number)

    def policy_of(self, text: str) -> Policy:
        """The compiled policy of a text."""
        return _held_policy(text)

    def _decided(self, number: int | None, ask: Ask) -> Decided:
        known, decided = self._known
        if number == known:
            return decided
        # Another thread may know later ones already than this one has asked for.
        behind = (number or 0) < (known or 0)
        rows = ask("read/decisions", after=0 if behind else known or 0)
        new = [decisions.decision_of(row) for row in rows if row["number"] <= (number or 0)]
        if behind:
            return Decided(new)
        decided = Decided([*decided.all, *new])
        self._known = number, decided
        return decided


@dataclass(frozen=True, slots=True)
class Intake:
    """Absorbs observations and dead letters within a transaction."""

    in_force: InForce
    customer_id: Callable[[str], str]
    familiar: Familiar = field(default_factory=Familiar)

    def commit(self, items: Sequence[Item], graph: Graph) -> list[Reply]:
        """Absorbs the items in one transaction, and remembers what is in the graph from now on."""
        try:
            terms, replies = graph.write(partial(self._absorb, items))
        except StoreError:
            self.familiar.forget()
            raise
        stored = (seen for seen, reply in zip(items, replies, strict=True) if reply.outcome not in _NOT_NEW)
        self.familiar.learn((one for one in stored if isinstance(one, Observation)), terms.policy, terms.name)
        return replies

    def absorb(self, items: Sequence[Item], transaction: Transaction) -> list[Reply]:
        """Stores what the graph does not have yet, resolves what it changes, and answers each item."""
        return self._absorb(items, transaction)[1]

    def _absorb(self, items: Sequence[Item], transaction: Transaction) -> tuple[Terms, list[Reply]]:
        terms = self.in_force.now(transaction.run)
        first: dict[str, Observation] = {}
        for item in items:
            if isinstance(item, Observation):
                first.setdefault(item.uid, item)
        first |= {one.uid: one for one in spellings(list(first.values()))}
        known, repeated = transaction.known_events(first.values())
        repeated |= repeats(items)
        fresh = [seen for uid, seen in first.items() if uid not in known]
        replies = self._resolve(fresh, repeated, terms, transaction) if fresh else {}
        ledger.bury(transaction, (item for item in items if isinstance(item, Rejection)))
        again = [item for item in items if isinstance(item, Observation) and id(item) not in replies]
        replies |= dict(zip(map(id, again), self._known(again, terms.policy, transaction), strict=True))
        return terms, [replies.get(id(item)) or _rejected(item) for item in items]

    def _resolve(
        self, fresh: Sequence[Observation], repeated: Collection[str], terms: Terms, transaction: Transaction
    ) -> dict[int, Reply]:
        """Stores what the graph does not have; the answers by the identity of what they are to.

        `repeated` are the uids of those whose message id has come with another content.
        """
        policy = terms.policy
        owners = self._at_home(fresh, terms, transaction)
        news = [seen for seen in fresh if seen.uid not in owners]
        quiet = [seen for seen in fresh if seen.uid in owners]
        replies: list[Reply] = []
        writes = Writes()
        named: Sequence[Observation] = news
        if news:
            stream, writes, named = transaction.decide(partial(self._decide, news, terms))
            transaction.write(writes, policy, self.customer_id)
            replies = stream.replies()
        ledger.record(transaction, [*named, *quiet], policy)
        # What this policy blocks or does not compare the next one may, and its relink has to see it.
        if writes.anything or any(
            seen.company or seen.traits or any(map(policy.is_blocked, seen.keys)) for seen in fresh
        ):
            transaction.append(writes.changes, policy, terms.decisions)
        else:
            transaction.touch(policy)
        now = writes.homes()
        replies += [Reply(seen.message_id, "known", now(*owners[seen.uid])) for seen in quiet]
        return {
            id(seen): replace(reply, warnings=warnings_of(seen, repeated=seen.uid in repeated))
            for seen, reply in zip([*news, *quiet], replies, strict=True)
        }

    def _at_home(
        self, fresh: Sequence[Observation], terms: Terms, transaction: Transaction
    ) -> dict[str, tuple[str, str]]:
        """Of those that say nothing new and speak of one customer, by uid: the key that answers, and its customer."""
        policy = terms.policy
        familiar = {
            seen.uid: [key for key in seen.keys if not policy.is_blocked(key)]
            for seen in fresh
            if self.familiar.knows(seen, terms.name) and says_who_alone(seen, policy)
        }
        homes = transaction.homes({key for keys in familiar.values() for key in keys}) if familiar else {}
        owners = {}
        for uid, keys in familiar.items():
            if all(key in homes for key in keys) and len({homes[key][0] for key in keys if not homes[key][1]}) <= 1:
                owner = min(keys, key=lambda key: (homes[key][1], policy.trust(namespace_of(key)), key))
                owners[uid] = owner, homes[owner][0]
                transaction.meet([homes[key][0] for key in keys])
        return owners

    def _known(self, again: list[Observation], policy: Policy, transaction: Transaction) -> Iterator[Reply]:
        """The answers to duplicates: a sender whose first answer was lost learns the customer from the second."""
        keys = {key for seen in again for key in seen.keys if not policy.is_blocked(key)}
        homes = transaction.homes(keys) if keys else {}
        epochs = Epochs({key: later for key, (_, _, later) in homes.items() if later})
        homes |= transaction.homes(epochs.all_keys()) if epochs.later else {}
        for seen in again:
            first = min(
                (key for key in epochs.names(seen.keys, seen.occurred_at) if key in homes),
                key=lambda key: (homes[key][1], policy.trust(namespace_of(key)), key),
                default=None,
            )
            yield Reply(seen.message_id, "duplicate", homes[first][0] if first else None, warnings=warnings_of(seen))

    def _decide(
        self, fresh: Sequence[Observation], terms: Terms, reads: Reads
    ) -> tuple[bool, tuple[Stream, Writes, Sequence[Observation]]]:
        policy = terms.policy
        links, start = _about(fresh, policy, reads)
        epochs = recycled(fresh, policy, terms.decided, start, reads)
        stream = Stream(policy, self.customer_id, reads, start, epochs.knows(policy, terms.decided))
        if epochs.touched:
            links, part = _about(epochs.named, policy, reads)
            stream.load(part)
            stream.load(reads.start(epochs.touched, []))
        if epochs.gone:
            stream.tell_anew(epochs, lambda told: claims.said(told.keys, told.traits, told.occurred_at, policy))
        told = list(zip(epochs.named, links, (claims.claims_of(seen, policy) for seen in epochs.named), strict=True))
        if not epochs.touched:
            _spare(told, stream, policy, reads)
        stream.foresee(link for made in links for link in made)
        for seen, made, said in told:
            stream.take(seen, made, said)
        stream.settle_epochs(epochs)
        writes = stream.writes()
        # An order is written beside the customer, and the epochs of a recycled value may have other keys by the commit.
        held = any(seen.order or any(policy.rest(namespace_of(key)) for key in seen.keys) for seen in fresh)
        return writes.anything or held, (stream, writes, epochs.named)

    def retry(
        self, uids: list[str], transaction: Transaction, remedy: letters.Remedy = letters.NONE
    ) -> list[tuple[str, Reply]]:
        """Takes dead letters again; one that is usable now is a dead letter no more."""
        policy = self.in_force.now(transaction.run).policy
        found = {row["uid"]: row for row in transaction.run("read/buried", uids=uids)}
        taken: dict[str, list[Item]] = {}
        refused = dict.fromkeys(uids, "no dead letter has this uid; it may have been taken again already")
        for uid, letter in found.items():
            try:
                taken[uid] = ingest.again(letter, policy, remedy)
            except Unusable as unusable:
                refused[uid] = unusable.reason
        absorbed = iter(self.absorb([item for items in taken.values() for item in items], transaction))
        # A row may say several things; what became of the row itself is its answer.
        replies = {}
        for uid, items in taken.items():
            replies[uid], *_ = islice(absorbed, len(items))
        transaction.run("write/unbury", uids=list(taken))
        return [(uid, replies.get(uid) or Reply("", "rejected", reason=refused[uid])) for uid in uids]


def _about(fresh: Sequence[Observation], policy: Policy, reads: Reads) -> tuple[list[list[Link]], Neighbourhood]:
    """The links that observations are evidence for, and what the graph holds of their keys and pairs."""
    links = [exact.links_of(seen, policy) for seen in fresh]
    keys = {key for seen in fresh for key in seen.keys if not policy.is_blocked(key)}
    return links, reads.start(keys, {(link.a, link.b) for made in links for link in made})


def _spare(told: Sequence[Told], stream: Stream, policy: Policy, reads: Reads) -> None:
    """What only those ask for that say nothing new is not looked at again under the locks: evidence only grows."""
    keys: tuple[set[str], set[str]] = set(), set()
    for seen, links, said in told:
        usable = [key for key in seen.keys if not policy.is_blocked(key)]
        # The keys of recycled values may be others by then, and orders are locked by their customers.
        fixed = said is None and seen.order is None and not any(policy.rest(namespace_of(key)) for key in usable)
        keys[fixed and stream.knows(seen, links)].update(usable)
    reads.spare(keys[True] - keys[False])


@dataclass(frozen=True, slots=True)
class Sent:
    """Segment messages as they came in one request, from a `source` that outranks what they name."""

    messages: Sequence[object]
    source: str | None
    received: int
    live: bool = True

    def items(self, policy: Policy) -> list[Item]:
        """What they say; dead letters where they cannot be used."""
        return [observed(message, self.source, policy, self.received, live=self.live) for message in self.messages]

    def told(self, replies: Iterator[Reply]) -> list[Reply]:
        """The answers, taken from those to many; one to a dead letter gets the id that the sender gave."""
        return [
            replace(reply, message_id=message_id_of(message)) if reply.outcome == "rejected" else reply
            for message, reply in zip(self.messages, replies, strict=False)
        ]


def observed(message: object, source: str | None, policy: Policy, received: int, *, live: bool = True) -> Item:
    """What a Segment message says; a dead letter where it cannot be used. `source` outranks what it names."""
    try:
        return segment.observe(message, source=source, policy=policy, received_at=received, live=live)
    except Unusable as unusable:
        named = segment.source_of(message, source)
        sender = named if normalise.is_source(named) else segment.DEFAULT_SOURCE
        raw = kept(json.dumps(message, ensure_ascii=False).encode("utf-8", "backslashreplace"))
        return Rejection(sender, letters.LIVE if live else "import", unusable.reason, raw, received)


def _rejected(item: Item) -> Reply:
    return Reply("", "rejected", reason=item.reason if isinstance(item, Rejection) else None)


def message_id_of(message: object) -> str:
    """The message id as the sender gave it; empty where there is none that is a text."""
    given = message.get("messageId") if isinstance(message, dict) else None
    return given if isinstance(given, str) else ""


@lru_cache(maxsize=8)
def _held_policy(text: str) -> Policy:
    return Policy(text, "the policy in force")

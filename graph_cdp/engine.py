"""The use cases, one short method each: what the commands and the API call, and nothing else does."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from datetime import UTC, date, datetime
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path
from typing import Any, Final, Literal

from graph_cdp import access, deciding, files, ingest, loading, lookup, normalise, relinking, walking
from graph_cdp.audience.groups import checked
from graph_cdp.corporate import profile_of_company
from graph_cdp.crowd import Crowd, Standing
from graph_cdp.errors import NotFoundError, UsageError
from graph_cdp.gathering import Gathering
from graph_cdp.ingest.content import canonical, clean_text, storable
from graph_cdp.intake import InForce, Intake, Sent
from graph_cdp.jobs import Jobs, Relinks
from graph_cdp.keeping import Made, about, tomorrow
from graph_cdp.model import Decision, Item, micros
from graph_cdp.normalise import Unusable
from graph_cdp.past import Moment, Then, walked
from graph_cdp.past.everything import Everything
from graph_cdp.policy import Policy, default_policy
from graph_cdp.profiling import Asked, profile_of, profile_today
from graph_cdp.reading import Reading
from graph_cdp.resolve.decided import Decided
from graph_cdp.resolve.identity import hasher
from graph_cdp.reviewing import Review
from graph_cdp.searching import BEGIN, Search, letters_of
from graph_cdp.secret import settled_secret
from graph_cdp.state import Letters, Place, Reply, Window
from graph_cdp.store import explorations, exports
from graph_cdp.store.ahead import joined, surrounded
from graph_cdp.store.graph import Graph
from graph_cdp.store.news import News
from graph_cdp.store.questions import Questions, Snapshot
from graph_cdp.unify import Unify

BATCH: Final = 1_000

Row = dict[str, Any]
Verdict = Literal["same", "different"]


class Engine:
    """One store with its policy and its secret, ready for use. A context manager; closing lets go of the server."""

    def __init__(self, graph: Graph, secret: str, migrated: Sequence[str] = ()) -> None:
        self.graph = graph
        self.migrated = list(migrated)
        self.customer_id = lru_cache(maxsize=65_536)(hasher(secret))
        self._in_force = InForce()
        self._intake = Intake(self._in_force, self.customer_id)
        self.crowd = Crowd(graph, self._in_force)
        self.unify = Unify(graph, self.crowd, self._day)
        self.news = News(graph.ask)
        self.today: Callable[[], date] = lambda: datetime.now(UTC).date()
        # Of two groups that are written at once each meets visitors of the other, and one of them is done again.
        self.gathering = Gathering(self._accept_together, writers=1)
        self.jobs = Jobs(graph, Relinks(self.plan_relink, self.relink, self.apply, self.load_plan))

    @classmethod
    def open(
        cls,
        url: str,
        user: str | None = None,
        password: str | None = None,
        policy: Policy | None = None,
        id_secret: str | None = None,
    ) -> Engine:
        """Opens a store, brings its schema up to date, and settles what the graph keeps from its first day on.

        `policy` is used where the graph holds none yet (the shipped one without it), `id_secret` is the key of the
        customer ids (made once and kept in the graph without it). Raises `StoreError` where the graph's ids were made
        with another secret.
        """
        graph = Graph.open(url, user, password)
        try:
            migrated = graph.migrate()
            if graph.setting("policy") is None:
                graph.write(lambda transaction: transaction.enact(checked(policy or default_policy()), first=True))
            return cls(graph, settled_secret(graph, id_secret), migrated)
        except BaseException:
            graph.close()
            raise

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the jobs of this process and lets go of the server."""
        self.jobs.close()
        self.graph.close()

    @property
    def policy(self) -> Policy:
        """The policy in force at this moment: another process may have relinked under a new one."""
        return self._in_force.now(self.graph.ask).policy

    def absorb(self, items: Sequence[Item]) -> list[Reply]:
        """Stores observations and dead letters, resolves what they change, and answers each; all in one transaction.

        When it returns the answers are durable and the next read sees them. Sending the same again does no harm.
        """
        return self._intake.commit(items, self.graph)

    @property
    def decided(self) -> Decided:
        """All decisions of this moment."""
        return self._in_force.now(self.graph.ask).decided

    def read(self, what: Path | ingest.Asked, mapping: Path | None = None, source: str | None = None) -> ingest.Reading:
        """What a file or a database says, as a stream: Segment messages as they are, a table by its mapping."""
        meaning = ingest.load_mapping(mapping) if mapping else None
        received = micros(datetime.now(UTC))
        return ingest.read(what, policy=self.policy, mapping=meaning, source=source, received_at=received)

    def load(self, reading: ingest.Reading) -> Iterator[loading.Batch]:
        """Absorbs what is read, going on where an earlier load of it came to; what became of each batch."""
        return loading.load(self.graph, reading, self.ingest)

    def consume(
        self, topics: ingest.Topics, mapping: Path | None = None, source: str | None = None, *, until_end: bool = False
    ) -> Iterator[loading.Batch]:
        """Absorbs messages of Kafka as they come; their offsets are committed after what they say."""
        meant = loading.meaning(lambda: self.policy, mapping, source, topics.tally)
        return loading.consume(topics, meant, self.ingest, until_end=until_end)

    def ingest(self, items: Iterable[Item], batch: int = BATCH) -> Iterator[list[tuple[Item, Reply]]]:
        """Absorbs items in batches; after each, what became of its items."""
        source = iter(items)
        while chunk := list(islice(source, batch)):
            yield list(zip(chunk, self.absorb(chunk), strict=True))

    def accept(self, messages: Sequence[object], source: str | None = None, *, live: bool = True) -> list[Reply]:
        """Absorbs Segment messages as they came, and answers each in their order.

        One that cannot be used is kept as a dead letter. `source` outranks what the messages name; the times of `live`
        ones are corrected where the sender's clock is wrong. Committed together with what others send at the same time,
        very many in batches: when this raises, an unknown part is stored, and sending all again does no harm. Raises
        `BusyError` where too much waits already.
        """
        return self.post(messages, source, live=live).result()

    def post(self, messages: Sequence[object], source: str | None = None, *, live: bool = True) -> Future[list[Reply]]:
        """The same without waiting: the answers to come."""
        sent = Sent(messages, source, micros(datetime.now(UTC)), live)
        return self.gathering.put(sent, len(messages))

    def _accept_together(self, group: Sequence[Sent]) -> list[list[Reply]]:
        policy = self.policy
        items = [item for sent in group for item in sent.items(policy)]
        replies = iter([reply for batch in self.ingest(items) for _, reply in batch])
        return [sent.told(islice(replies, len(sent.messages))) for sent in group]

    def lasting_profile(self, key: str, moment: Moment | None, include: str = "", brand: str = "") -> Made[Row]:
        """As `profile`, with what it is made of, so that it may be kept."""
        standings: list[Standing] = []
        first = tomorrow()
        row = self.profile(key, moment, include, brand, standings.append)
        if moment is not None:
            return Made(row)
        return Made(row, about(row), min([first, *(one.until for one in standings)]))

    def profile(
        self,
        key: str,
        moment: Moment | None = None,
        include: str = "",
        brand: str = "",
        heard: Callable[[Standing], None] = lambda _: None,
    ) -> Row:
        """The profile of the customer or company that a key or a customer id leads to, or led to.

        `include` names the parts that are wanted, `brand` whose part; `heard` hears of the segments that were looked
        at. Raises `NotFoundError`, and `UsageError` for parts and brands that there are not.
        """
        asked = Asked(self.today() if moment is None else moment.day, include, brand, self._segments_at(moment, heard))

        def read(graph: Snapshot) -> Row:
            if lookup.is_company(key):
                return profile_of_company(self._reading(graph), normalise.parse_key(key), asked)
            if moment is None:
                return profile_today(graph, key, asked, self._reading)
            name = normalise.parse_key(key) if ":" in key else str(lookup.found(graph, key)["key"])
            past = self._past(graph, [name], moment)
            then = lookup.known_then(past.graph, name, graph, moment)
            return profile_of(past, str(then["customer"]), str(then["kind"]), asked)

        return self.graph.reading(read)

    def access(self, key: str) -> Row:
        """Everything that is held of the customer that a key leads to (`access.held`). Raises `NotFoundError`."""

        def read(graph: Snapshot) -> Row:
            found = lookup.found(graph, key)
            asked = Asked(self.today(), segments=self._segments_at(None))
            return access.held(self._reading(graph), str(found["customer"]), str(found["kind"]), asked)

        return self.graph.reading(read)

    def _day(self) -> date:
        return self.today()

    def _segments_at(
        self, moment: Moment | None, heard: Callable[[Standing], None] = lambda _: None
    ) -> Callable[[Questions, str, str], Standing]:
        now = datetime.fromisoformat(moment.until) if moment else None

        def standing(graph: Questions, id: str, kind: str) -> Standing:
            found = self.crowd.segments_of(graph, id, kind, now)
            heard(found)
            return found

        return standing

    def timeline(self, key: str, window: Window, limit: int) -> Row:
        """`{kind, items, place}`: a part of the timeline of the customer that a key leads to, newest first.

        `place` is where to go on after. Raises `NotFoundError`.
        """

        def read(graph: Snapshot) -> Row:
            found = lookup.found(graph, key)
            items, place = self._reading(graph).timeline(str(found["customer"]), window, limit)
            return {"kind": found["kind"], "items": items, "place": place}

        return self.graph.reading(read)

    def _reading(self, graph: Questions) -> Reading:
        terms = self._in_force.now(graph.ask)
        return Reading(graph, terms.policy, lookup.meant(graph, terms.policy, terms.decided))

    def candidates(self, key: str, moment: Moment | None = None) -> list[str]:
        """The ids of the customers that a shared identifier is linked with, or was: whose it is, nobody can say."""

        def read(graph: Snapshot) -> list[str]:
            then: Questions = graph
            if moment is not None:
                then = self._past(graph, [normalise.parse_key(key)], moment).graph
            home = str(lookup.found(then, key)["customer"])
            rows = then.links_of_customers([home])
            return sorted({row.customers[end] for row in rows for end in row.customers.keys() - row.shared} - {home})

        return self.graph.reading(read)

    def _past(self, graph: Snapshot, keys: Sequence[str], moment: Moment) -> Reading:
        """Reads a part of the graph as it was: that in which these keys were."""
        terms = self._in_force.now(graph.ask)
        policy, decided = terms.policy, moment.decided(terms.decided)
        events = walked(graph, keys, moment, policy, decided).values()
        then = Then(graph, events, policy, decided, self.customer_id)
        return Reading(then, policy, then.decided, moment.until)

    def why(self, a: str, b: str, moment: Moment | None = None, without: tuple[str, str] | None = None) -> Row:
        """How two keys are joined, or the rules that keep them apart; or were, then. Raises `NotFoundError`.

        Beside the path stands what falls apart if the links between the two keys `without` go, or the weakest on it.
        """
        gone = (normalise.parse_key(without[0]), normalise.parse_key(without[1])) if without else None
        keys = {"first": normalise.parse_key(a), "second": normalise.parse_key(b)}

        def read(graph: Snapshot) -> Row:
            ahead = joined(graph, keys.values()) if moment is None else graph
            known = ahead.customers_of(keys.values())
            found = {place: known[key] for place, key in keys.items()}
            if missing := [place for place, row in found.items() if row is None]:
                raise NotFoundError(f"nothing is known under the {' and the '.join(missing)} key; {lookup.HINT}")
            if moment is not None:
                past = self._past(graph, list(keys.values()), moment)
                then = [lookup.known_then(past.graph, key, graph, moment) for key in keys.values()]
                return past.why({str(row["key"]): str(row["customer"]) for row in then}, gone)
            homes = {str(row["key"]): str(row["customer"]) for row in found.values() if row}
            return self._reading(ahead).why(homes, gone)

        return self.graph.reading(read)

    def neighbours(self, key: str, depth: int, limit: int, moment: Moment | None = None) -> Row:
        """The graph at most `depth` relationships around an identifier, or as it was. Raises `NotFoundError`.

        Of the past it has identifiers, their links and customers, and events.
        """

        def read(graph: Snapshot) -> Row:
            asked = normalise.parse_key(key)
            if moment is None:
                ahead = surrounded(graph, asked, walking.each_of_one(limit))
                return walking.neighbours(ahead, ("Identifier", lookup.named(ahead, key)), depth, limit)
            lookup.named(graph, key)
            past = self._past(graph, [asked], moment).graph
            start = str(lookup.known_then(past, asked, graph, moment)["key"])
            return walking.neighbours(past, ("Identifier", start), depth, limit)

        return self.graph.reading(read)

    def customer_graph(self, customer_id: str, limit: int, moment: Moment | None = None) -> Row:
        """A customer, its members, and what they are linked with and were seen with, beside `customer` and `kind`.

        Those say where the id leads today. Of the past it is the customer of today's anchor, as `neighbours`. Raises
        `NotFoundError` for an id that never was, or of which nothing was known then.
        """
        home = self.graph.customer_by_id(customer_id)
        if home is None:
            raise NotFoundError("no customer ever had this id (a key is looked up under /profiles)")
        anchor, start = str(home["key"]), ("Customer", str(home["customer"]))

        def read(graph: Snapshot) -> Row:
            if moment is None:
                return walking.neighbours(graph, start, 2, limit)
            past = self._past(graph, [anchor], moment).graph
            then = lookup.known_then(past, anchor, graph, moment)
            return walking.neighbours(past, ("Customer", str(then["customer"])), 2, limit)

        return home | self.graph.reading(read)

    def path(self, a: str, b: str, longest: int) -> Row:
        """A shortest way in the graph between two identifiers. Raises `NotFoundError`."""
        start, end = lookup.named(self.graph, a), lookup.named(self.graph, b)
        return self.graph.reading(lambda graph: walking.path(graph, start, end, longest))

    def query(self, text: str, parameters: Mapping[str, Any], limit: int, seconds: float) -> Row:
        """`{columns, rows, truncated}` of somebody's own Cypher, if it does nothing but read.

        Raises `QueryRefusedError`, `QueryStoppedError`, `UsageError`, `BusyError`, `NotHereError`.
        """
        # What the graph cannot hold, such as a number of more than 64 bits, is asked for as what is stored of it.
        try:
            asked = storable(parameters, canonical(parameters))
        except Unusable as unusable:
            raise UsageError(f"parameters: {unusable.reason}") from None
        return self.graph.free.run(text, asked, limit, seconds)

    def decide(self, verdict: Verdict, a: str, b: str, because: str, author: str) -> deciding.Made:
        """Keeps a steward's word that two keys, or the customers of two ids, are the same or different ones.

        A customer's id stands for its anchor. Keys that nobody has seen are welcome: the decision sleeps until both
        are seen. Raises `UsageError` where both are one key, `NotFoundError` for an id that was never issued.
        """
        one, other = sorted(lookup.anchor(self.graph, key, self.policy) for key in (a, b))
        if one == other:
            raise UsageError("both are one and the same key, about which there is nothing to decide (give two)")
        wanted = Decision("", verdict, one, other, author=clean_text(author), because=clean_text(because))
        return deciding.make(self.graph, wanted, self._in_force.policy_of, self.customer_id)

    def undo(self, decision: str, because: str, author: str) -> deciding.Made:
        """Takes a decision back, or an undo; what it had changed is as if it had never been made."""
        wanted = Decision("", "undo", of=clean_text(decision), author=clean_text(author), because=clean_text(because))
        return deciding.make(self.graph, wanted, self._in_force.policy_of, self.customer_id)

    def decisions(self, limit: int = 1000, after: Place | None = None) -> list[Row]:
        """Decisions after the time and the id of one, the latest first.

        Each with its state: in force, contradicted, sleeping or undone.
        """
        terms = self._in_force.now(self.graph.ask)
        meant = lookup.meant(self.graph, terms.policy, terms.decided)
        return deciding.listed(terms.decided, meant.states(self.graph.known_among(meant.keys)), limit, after)

    def review(self, limit: int) -> list[Row]:
        """What deserves a steward's look, the gravest first: `what`, `question`, `a`, `b` to decide about, `sides`."""

        def read(graph: Snapshot) -> list[Row]:
            reading = self._reading(graph)
            return Review(graph, reading.policy, reading.decided).items(limit)

        return self.graph.reading(read)

    def customers(self, limit: int, largest: bool = False, after: str = "") -> list[Row]:
        """Customers after an id in the order of ids, or the largest first; shared identifiers are not among them."""
        if largest:
            return self.graph.ask("read/largest_customers", limit=limit)
        return self.graph.ask("read/customers", after=after, limit=limit)

    def changes(self, after: int, limit: int) -> list[Row]:
        """The change feed after the number `after`."""
        return self.graph.ask("read/changes", after=after, limit=limit)

    def search(self, text: str, limit: int, place: Place = BEGIN) -> tuple[list[Row], Place | None]:
        """Matches of a part of an identifier's value or of a trait after a place, and where to go on."""
        return Search(self.graph, self.policy, text).page(place, limit)

    def rejected(self, limit: int, after: Place = ("", ""), *, which: Letters = Letters()) -> list[Row]:  # noqa: B008 - frozen
        """Dead letters after the time and the uid of one, the oldest first."""
        return letters_of(self.graph, limit, after, which)

    def retry_rejected(
        self, uids: Sequence[str], corrected: Mapping[str, str] | None = None, mapping: Path | None = None
    ) -> list[tuple[str, Reply]]:
        """Takes dead letters again under the policy of today, as they were corrected; what became of each.

        One that is usable now is a dead letter no more; one that is not stays, and its answer says why.
        """
        remedy = ingest.Remedy(corrected or {}, ingest.load_mapping(mapping) if mapping else None)
        return self.graph.write(partial(self._intake.retry, list(dict.fromkeys(uids)), remedy=remedy))

    def explorations(self) -> list[Row]:
        """The saved explorations: name, title, sentence, parameters with their defaults, columns."""
        return [exploration.facts() for exploration in explorations.shipped().values()]

    def explore(self, name: str, parameters: Mapping[str, int | str] | None = None) -> Row:
        """`{columns, rows, truncated}` of a saved exploration; what is not given has its default.

        Nodes are `{id, labels, properties}`, relationships `{id, type, start, end, properties}`, paths of both.
        Raises `NotFoundError` for an unknown name, `UsageError` for an unknown parameter or a wrong value.
        """
        return explorations.explore(self.graph, name, parameters or {})

    def status(self) -> Row:
        """The server, the policy, how many nodes of each kind there are, and the relink under way, if one is."""
        counts = {row["what"]: row["count"] for row in self.graph.ask("read/counts")}
        job = relinking.under_way(self.graph)
        relink = job.facts() if job else None
        return {"server": self.graph.server, "policy": self.policy.fingerprint, "counts": counts, "relink": relink}

    def sizes(self) -> list[Row]:
        """`{what, count}`: how many nodes of each kind there are, in a moment on a graph of any size."""
        return self.graph.ask("read/sizes")

    def members(self) -> Iterator[Row]:
        """`{key, customer_id}` of every identifier, in no order."""
        return ({"key": row["key"], "customer_id": row["customer"]} for row in self.graph.each("read/all_members"))

    def export(self, what: str, to: Path, moment: Moment | None = None) -> int:
        """Writes a table of the graph to a file; how many rows. The members also as they were at a moment."""
        files.check_ending(to)
        if moment is not None:
            return self._export_past(what, to, moment)
        if what not in exports.TABLES:
            raise UsageError(f"{what!r} cannot be exported (there are {', '.join(exports.TABLES)})")
        table = exports.TABLES[what](self.graph, self.policy)
        files.write_table(table, to)
        return len(table)

    def export_segment(
        self, name: str, to: Path, channel: str | None = None, platform: str | None = None, *, left: bool = False
    ) -> int:
        """Writes a segment to a file, as `Crowd.export` makes it; how many rows."""
        files.check_ending(to)
        table = self.crowd.export(name, channel, platform, left=left)
        files.write_table(table, to)
        return len(table)

    def _export_past(self, what: str, to: Path, moment: Moment) -> int:
        if what not in exports.OF_A_MOMENT:
            there = ", ".join(exports.OF_A_MOMENT)
            raise UsageError(f"{what!r} cannot be exported as of a moment ({there} can; else leave the time out)")
        terms = self._in_force.now(self.graph.ask)
        then = Everything(self.graph, moment, terms.policy, moment.decided(terms.decided), self.customer_id)
        table = exports.TABLES[what](then, terms.policy)
        files.write_table(table, to)
        return len(table)

    def plan_relink(
        self, policy: Policy | None = None, progress: relinking.Progress = relinking.quiet, *, rebuild: bool = False
    ) -> relinking.Plan:
        """What resolving everything anew, under another policy if one is given, would change.

        With `rebuild` the links are made anew from the observations first.
        """
        return self._looked(policy, progress, rebuild)[1]

    def relink(
        self, policy: Policy | None = None, progress: relinking.Progress = relinking.quiet, *, rebuild: bool = False
    ) -> relinking.Plan:
        """Resolves everything anew, under another policy if one is given, and writes what differs; what it changed."""
        looks, plan = self._looked(policy, progress, rebuild)
        relinking.carry_out(self.graph, looks, self.customer_id, progress)
        return plan

    def load_plan(self, path: Path) -> relinking.Plan:
        """A plan that was made before. Raises `InputError` for a file that is none."""
        return relinking.Plan.load(path)

    def apply(self, plan: relinking.Plan, progress: relinking.Progress = relinking.quiet) -> relinking.Plan:
        """Carries a plan out.

        Raises `EvidenceMovedError` where the store or the evidence is not the one that it was made from.
        """
        plan.check_store(self._store_id)
        looks, now = self._looked(plan.policy, progress, plan.rebuild)
        plan.check_evidence(now.evidence)
        relinking.carry_out(self.graph, looks, self.customer_id, progress)
        return now

    def has_unfinished_relink(self) -> bool:
        """Whether a relink was broken off, so that the next one (of the policy in force) has to finish it."""
        job = relinking.under_way(self.graph)
        return job is not None and job.abandoned

    def _looked(
        self, policy: Policy | None, progress: relinking.Progress, rebuild: bool
    ) -> tuple[list[relinking.Look], relinking.Plan]:
        current, job = self.policy, relinking.under_way(self.graph)
        wanted = checked(policy) if policy else current
        other = (wanted.blocked, wanted.rests) != (current.blocked, current.rests)
        rebuild = rebuild or other or bool(job and job.rebuild)
        found = relinking.look(self.graph, wanted, self.customer_id, progress, rebuild=rebuild)
        return [found], relinking.plan_of(found, current, self._store_id)

    @property
    def _store_id(self) -> str:
        """What tells this store from all others."""
        return self.graph.setting("store_id") or self.graph.first_setting("store_id", secrets.token_hex(16))

    def policy_of(self, fingerprint: str) -> Policy:
        """A policy that is or was in force. Raises `NotFoundError`."""
        for row in self.policies():
            if row["fingerprint"] == fingerprint:
                return Policy(row["text"], f"policy {fingerprint}")
        raise NotFoundError("no policy with this fingerprint was in force (graph-cdp policy show --history lists them)")

    def policies(self) -> list[Row]:
        """The policies that were in force, the latest last: `since`, `fingerprint`, `text`, and `in_force`."""
        rows = [{**row, "in_force": False} for row in self.graph.ask("read/policies")]
        current = self.policy
        if not rows or rows[-1]["text"] != current.text:
            rows.append({"since": None, "fingerprint": current.fingerprint, "text": current.text})
        rows[-1]["in_force"] = True
        return [{name: row[name] for name in ("since", "fingerprint", "in_force", "text")} for row in rows]

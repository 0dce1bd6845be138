"""The laws on both servers: whatever is sent in whatever order, the store holds what the definition says."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from graph_cdp.engine import Verdict
from graph_cdp.keeping import Kept, Made
from graph_cdp.model import DAY, UNDATED, Decision, Observation, micros, rfc3339
from graph_cdp.past import Moment
from graph_cdp.past.everything import Everything
from graph_cdp.policy import Policy
from graph_cdp.resolve.identity import hasher
from graph_cdp.store import exports
from tests import servers
from tests.laws import reference
from tests.laws.evidence import KEYS, POLICIES, observations, plain, rows_of, rules_of, said_of
from tests.store.conftest import SECRET, empty, engine_on

RULES = [*POLICIES, POLICIES[1].replace("limit = 2", "limit = 1").replace("record = 2", "record = 1")]
SMALL = settings(
    max_examples=15,
    stateful_step_count=12,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
pairs = st.lists(st.sampled_from(KEYS), min_size=2, max_size=2, unique=True)
customer_id = hasher(SECRET)


class Traffic(RuleBasedStateMachine):
    """Senders, batch jobs and restarts in any order, and after each step the laws."""

    server: servers.Server

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[Observation] = []
        self.decisions: list[Decision] = []
        self.feed: list[dict] = []

    def keep(self) -> None:
        self.engine = engine_on(self.server, self.policy)
        self.kept = Kept[str](self.engine.news, len)

    @initialize(policy=st.sampled_from(RULES))
    def begin(self, policy: str) -> None:
        empty(self.server)
        self.policy = policy
        self.keep()

    def teardown(self) -> None:
        if not hasattr(self, "engine"):
            return
        try:
            self.every_id_ever_issued_leads_to_a_customer()
            for keys in self.customers().values():
                self.explain(sorted(keys))
        finally:
            self.engine.close()

    @rule(batch=observations(most=4))
    def ingest(self, batch: list[Observation]) -> None:
        told = len(self.sent)
        fresh = [
            replace(seen, uid=f"u{told + number}", received_at=(told + number) * DAY)
            for number, seen in enumerate(batch)
        ]
        replies = self.engine.absorb(fresh)
        self.sent += fresh
        assert not {reply.outcome for reply in replies} & {"duplicate", "rejected"}
        assert {reply.customer_id for reply in replies} - {None} <= set(self.members().values())

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def duplicate(self, data: st.DataObject) -> None:
        again = data.draw(st.lists(st.sampled_from(self.sent), min_size=1, max_size=4))
        assert {reply.outcome for reply in self.engine.absorb(again)} == {"duplicate"}
        assert self.engine.changes(len(self.feed), 10) == []

    @rule(verdict=st.sampled_from(["same", "different"]), pair=pairs)
    def decide(self, verdict: Verdict, pair: list[str]) -> None:
        self.decisions.append(self.engine.decide(verdict, *pair, "they say so", "ann").decision)

    @precondition(lambda self: self.standing())
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        of = data.draw(st.sampled_from(self.standing()))
        self.decisions.append(self.engine.undo(of, "they did not", "ben").decision)

    def standing(self) -> list[str]:
        return [one[0] for one in reference.alive(plain(self.decisions))]

    @rule()
    def relink(self) -> None:
        before = self.engine.status()
        moved = self.engine.relink().summary["identifiers_moved"]
        assert (moved, self.engine.status()) == (0, before)

    @rule()
    def rebuild(self) -> None:
        before = self.engine.status()
        summary = self.engine.relink(rebuild=True).summary
        assert summary["identifiers_moved"] == sum(summary["rebuilt"].values()) == 0
        assert self.engine.status() == before

    @rule(policy=st.sampled_from(RULES))
    def relink_under_another_policy(self, policy: str) -> None:
        self.engine.relink(Policy(policy))
        self.policy = policy
        self.relink()

    @rule()
    def reopen(self) -> None:
        self.engine.close()
        self.keep()

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def ask_why(self, data: st.DataObject) -> None:
        if customers := self.customers():
            self.explain(sorted(customers[data.draw(st.sampled_from(sorted(customers)))]))

    @precondition(lambda self: self.sent)
    @rule(day=st.integers(0, 12), told=st.booleans(), data=st.data())
    def ask_the_past(self, day: int, told: bool, data: st.DataObject) -> None:
        by = data.draw(st.sampled_from([day * DAY, micros(datetime.now(UTC))]))
        known = [seen for seen in self.sent if happened(seen, told=told) <= by]
        decided = [one for one in self.decisions if one.at <= by]
        said = said_of(known, self.policy)
        then = reference.resolve(rows_of(known), rules_of(self.policy), said, plain(decided))
        moment = Moment(told=rfc3339(by)) if told else Moment(happened=rfc3339(by))
        policy, decisions = self.engine.policy, moment.decided(self.engine.decided)
        everything = Everything(self.engine.graph, moment, policy, decisions, self.engine.customer_id)
        table = exports.members(everything, policy)
        assert dict(table.iter_rows()) == {key: customer_id(anchor) for key, anchor in then.items()}
        # A value alone leads to its latest epoch, which has a name of its own here.
        asked = [key for key in sorted(then) if not any(other.startswith(f"{key}@") for other in then)]
        for key in data.draw(st.lists(st.sampled_from(asked), max_size=2)) if asked else []:
            profile = self.engine.profile(key, moment)
            assert profile["customer_id"] == customer_id(then[key])
            own = {row["key"] for row in profile["identifiers"] if then[row["key"]] == then[key]}
            assert own == {other for other in then if then[other] == then[key] and not other.startswith("order:")}

    @invariant()
    def the_members_are_those_of_the_definition(self) -> None:
        said = said_of(self.sent, self.policy)
        expected = reference.resolve(rows_of(self.sent), rules_of(self.policy), said, plain(self.decisions))
        assert self.members() == {key: customer_id(anchor) for key, anchor in expected.items()}

    @invariant()
    def the_feed_has_no_gap_and_replays_to_the_members(self) -> None:
        self.feed += self.engine.changes(len(self.feed), 1000)
        assert [change["seq"] for change in self.feed] == list(range(1, len(self.feed) + 1))
        replayed: dict[str, str] = {}
        for change in self.feed:
            replayed |= dict.fromkeys(change["keys"], change["customer_id"])
        assert {key: home for key, home in replayed.items() if home} == self.members()

    @invariant()
    def what_is_kept_is_what_would_be_said_now(self) -> None:
        members = self.members()
        a, b = (min((key for key in KEYS if key in members), default=None, key=order) for order in (str, reversed_text))
        if a is None or b is None:
            return
        for name, make in (
            (f"profile {a}", lambda: lasting(self.engine.lasting_profile(a, None))),
            (f"why {a} {b}", lambda: Made(said(self.engine.why(a, b)))),
            (f"neighbours {b}", lambda: Made(said(self.engine.neighbours(b, 2, 50)))),
        ):
            assert self.kept.ask(name, make) == make().value

    @invariant()
    def no_customer_breaks_a_rule(self) -> None:
        rules = reference.Rules(rules_of(self.policy))
        rows, *_ = reference.in_epochs(rows_of(self.sent), rules_of(self.policy), [], [])
        facts = reference.Facts(rules, reference.first_seen(rows), [], [])
        # What a decision joins may break every rule, and links of a strong tier may join who contradict one another.
        for keys in self.customers().values() if not self.decisions else ():
            assert list(facts.forbidden_sets(keys, tier=0)) == []

    @invariant()
    def the_links_say_which_are_refused(self) -> None:
        rules, members = reference.Rules(rules_of(self.policy)), self.members()
        rows, *_ = reference.in_epochs(rows_of(self.sent), rules_of(self.policy), [], [])
        shared = reference.shared_keys(rows, rules)
        expected = {}
        for a, b, kind, _ in rows:
            if b is not None and a in members and b in members:
                state = "refused" if members[a] != members[b] else "joined"
                weak = rules.tier(kind) > rules.min_tier
                expected[a, b, kind] = "shared" if {a, b} & shared else "weak" if weak else state
        links = [row for row in exports.links(self.engine.graph, self.engine.policy).to_dicts() if row["b"]]
        told = sorted((row["a"], row["b"], row["kind"], row["state"]) for row in links)
        assert told == sorted(
            (*map(reference.plain_value, (a, b)), kind, state) for (a, b, kind), state in expected.items()
        )
        assert all(bool(row["rule"]) == (row["state"] == "refused") for row in links)

    def every_id_ever_issued_leads_to_a_customer(self) -> None:
        members = self.members()
        own = {customer_id(key): home for key, home in members.items()}
        for issued in {change["customer_id"] for change in self.feed} - {None}:
            found = self.engine.graph.customer_by_id(issued)
            # An identifier that is blocked by now leads to one that it was with, if it was with any.
            assert issued in own or found is None or found["customer"] in members.values()
            assert issued not in own or (found is not None and found["customer"] == own[issued])

    def explain(self, keys: list[str]) -> None:
        """A customer's members are all joined by paths of links that may join."""
        rules = reference.Rules(rules_of(self.policy))
        for key in keys[1:]:
            path = self.engine.why(self.at_its_time(keys[0]), self.at_its_time(key))["path"]
            assert path
            assert all(link["kind"] == "decision" or rules.tier(link["kind"]) <= rules.min_tier for link in path)
            assert ends_of(path) == {keys[0], key}

    def at_its_time(self, key: str) -> str:
        """The key, of an earlier epoch of a recycled value with the time that leads to it."""
        found, [row] = self.engine.graph.customer_of(key), self.engine.graph.ask("read/identifiers", keys=[key])
        return key if found and found["key"] == key else f"{key}@{row['first_seen']}"

    def members(self) -> dict[str, str]:
        return {row["key"]: row["customer_id"] for row in self.engine.members()}

    def customers(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for key, home in self.members().items():
            found[home].add(key)
        return found


def happened(seen: Observation, *, told: bool) -> int:
    return seen.received_at if told or seen.occurred_at == UNDATED else seen.occurred_at


def reversed_text(key: str) -> str:
    return key[::-1]


def said(answer: dict) -> str:
    return json.dumps(answer, ensure_ascii=False)


def lasting(made: Made[dict]) -> Made[str]:
    return made.turned(said(made.value))


def ends_of(path: list[dict]) -> set[str]:
    """The two keys that a path leads between: those on it once."""
    seen = [key for link in path for key in (link["a"], link["b"])]
    return {key for key in seen if seen.count(key) == 1}


def test_whatever_happens_the_store_holds_what_the_definition_says(cleared: servers.Server) -> None:
    class Here(Traffic):
        server = cleared

    run_state_machine_as_test(Here, settings=SMALL)

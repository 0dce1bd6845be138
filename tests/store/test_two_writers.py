"""Writers at once on one Neo4j, joining the same customers: nothing is lost, and it is the lock that sees to it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import permutations
from threading import Barrier, BrokenBarrierError

import pytest
from hypothesis import HealthCheck, given, settings

from graph_cdp.engine import Engine
from graph_cdp.model import Decision, Observation
from graph_cdp.policy import Policy
from graph_cdp.resolve.identity import hasher
from graph_cdp.store.reads import Reads
from graph_cdp.store.statements import statement
from graph_cdp.store.transaction import Transaction
from tests import servers
from tests.laws import reference
from tests.laws.evidence import POLICIES, decisions, observations, plain, rows_of, rules_of, said_of
from tests.store.conftest import SECRET, empty, engine_on

ROUNDS = 20
SIZES = list(permutations((1, 2, 3)))
customer_id = hasher(SECRET)


@pytest.fixture
def neo4j(store: servers.Server) -> servers.Server:
    if store.name != "neo4j":
        pytest.skip("the embedded server has one writer at a time")
    return store


@pytest.fixture
def writers(neo4j: servers.Server) -> Iterator[list[Engine]]:
    """Two engines without rules on one server, each with a driver of its own."""
    with open_engines(neo4j, 2, "") as engines:
        yield engines


def test_two_writers_that_join_the_same_customers_lose_nothing(writers: list[Engine]) -> None:
    assert [number for number in range(ROUNDS) if not comes_out_right(number, writers)] == []


def test_the_feed_of_two_writers_has_no_gap_and_replays_to_the_members(writers: list[Engine]) -> None:
    for number in range(3):
        comes_out_right(number, writers)
    feed = writers[0].changes(0, 1000)
    replayed: dict[str, str] = {}
    for change in feed:
        replayed |= dict.fromkeys(change["keys"], change["customer_id"])
    assert [change["seq"] for change in feed] == list(range(1, len(feed) + 1))
    assert replayed == dict(memberships(writers[0]))


def test_without_the_lock_members_are_lost(writers: list[Engine], monkeypatch: pytest.MonkeyPatch) -> None:
    meeting = Barrier(2)

    def decide_without_lock(transaction, decision):
        decided = decision(Reads(transaction._transaction))[1]
        # What is tried again after a conflict has nobody to wait for.
        with contextlib.suppress(BrokenBarrierError):
            meeting.wait(timeout=2)
        return decided

    wrong = []
    for number in range(len(SIZES)):
        meet(number, writers[0])
        meeting.reset()
        with monkeypatch.context() as patched:
            patched.setattr(Transaction, "decide", decide_without_lock)
            join_at_once(number, writers)
        if not is_one_customer(number, writers[0]):
            wrong.append(number)
    assert wrong


def test_two_keys_said_to_be_one_customer_are_one_even_if_they_come_at_once(
    writers: list[Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting, decide = Barrier(2), Transaction.decide

    def decide_at_once(transaction, decision):
        decided = decide(transaction, decision)
        with contextlib.suppress(BrokenBarrierError):
            meeting.wait(timeout=2)
        return decided

    writers[0].decide("same", "cookie:1", "cookie:2", "they say so", "ann")
    with monkeypatch.context() as patched:
        patched.setattr(Transaction, "decide", decide_at_once)
        at_once(
            [absorbing(writer, [seen(key, key)]) for writer, key in zip(writers, ("cookie:1", "cookie:2"), strict=True)]
        )
    assert len({home for _, home in memberships(writers[0])}) == 1


def test_who_waits_for_a_customer_puts_nothing_back(neo4j: servers.Server) -> None:
    empty(neo4j)
    with open_engines(neo4j, 1, "") as (engine,):
        engine.absorb([seen("one", "user_id:1")])
        [(_, customer)] = memberships(engine)
    with servers.driver_of(neo4j) as driver, ThreadPoolExecutor(1) as pool:
        with driver.session(database="neo4j") as session, session.begin_transaction() as first:
            first.run("MATCH (c:Customer) SET c.size = 7, c.held = ['x']").consume()
            waits = pool.submit(driver.execute_query, statement("write/lock_customers"), ids=[customer])
            with pytest.raises(TimeoutError):
                waits.result(timeout=1)
            first.commit()
        waits.result(timeout=20)
        rows = driver.execute_query("MATCH (c:Customer) RETURN c.size, c.held").records
    assert [row.values() for row in rows] == [[7, ["x"]]]


def test_four_writers_at_once_come_to_what_one_would(neo4j: servers.Server) -> None:
    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
    @given(observations(most=40))
    def come_together(made: list[Observation]) -> None:
        empty(neo4j)
        with open_engines(neo4j, 4, POLICIES[1]) as engines:
            at_once([absorbing(engine, made[at::4]) for at, engine in enumerate(engines)])
            found = memberships(engines[0])
        assert found == anchored(made, POLICIES[1])

    come_together()


def test_a_steward_who_decides_while_others_write_is_heard_by_all(neo4j: servers.Server) -> None:
    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
    @given(observations(most=30), decisions(most=4))
    def come_together(made: list[Observation], wanted: list[Decision]) -> None:
        empty(neo4j)
        decided: list[Decision] = []
        words = [one for one in wanted if one.verdict != "undo"]
        with open_engines(neo4j, 3, POLICIES[1]) as engines:
            works = [absorbing(engine, made[at::2]) for at, engine in enumerate(engines[:2])]
            at_once([*works, deciding(engines[2], words, decided)])
            found = memberships(engines[0])
        assert found == anchored(made, POLICIES[1], decided)

    come_together()


@pytest.mark.parametrize("policy", [policy for policy in POLICIES[2:] if "[blocked]" not in policy])
def test_a_relink_under_a_new_policy_while_others_write_holds_for_all(neo4j: servers.Server, policy: str) -> None:
    @settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
    @given(observations(most=40))
    def come_together(made: list[Observation]) -> None:
        empty(neo4j)
        with open_engines(neo4j, 3, "") as engines:
            absorbing(engines[0], made[::3])()
            works = [absorbing(engine, made[at::3]) for at, engine in enumerate(engines[:2], start=1)]
            at_once([*works, lambda: engines[2].relink(Policy(policy))])
            found = memberships(engines[0])
            assert engines[2].plan_relink().summary["identifiers_moved"] == 0
        assert found == anchored(made, policy)

    come_together()


def test_a_policy_put_in_force_while_a_writer_decides_holds_for_what_it_writes(
    neo4j: servers.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty(neo4j)
    with open_engines(neo4j, 2, "") as (writer, job):
        writer.absorb([seen("one", "user_id:1", "cookie:1"), seen("two", "user_id:2", "cookie:2")])
        read_policy = Transaction.known_events

        def relinked_meanwhile(transaction, observations):
            monkeypatch.undo()
            job.relink(Policy("[namespaces.user_id]\nunique = true\n"))
            return read_policy(transaction, observations)

        monkeypatch.setattr(Transaction, "known_events", relinked_meanwhile)
        writer.absorb([seen("both", "user_id:1", "user_id:2")])
        assert len({home for _, home in memberships(writer)}) == 2
        assert job.plan_relink().summary["identifiers_moved"] == 0


def test_a_blocked_key_that_comes_while_it_is_unblocked_is_looked_at(
    neo4j: servers.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty(neo4j)
    told = [seen("one", "cookie:1", "user_id:1"), seen("three", "user_id:1")]
    with open_engines(neo4j, 2, '[blocked]\nemail = ["b@b.test"]\n') as (writer, job):
        writer.absorb(told)
        read_events = Transaction.known_events

        def relinked_meanwhile(transaction, observations):
            monkeypatch.undo()
            job.relink(Policy("[namespaces.user_id]\ntrust = 1\n"))
            return read_events(transaction, observations)

        monkeypatch.setattr(Transaction, "known_events", relinked_meanwhile)
        writer.absorb([seen("last", "user_id:1", "email:b@b.test")])
        held = memberships(writer)
        assert ("email:b@b.test", customer_id("cookie:1")) in held
        assert job.relink(rebuild=True).summary["identifiers_moved"] == 0


def test_what_says_nothing_new_is_taken_again_where_another_policy_came_in_force_meanwhile(
    neo4j: servers.Server,
) -> None:
    empty(neo4j)
    under: list[str] = []
    with open_engines(neo4j, 2, "") as (writer, job):
        writer.absorb([seen("one", "user_id:1")])

        def touching(transaction: Transaction) -> None:
            policy = transaction.run("read/in_force")[0]["policy"]
            under.append(policy)
            if len(under) == 1:
                job.relink(Policy("[namespaces.user_id]\nunique = true\n"))
            transaction.meet(["somebody"])
            transaction.touch(Policy(policy))

        writer.graph.write(touching)
    assert [text.count("unique") for text in under] == [0, 1]


@contextlib.contextmanager
def open_engines(server: servers.Server, count: int, policy: str) -> Iterator[list[Engine]]:
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(engine_on(server, policy)) for _ in range(count)]


def comes_out_right(number: int, writers: list[Engine]) -> bool:
    meet(number, writers[0])
    join_at_once(number, writers)
    return is_one_customer(number, writers[0])


def keys_of(number: int) -> list[list[str]]:
    """The members of three customers, of different sizes in each round: the smaller side of a join moves."""
    sizes = SIZES[number % len(SIZES)]
    return [[f"cookie:{number}-{name}{i}" for i in range(size)] for name, size in zip("abc", sizes, strict=True)]


def meet(number: int, engine: Engine) -> None:
    for keys in keys_of(number):
        engine.absorb([seen(f"{keys[0]} alone", *keys)])


def join_at_once(number: int, writers: list[Engine]) -> None:
    """One writer joins the first customer to the second, the other the second to the third."""
    a, b, c = (keys[0] for keys in keys_of(number))
    joins = [seen(f"{a} {b}", a, b), seen(f"{b} {c}", b, c)]
    at_once([absorbing(engine, [join]) for engine, join in zip(writers, joins, strict=True)])


def is_one_customer(number: int, engine: Engine) -> bool:
    keys = sorted(key for part in keys_of(number) for key in part)
    found = [(key, home) for key, home in memberships(engine) if key.startswith(f"cookie:{number}-")]
    return found == [(key, customer_id(keys[0])) for key in keys]


def seen(uid: str, *keys: str) -> Observation:
    return Observation(uid, "web", uid, "login", "seen", tuple(sorted(keys)), 0, 0)


def absorbing(engine: Engine, made: list[Observation]) -> Callable[[], None]:
    def absorb() -> None:
        for one in made:
            engine.absorb([one])

    return absorb


def deciding(engine: Engine, words: list[Decision], decided: list[Decision]) -> Callable[[], None]:
    def decide() -> None:
        for one in words:
            assert one.verdict != "undo"
            decided.append(engine.decide(one.verdict, one.a, one.b, "they say so", "ann").decision)

    return decide


def anchored(made: list[Observation], policy: str, decided: Sequence[Decision] = ()) -> list[tuple[str, str]]:
    """The memberships that the definition gives."""
    anchors = reference.resolve(rows_of(made), rules_of(policy), said_of(made, policy), plain(decided))
    return sorted((key, customer_id(anchor)) for key, anchor in anchors.items())


def at_once(works: list[Callable[[], None]]) -> None:
    """Does all works at one time; raises what any of them raised."""
    start = Barrier(len(works))

    def begin(work: Callable[[], None]) -> None:
        start.wait()
        work()

    with ThreadPoolExecutor(len(works)) as pool:
        list(pool.map(begin, works))


def memberships(engine: Engine) -> list[tuple[str, str]]:
    """A pair for each membership, so that a key with none or two of them shows."""
    return sorted((row["key"], row["customer_id"]) for row in engine.members())

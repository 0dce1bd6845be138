"""Single stories on both servers: each outcome, shared identifiers, ids that live on, and files in any order."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path
from random import Random

import polars as pl
import pytest

from graph_cdp import files, samples
from graph_cdp.engine import Engine
from graph_cdp.model import DAY, UNDATED, Observation, Rejection
from graph_cdp.offline import policy_from
from graph_cdp.policy import Policy
from graph_cdp.resolve.identity import hasher
from graph_cdp.state import Reply
from tests import servers
from tests.laws.samples import items_of, resolved
from tests.store.conftest import SECRET, Open, empty, engine_on

ANN, PHONE, COOKIE = "email:ann@x.pl", "phone:+48601234567", "cookie:c1"
customer_id = hasher(SECRET)


def seen(*keys: str, day: int = 0, kind: str = "login", uid: str = "") -> Observation:
    name = uid or f"{day} {keys}"
    return Observation(name, "web", name, kind, "seen", tuple(sorted(keys)), day * DAY, 0)


def send(engine: Engine, *items: Observation | Rejection) -> Reply:
    """The reply to the last of some items, each sent alone."""
    return [engine.absorb([item])[0] for item in items][-1]


def members(engine: Engine) -> dict[str, str]:
    return {row["key"]: row["customer_id"] for row in engine.members()}


def replayed(engine: Engine) -> dict[str, str]:
    found: dict[str, str] = {}
    for change in engine.changes(0, 1000):
        found |= dict.fromkeys(change["keys"], change["customer_id"])
    return found


def test_someone_new_is_created(engine: Engine) -> None:
    assert send(engine, seen(ANN, COOKIE)).outcome == "created"


def test_a_new_identifier_of_a_known_customer_is_joined(engine: Engine) -> None:
    assert send(engine, seen(ANN), seen(ANN, COOKIE, day=1)).outcome == "joined"


def test_nothing_new_about_who_it_is_is_known(engine: Engine) -> None:
    assert send(engine, seen(ANN, COOKIE), seen(ANN, COOKIE, day=1)).outcome == "known"


def test_customers_that_become_one_are_merged(engine: Engine) -> None:
    assert send(engine, seen(ANN), seen(COOKIE, day=1), seen(ANN, COOKIE, day=2)).outcome == "merged"


def test_a_link_that_a_rule_keeps_out_is_refused(engine: Engine) -> None:
    reply = send(engine, seen("user_id:1", COOKIE), seen("user_id:2", COOKIE, day=1))
    refused = {"link": [COOKIE, "user_id:2"], "rule": "unique user_id"}
    assert (reply.outcome, reply.refused) == ("refused", (refused,))


def test_the_same_message_again_is_a_duplicate(engine: Engine) -> None:
    assert send(engine, seen(ANN, COOKIE), seen(ANN, COOKIE)).outcome == "duplicate"


def test_the_same_message_twice_in_one_batch_is_a_duplicate_once(engine: Engine) -> None:
    replies = engine.absorb([seen(ANN, COOKIE), seen(ANN, COOKIE)])
    assert [reply.outcome for reply in replies] == ["created", "duplicate"]


def test_what_cannot_be_used_is_rejected_with_the_reason(engine: Engine) -> None:
    reply = send(engine, Rejection("web", "web.ndjson:3", "is not JSON", "{"))
    assert (reply.outcome, reply.reason) == ("rejected", "is not JSON")


def test_a_dead_letter_is_kept_once(engine: Engine) -> None:
    send(engine, *(Rejection("web", "web.ndjson:3", "is not JSON", "{", at) for at in (1, 2)))
    assert [letter["place"] for letter in engine.rejected(10)] == ["web.ndjson:3"]


def test_a_broken_line_does_not_keep_the_rest_of_its_batch_out(engine: Engine) -> None:
    engine.absorb([seen(ANN), Rejection("web", "f:2", "broken", "{"), seen(COOKIE)])
    assert set(members(engine)) == {ANN, COOKIE}


def test_a_message_of_blocked_values_alone_is_stored_and_answered(engine: Engine) -> None:
    reply = send(engine, seen("email:test@test.com", "user_id:null"))
    assert (reply.outcome, reply.customer_id) == ("known", None)
    assert reply.reason == "every identifier in it is blocked by the policy"
    assert engine.status()["counts"]["observations"] == 1
    assert members(engine) == {}


def test_a_blocked_value_joins_nobody(engine: Engine) -> None:
    send(engine, seen(ANN, "user_id:null"), seen(COOKIE, "user_id:null", day=1))
    assert len(set(members(engine).values())) == 2


def test_an_earlier_sighting_gives_a_customer_another_id_and_the_old_one_leads_to_it(engine: Engine) -> None:
    send(engine, seen(ANN, COOKIE, day=5), seen(ANN, day=1))
    assert [change["change"] for change in engine.changes(0, 10)] == ["created", "re-keyed"]
    assert engine.profile(customer_id(COOKIE))["customer_id"] == customer_id(ANN)


def test_the_id_of_a_customer_that_was_merged_away_leads_to_the_other(engine: Engine) -> None:
    send(engine, seen(ANN), seen(COOKIE, day=1), seen(ANN, COOKIE, day=2))
    assert engine.profile(customer_id(COOKIE))["customer_id"] == customer_id(ANN)


def test_undated_evidence_gives_no_id_where_there_is_a_date(engine: Engine) -> None:
    undated = Observation("u", "web", "u", "login", "seen", (COOKIE, ANN), UNDATED, 0)
    assert send(engine, undated, seen(ANN, day=9)).customer_id == customer_id(ANN)


def test_a_shared_identifier_is_a_customer_of_kind_shared(engine: Engine) -> None:
    send(engine, seen("user_id:1", PHONE), seen("user_id:2", PHONE, day=1))
    assert engine.profile(PHONE)["kind"] == "shared"


def test_sharing_takes_an_identifier_out_of_its_customer(engine: Engine) -> None:
    send(engine, seen("user_id:1", PHONE, COOKIE), seen("user_id:2", PHONE, day=1))
    assert "split" in [change["change"] for change in engine.changes(0, 10)]
    assert members(engine)[COOKIE] == members(engine)["user_id:1"] != members(engine)[PHONE]


def test_the_feed_of_a_split_replays_to_the_members(engine: Engine) -> None:
    send(engine, seen("user_id:1", PHONE, COOKIE), seen("user_id:2", PHONE, day=1))
    assert replayed(engine) == members(engine)


def test_shared_identifiers_are_not_among_the_customers(engine: Engine) -> None:
    send(engine, seen("user_id:1", PHONE), seen("user_id:2", PHONE, day=1))
    assert {row["anchor"] for row in engine.customers(10)} == {"user_id:1", "user_id:2"}


def test_a_second_engine_sees_what_the_first_has_answered(open_engine: Open) -> None:
    first, second = open_engine(), open_engine()
    send(first, seen(ANN, COOKIE))
    assert send(second, seen(ANN, COOKIE)).outcome == "duplicate"


def test_a_second_engine_works_under_the_policy_of_the_first(open_engine: Open) -> None:
    first, second = open_engine(""), open_engine("[namespaces.user_id]\nunique = true\n")
    assert second.policy == first.policy == Policy("")


def test_an_engine_works_under_the_policy_that_another_has_relinked_with(open_engine: Open) -> None:
    first, second = open_engine(""), open_engine("")
    send(first, seen("user_id:1", COOKIE))
    first.relink(Policy("[namespaces.user_id]\nunique = true\n"))
    assert send(second, seen("user_id:2", COOKIE, day=1)).outcome == "refused"


@pytest.mark.parametrize("table", ["b2c", "b2b"])
def test_the_three_customers_of_a_real_table_stay_three(table: str, store: servers.Server, tmp_path: Path) -> None:
    samples.write(tmp_path, people=50)
    found = []
    for order in permutations(range(3)):
        empty(store)
        with engine_on(store) as engine:
            rows = list(engine.read(tmp_path / f"{table}.csv", tmp_path / f"{table}.toml"))
            assert len(rows) == 3
            send(engine, *(rows[at] for at in order))
            found.append((len(engine.customers(10)), engine.profile("phone:+74952312002")["kind"], members(engine)))
    assert [(count, kind) for count, kind, _ in found] == [(3, "shared")] * 6
    assert all(made == found[0][2] for *_, made in found)


@pytest.mark.parametrize(("seed", "batch"), [(1, 7), (2, 200)])
def test_a_load_in_any_order_and_batching_exports_what_the_pure_function_makes(
    seed: int, batch: int, store: servers.Server, tmp_path: Path
) -> None:
    samples.write(tmp_path, people=50, seed=3)
    policy = policy_from(tmp_path / "policy.toml")
    with engine_on(store, policy.text) as engine:
        items = items_of(tmp_path, policy)
        Random(seed).shuffle(items)
        for _ in engine.ingest(items, batch):
            pass
        engine.export("members", tmp_path / "members.csv")
    pure = resolved(items, policy)
    files.write_table(pl.DataFrame({"key": pure.keys, "customer_id": pure.ids(customer_id)}), tmp_path / "pure.csv")
    assert (tmp_path / "members.csv").read_bytes() == (tmp_path / "pure.csv").read_bytes()

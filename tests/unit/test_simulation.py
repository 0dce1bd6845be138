"""The simulation that policies are measured by, and the rules of other products in it."""

from __future__ import annotations

from dataclasses import astuple

from benchmarks import component
from benchmarks.simulation.contenders import Customers, Seen, segment, snowplow
from benchmarks.simulation.population import Shares
from benchmarks.simulation.score import score
from benchmarks.simulation.visits import Observation, simulate


def seen(*observations: tuple[str, ...]) -> Seen:
    return Seen.of([Observation(keys, "login", number) for number, keys in enumerate(observations)])


def together(customers: Customers, *keys: str) -> bool:
    return len({customers.get(key, key) for key in keys}) == 1


def test_the_same_seed_gives_the_same_world() -> None:
    assert simulate(60, 1, Shares()) == simulate(60, 1, Shares())


def test_who_tells_everybody_apart_makes_no_mistake() -> None:
    world = simulate(60, 1, Shares())
    assert astuple(score(world, world.owned, world.owned)) == (0, 0, 0, 0, 0)


def test_one_customer_for_everybody_swallows_all_people_but_one() -> None:
    world = simulate(60, 1, Shares())
    everybody = dict.fromkeys(world.owned, "one")
    people = len(set(world.owned.values()))
    assert score(world, everybody, everybody).swallowed == (people - 1) / people


def test_segment_demotes_the_weaker_identifier_of_an_event_that_would_make_two_users_one() -> None:
    found = segment(seen(("email:jane", "user_id:abc123"), ("email:jane", "user_id:abc456")), windows=False)
    assert together(found, "email:jane", "user_id:abc123")
    assert not together(found, "email:jane", "user_id:abc456")


def test_segment_joins_the_profiles_that_match_an_event() -> None:
    found = segment(seen(("anonymous_id:a",), ("user_id:1",), ("anonymous_id:a", "user_id:1")), windows=False)
    assert together(found, "anonymous_id:a", "user_id:1")


def test_snowplow_gives_a_second_user_of_a_device_an_id_of_his_own_and_the_device_to_nobody() -> None:
    found = snowplow(seen(("device:d", "user_id:alice"), ("device:d", "user_id:bob"), ("device:d",)))
    assert not together(found, "user_id:alice", "user_id:bob")
    assert not together(found, "device:d", "user_id:alice")
    assert not together(found, "device:d", "user_id:bob")


def test_snowplow_joins_what_was_anonymous_with_the_user_who_logs_in() -> None:
    found = snowplow(seen(("device:d",), ("email:a", "user_id:alice"), ("device:d", "user_id:alice")))
    assert together(found, "device:d", "user_id:alice", "email:a")


def test_the_cost_of_one_event_is_measured_for_each_shape_of_a_component() -> None:
    found = component.measure(60)
    assert {what.partition(", ")[2].partition(":")[0] for what in found} == {
        "a chain of accounts over cookies",
        "an account with many orders",
    }
    assert all(spent > 0 for spent in found.values())

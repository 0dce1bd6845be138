"""What one link changes in a large customer is told from what is near it, and no more than that is read."""

from __future__ import annotations

from collections.abc import Collection
from itertools import pairwise

import pytest

from graph_cdp.model import Observation
from graph_cdp.policy import Policy
from graph_cdp.state import Neighbourhood
from tests.laws.evidence import CROWDED
from tests.laws.ledger import Ledger

MANY = 250


class Counted(Ledger):
    """A graph that notes the largest part of it that was read at once."""

    def __init__(self, policy: Policy) -> None:
        super().__init__(policy)
        self.read = 0
        self.readings: list[str] = []

    def wholes(self, customers: Collection[str]) -> Neighbourhood:
        return self._noted(super().wholes(customers))

    def around(self, keys: Collection[str]) -> Neighbourhood:
        self.readings += keys
        return self._noted(super().around(keys))

    def _noted(self, part: Neighbourhood) -> Neighbourhood:
        self.read = max(self.read, len(part.nodes))
        return part


@pytest.fixture(scope="module")
def made() -> list[Observation]:
    """An account with many orders and a device, some of which other accounts lay claim to."""
    made = [seen("login", 1000 + n, f"order:web/{n}", "user_id:u") for n in range(MANY)]
    made += [seen("form", 5000 + n, f"order:web/{n}", f"user_id:v{n}") for n in range(20)]
    made += [seen("login", 6000, "device:d", "user_id:u"), seen("login", 6000, "device:bridge", "user_id:u")]
    return [*made, seen("login", 6001, "anonymous_id:behind", "device:bridge")]


@pytest.fixture
def graph(made: list[Observation]) -> Counted:
    graph = Counted(Policy(CROWDED))
    graph.ingest(made)
    graph.read = 0
    return graph


def seen(kind: str, at: int, *keys: str, **traits: str) -> Observation:
    name = f"{kind} {at} {keys}"
    return Observation(name, "web", name, kind, "seen", tuple(sorted(keys)), at, traits=traits)


def homes(graph: Ledger, *keys: str) -> list[str]:
    return [graph.member_of[key] for key in keys]


def told(graph: Counted, made: list[Observation], event: Observation) -> str:
    """What became of an event, whose answer has to be that of a graph that was told everything at once."""
    (reply,) = graph.ingest([event])
    at_once = Ledger(Policy(CROWDED))
    at_once.ingest([event, *made])
    assert graph.member_of == at_once.member_of
    assert graph.customers == at_once.customers
    return reply.outcome


def test_a_link_that_a_rule_refuses_reads_what_is_near_its_ends(graph: Counted, made: list[Observation]) -> None:
    assert told(graph, made, seen("login", 9000, "order:web/100", "user_id:v1")) == "refused"
    assert graph.read < 10


def test_a_new_cookie_between_two_customers_reads_what_is_near_it(graph: Counted, made: list[Observation]) -> None:
    assert told(graph, made, seen("login", 9000, "anonymous_id:new", "order:web/5", "user_id:v1")) == "refused"
    assert len(set(homes(graph, "anonymous_id:new", "user_id:v1"))) == 1
    assert graph.read < 10


def test_an_older_link_takes_an_order_away_and_leaves_the_rest_unread(graph: Counted, made: list[Observation]) -> None:
    told(graph, made, seen("login", 10, "order:web/5", "user_id:v5"))
    assert homes(graph, "order:web/5") == homes(graph, "user_id:v5")
    assert graph.read < 10


def test_a_device_that_becomes_shared_leaves_and_the_rest_stays_unread(graph: Counted, made: list[Observation]) -> None:
    told(graph, made, seen("login", 9000, "device:d", "user_id:v1"))
    assert graph.nodes["device:d"].shared
    assert graph.customers[graph.member_of["device:d"]].size == 1
    assert graph.read < 10


def test_a_device_that_becomes_shared_takes_apart_what_it_held_together(
    graph: Counted, made: list[Observation]
) -> None:
    event = seen("login", 9000, "device:bridge", "user_id:v1")
    told(graph, made, event)
    assert homes(graph, "anonymous_id:behind") != homes(graph, "user_id:u")
    assert graph.read < 10
    assert {change.cause for change in graph.written.changes} == {f"message web/{event.uid}"}


def test_what_a_device_held_in_goes_where_its_other_links_lead_once_it_is_shared(graph: Counted) -> None:
    graph.ingest([seen("form", 6500, "anonymous_id:behind", "order:web/900"), seen("login", 6600, "order:web/900")])
    graph.ingest([seen("login", 6400, "order:web/900", "user_id:w"), seen("form", 6500, "order:web/901")])
    graph.ingest([seen("login", 6501, "order:web/901", "anonymous_id:behind")])
    assert homes(graph, "anonymous_id:behind", "order:web/901") == homes(graph, "user_id:u", "user_id:u")
    graph.read = 0
    told(graph, [*graph.told], seen("login", 9000, "device:bridge", "user_id:v1"))
    assert len(set(homes(graph, "anonymous_id:behind", "order:web/901", "order:web/900", "user_id:w"))) == 1
    assert graph.read < 20


@pytest.mark.parametrize("length", [3, 6])
def test_a_chain_behind_a_device_falls_off_whole_however_long_it_is(graph: Counted, length: int) -> None:
    chain = ["anonymous_id:behind", *(f"order:web/900{number}" for number in range(length))]
    graph.ingest([seen("login", 7000, *pair) for pair in pairwise(chain)])
    graph.read = 0
    told(graph, [*graph.told], seen("login", 9000, "device:bridge", "user_id:v1"))
    assert len(set(homes(graph, *chain))) == 1
    assert homes(graph, chain[0]) != homes(graph, "user_id:u")
    assert (graph.read < 20) == (length == 3)


def test_an_account_behind_a_device_that_becomes_shared_has_all_read(graph: Counted) -> None:
    made = [seen("login", 7000 + n, f"anonymous_id:{n}", "device:way") for n in range(2)]
    made += [seen("form", 7002, "anonymous_id:0", "user_id:u"), seen("form", 7003, "anonymous_id:1", "order:web/77")]
    made += [seen("login", 6999, "anonymous_id:1", "order:web/400", birth_date="1990-01-01")]
    graph.ingest(made)
    told(graph, [*graph.told], seen("login", 9000, "device:way", "user_id:v1"))
    told(graph, [*graph.told], seen("login", 9001, "device:way", "user_id:v2"))


def test_more_than_a_dozen_cookies_behind_a_device_fall_off_each_by_itself(graph: Counted) -> None:
    cookies = [f"anonymous_id:{number}" for number in range(14)]
    graph.ingest([seen("login", 7000, cookie, "device:bridge") for cookie in cookies])
    told(graph, [*graph.told], seen("login", 9000, "device:bridge", "user_id:v1"))
    assert len(set(homes(graph, "user_id:u", *cookies))) == 15


def test_of_a_customer_that_was_joined_and_left_again_in_one_batch_no_node_stays_behind() -> None:
    text = '[[contradictions]]\ntrait = "name"\ntier = 2\n[kinds]\nlogin = { tier = 1 }\nform = { tier = 3 }\n'
    cookie, other, device = "anonymous_id:c1", "anonymous_id:c2", "device:d1"
    graph = Ledger(Policy(text))
    graph.ingest([seen("login", 0, cookie, name="ana"), seen("login", 0, device)])
    graph.ingest(
        [
            seen("form", 9, cookie, device),
            seen("login", 9, other, device, name="piotr"),
            seen("login", 0, cookie, name="eva"),
        ]
    )
    assert len(graph.customers) == 2
    assert homes(graph, other) == homes(graph, device)


def test_a_link_between_what_two_accounts_are_known_by_is_refused_by_walking_to_the_accounts(
    graph: Counted, made: list[Observation]
) -> None:
    far = [seen("login", 6100 + n, f"anonymous_id:{n}", f"anonymous_id:{n + 1}") for n in range(3)]
    far.append(seen("login", 6100, "anonymous_id:3", "user_id:v1"))
    graph.ingest(far)
    graph.read = 0
    assert told(graph, [*made, *far], seen("login", 9000, "anonymous_id:0", "order:web/100")) == "refused"
    assert graph.read < 20


def test_what_is_read_once_is_not_read_again(graph: Counted, made: list[Observation]) -> None:
    events = [seen("login", 9000 + n, f"anonymous_id:new{n}", "order:web/5", "user_id:v1") for n in range(2)]
    graph.ingest(events)
    at_once = Ledger(Policy(CROWDED))
    at_once.ingest([*made, *events])
    assert graph.member_of == at_once.member_of
    assert len(graph.readings) == len(set(graph.readings))


def test_two_accounts_that_are_linked_are_kept_apart_without_reading_a_link(
    graph: Counted, made: list[Observation]
) -> None:
    assert told(graph, made, seen("login", 9000, "user_id:u", "user_id:v1")) == "refused"
    assert graph.readings == []


def test_an_order_that_is_taken_away_takes_along_what_its_old_customer_had_refused(graph: Counted) -> None:
    more = [seen("login", 1, "user_id:u", birth_date="1991-01-01")]
    more += [seen("form", 9, "anonymous_id:x", "order:web/5"), seen("login", 9, "anonymous_id:x", birth_date="1990")]
    graph.ingest(more)
    told(graph, [*graph.told], seen("login", 10, "order:web/5", "user_id:v5"))
    assert len(set(homes(graph, "order:web/5", "user_id:v5", "anonymous_id:x"))) == 1


def test_an_order_that_is_taken_away_leaves_the_shared_device_and_the_cookie_that_it_was_seen_with(
    graph: Counted,
) -> None:
    graph.ingest([seen("login", 900, "device:both", "user_id:u"), seen("login", 901, "device:both", "user_id:v9")])
    graph.ingest([seen("login", 902, "anonymous_id:own", "user_id:u")])
    graph.ingest([seen("login", 7000, end, "order:web/5") for end in ("device:both", "anonymous_id:own")])
    graph.read = 0
    told(graph, [*graph.told], seen("login", 10, "order:web/5", "user_id:v5"))
    assert homes(graph, "order:web/5", "anonymous_id:own") == homes(graph, "user_id:v5", "user_id:u")
    assert graph.customers[graph.member_of["device:both"]].size == 1
    assert graph.read < 20


def test_an_order_that_much_hangs_on_takes_it_along(graph: Counted) -> None:
    cookies = [f"anonymous_id:{number}" for number in range(13)]
    graph.ingest([seen("login", 7000, cookie, "order:web/5") for cookie in cookies])
    told(graph, [*graph.told], seen("login", 10, "order:web/5", "user_id:v5"))
    assert len(set(homes(graph, "user_id:v5", "order:web/5", *cookies))) == 1


def test_the_anchor_itself_is_taken_away_by_reading_everything(graph: Counted, made: list[Observation]) -> None:
    told(graph, made, seen("login", 10, "order:web/0", "user_id:v5"))
    assert homes(graph, "order:web/0") == homes(graph, "user_id:v5")
    assert graph.read > MANY

"""A family that shares a mailbox, on both servers: related in their profiles, and three customers."""

from __future__ import annotations

from graph_cdp.engine import Engine
from graph_cdp.model import DAY, Observation
from graph_cdp.past import Moment

FAMILY = "email:family@x.pl"


def seen(day: int, *keys: str) -> Observation:
    name = f"{day} {keys}"
    return Observation(name, "web", name, "login", "seen", tuple(sorted(keys)), day * DAY, day * DAY)


def test_people_of_one_mailbox_are_a_household_and_no_one_customer(engine: Engine) -> None:
    engine.absorb([seen(day, FAMILY, key) for day, key in enumerate(("user_id:ann", "user_id:ben", "user_id:eva"), 1)])
    ids = {name: engine.profile(f"user_id:{name}")["customer_id"] for name in ("ann", "ben", "eva")}
    assert len(set(ids.values())) == 3
    assert engine.profile("user_id:ann")["household"] == sorted(
        ({"customer_id": ids[name], "by": [FAMILY]} for name in ("ben", "eva")), key=lambda row: row["customer_id"]
    )
    moment = Moment.named("1970-01-03T12:00:00Z")
    assert moment
    assert [row["by"] for row in engine.profile("user_id:ann", moment)["household"]] == [[FAMILY]]
    assert engine.profile("user_id:ann", Moment.named("1970-01-02T12:00:00Z"))["household"] == []

"""Companies: of each trait what was said last holds, in any order; and the employer is the one that was named last."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pytest

from graph_cdp.engine import Engine
from graph_cdp.past import Moment
from graph_cdp.policy import Policy
from tests import servers

FIRST = {"name": "Żubr", "industry": "meble", "employees": "1 250", "decision_maker": "Jan Nowak", "regions": ["Śląsk"]}
KNOWN = {"name": "Żubr", "industry": "meble", "employees": 1300, "regions": ["Śląsk"]}


@pytest.fixture(scope="module")
def engine(server: servers.Server) -> Iterator[Engine]:
    servers.clear(server)
    with Engine.open(server.url, server.user, server.password, policy=Policy(""), id_secret="secret") as engine:
        yield engine


def group(user: str, company: str, day: int, **traits: Any) -> dict[str, Any]:
    return {
        "type": "group",
        "messageId": f"{user} {company} {day}",
        "userId": user,
        "groupId": company,
        "timestamp": f"2026-06-{day:02}T00:00:00Z",
        "traits": traits,
    }


def known(engine: Engine, user: str, *moment: Moment) -> dict[str, Any]:
    found = engine.profile(f"user_id:{user}", *moment)["company"]
    return {name: found[name] for name in (*FIRST, "key") if found.get(name) is not None}


@pytest.mark.parametrize("turn", range(6))
def test_a_trait_of_a_company_holds_until_something_else_is_said_of_it_in_any_order(engine: Engine, turn: int) -> None:
    company = f"C{turn}"
    told = [
        group(f"ann{turn}", company, 1, **FIRST),
        group(f"ben{turn}", company, 2),
        group(f"ben{turn}", company, 3, employees=1300, decision_maker=None),
    ]
    for one in list(permutations(told))[turn]:
        engine.accept([one])
    assert known(engine, f"ann{turn}") == KNOWN | {"key": f"group_id:{company}"}


def test_what_is_said_in_one_batch_is_what_is_said_one_after_the_other(engine: Engine) -> None:
    engine.accept([group("cat", "C9", 3, employees=1300, decision_maker=None), group("cat", "C9", 1, **FIRST)])
    assert known(engine, "cat") == KNOWN | {"key": "group_id:C9"}
    now = Moment.of(datetime(2030, 1, 1, tzinfo=UTC), None)
    assert known(engine, "cat", now) == known(engine, "cat")


def test_what_an_older_release_kept_of_a_company_gives_way_trait_by_trait(engine: Engine) -> None:
    engine.accept([group("dan", "C10", 2)])
    old = {"version": "2026-06-02T00:00:00.000000Z|x", "traits": '{"industry": "meble", "name": "Old"}', "said": None}
    engine.graph.write(
        lambda transaction: transaction.run("write/companies", rows=[{"key": "group_id:C10", "caption": "Old", **old}])
    )
    engine.accept([group("dan", "C10", 1, name="Older", regions="Śląsk"), group("dan", "C10", 3, name="New")])
    assert known(engine, "dan") == {"key": "group_id:C10", "name": "New", "industry": "meble", "regions": "Śląsk"}


@pytest.mark.parametrize("turned", [False, True])
def test_the_employer_is_the_one_that_was_named_last(engine: Engine, turned: bool) -> None:
    user = f"eve{turned}"
    told = [group(user, "Q1", 1, name="Q1"), group(user, "Q2", 6, name="Q2"), group(user, "Q1", 3)]
    engine.accept(told[::-1] if turned else told)
    assert known(engine, user)["key"] == "group_id:Q2"
    then = Moment.of(datetime(2026, 6, 4, tzinfo=UTC), None)
    assert known(engine, user, then)["key"] == "group_id:Q1"


def test_of_employers_named_at_one_time_the_first_by_key_is_shown(engine: Engine) -> None:
    engine.accept([group("fay", "B", 1), group("fay", "A", 1)])
    assert known(engine, "fay")["key"] == "group_id:A"

"""M12: funnels with stages kept by rules; movement between stages visible. M13: lookalikes of a group."""

from __future__ import annotations

import pytest

from graph_cdp.policy import Policy
from tests.api.conftest import Api
from tests.commands import run
from tests.mission.shopping import message, order, send
from tests.mission.test_y7 import user_of

POLICY = """
[namespaces.user_id]
unique = true
[segments.loyal]
condition = "at least 2 orders"
[funnels.shopping]
title = "From a visit to loyalty"
[[funnels.shopping.stages]]
name = "visitor"
condition = "any events"
[[funnels.shopping.stages]]
name = "cart"
condition = 'any events "Product Added"'
[[funnels.shopping.stages]]
name = "buyer"
condition = "any orders"
[[funnels.shopping.stages]]
name = "loyal"
condition = "at least 2 orders"
"""


@pytest.fixture(scope="module")
def api(each_engine, each_api: Api) -> Api:
    each_engine.relink(Policy(POLICY))
    send(each_api, [message(user, "2025-01-01", "Page Viewed") for user in ("ann", "ben", "cyd", "dan")])
    send(each_api, [message(user, "2025-01-03", "Product Added", sku="L1") for user in ("ann", "ben", "cyd")])
    send(each_api, [order(user, "2025-01-06", "Lumia") for user in ("ann", "ben")])
    send(
        each_api,
        [order("ann", "2025-02-05", "Lumia"), order("eve", "2025-03-01", "Lumia"), order("fay", "2025-03-01", "Bosko")],
    )
    return each_api


def test_each_stage_counts_those_who_are_in_it_and_those_who_came_as_far(api: Api) -> None:
    found = api.http.get("/funnels/shopping?days=3650").json()
    assert [(row["name"], row["now"], row["reached"]) for row in found["stages"]] == [
        ("visitor", 1, 6),
        ("cart", 1, 5),
        ("buyer", 3, 4),
        ("loyal", 1, 1),
    ]
    assert found["stages"][3]["share_of_stage_before"] == 0.25


def test_movements_between_stages_and_the_time_in_each_are_visible(api: Api) -> None:
    found = api.http.get("/funnels/shopping?days=3650").json()
    moved = {(row["from"], row["to"]): row["count"] for row in found["movements"]}
    assert moved == {
        (None, "visitor"): 4,
        ("visitor", "cart"): 3,
        ("cart", "buyer"): 2,
        (None, "buyer"): 2,
        ("buyer", "loyal"): 1,
    }
    assert found["stages"][1]["median_days"] == 3.0


def test_the_movements_of_a_time_are_those_of_that_time(api: Api) -> None:
    assert api.http.get("/funnels/shopping?days=1").json()["movements"] == []


def test_a_new_order_moves_its_customer_at_the_next_read(api: Api) -> None:
    before = api.http.get("/funnels/shopping").json()["stages"]
    send(api, [order("gus", "2025-04-01", "Bosko")])
    after = api.http.get("/funnels/shopping").json()["stages"]
    assert after[2]["now"] == before[2]["now"] + 1


def test_an_unknown_funnel_is_answered_with_those_that_there_are(api: Api) -> None:
    answer = api.http.get("/funnels/shoping")
    assert (answer.status_code, "shopping" in answer.json()["detail"]) == (404, True)


def test_lookalikes_are_the_most_alike_with_reasons(api: Api) -> None:
    found = api.http.get("/segments/loyal/lookalikes?limit=10").json()["items"]
    users = [user_of(api, row["customer_id"]) for row in found]
    assert users[:2] in (["eve", "ben"], ["ben", "eve"])
    assert "ann" not in users
    assert found[0]["likeness"] > 0.9 > found[-1]["likeness"]
    assert any("brand Lumia: 100%, in the group 100%" in reason for reason in found[0]["because"])


def test_the_funnel_is_drawn(api: Api) -> None:
    drawn = api.http.get("/pictures/funnels/shopping")
    assert drawn.headers["content-type"] == "image/svg+xml"
    assert "From a visit to loyalty" in drawn.text
    for path in ("rfm", "timeline/user_id:ann", "graph/user_id:ann"):
        assert api.http.get(f"/pictures/{path}").text.startswith("<?xml")


def test_the_commands_say_the_same(api: Api, each_engine, server, tmp_path) -> None:
    signed = {"GRAPH_CDP_STORE_USER": server.user, "GRAPH_CDP_STORE_PASSWORD": server.password} if server.user else {}
    for command in (["funnels", "shopping"], ["lookalikes", "loyal"]):
        said = run(*command, "--json", cwd=tmp_path, store=server.url, env={"GRAPH_CDP_ID_SECRET": "secret", **signed})
        assert said.status == 0, said.err
        assert said.json

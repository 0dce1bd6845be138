"""What customers did: rows Y6, Y8, E1-E5, R7, M1-M6, Q4, Q5."""

from __future__ import annotations

from tests.mission.conftest import Shop


def test_y6_what_was_sent_is_in_the_profile_at_the_next_read(shop: Shop) -> None:
    for city in ("Lublin", "Łódź", "Žilina"):
        shop.send(
            {"type": "identify", "userId": "fresh", "timestamp": "2026-03-01T00:00:00Z", "traits": {"city": city}}
        )
        said = shop.profile("user_id:fresh")["traits"]["city"]
        assert city in [said["value"], *(one["value"] for one in said["runner_ups"])]


def test_y8_sent_delivered_opened_clicked_and_the_variant(olena: dict) -> None:
    spring = next(one for one in olena["campaigns"] if one["campaign"] == "spring")
    steps = {step: spring[step] for step in ("sent", "delivered", "opened", "clicked")}
    assert steps == {"sent": 3, "delivered": 2, "opened": 1, "clicked": 1}
    assert (spring["variant"], spring["channels"]) == ("B", ["email", "sms", "web_push"])


def test_e1_transactions_with_product_category_features_price_and_time(olena: dict) -> None:
    sold = {order["key"]: order for order in olena["orders"]["last"]}["order:web/W-1"]
    assert sold["at"] == "2026-03-03T10:00:00.000000Z"
    assert sold["lines"] == [
        {
            "sku": "S-1",
            "name": "Sukienka",
            "category": "Dresses",
            "quantity": 1.0,
            "price": 199.0,
            "color": "blue",
            "size": "M",
        }
    ]


def test_e2_the_abandoned_cart_with_stage_payment_and_who_comes_back(olena: dict) -> None:
    cart = next(one for one in olena["carts"] if one["cart"] == "K-7")
    assert (cart["stage"], cart["step"], cart["payment_method"], cart["brand"]) == ("payment", "3", "card", "Lumia")
    assert olena["rfm"]["status"] == "returning"
    assert olena["preferences"]["viewed_category"][0]["value"] in ("Coats", "Dresses")


def test_e3_loyalty_channels_of_purchase_and_preferred_contact(olena: dict) -> None:
    channels = olena["channels"]
    assert channels["loyalty_member"] is True
    assert {row["channel"] for row in channels["purchases"]} == {"app", "store"}
    assert channels["preferred"] == {"channel": "email", "why": "opened 1, clicked 1 of 1 sent"}
    assert {"store", "email", "phone", "chat"} <= {row["channel"] for row in channels["used"]}


def test_e4_product_store_card_and_action_are_walked_in_the_graph(shop: Shop) -> None:
    found = shop.http.get("/graph/neighbours/loyalty_card:9001", params={"depth": "3"}).json()
    labels = {label for node in found["nodes"] for label in node["labels"]}
    assert {"Customer", "LoyaltyCard", "Order", "Product", "Store", "Event"} <= labels
    bought = next(one for one in found["relationships"] if one["type"] == "CONTAINS")
    assert bought["properties"]["price"] == 60.0


def test_e5_visits_seen_by_proximity_beside_purchases_and_web_visits(shop: Shop, olena: dict) -> None:
    assert olena["visits"]["stores"] == [
        {"store": "Kraków 1", "count": 1, "dwell_seconds": 900, "last_at": "2026-03-12T15:00:00.000000Z"}
    ]
    assert olena["visits"]["methods"] == [{"method": "beacon", "count": 1}]
    names = [row["name"] for row in shop.timeline("user_id:42")]
    assert {"Store Visited", "Order Completed", "Product Viewed"} <= set(names)


def test_r7_site_app_and_shops_are_one_history(olena: dict) -> None:
    assert [order["key"] for order in olena["orders"]["last"]] == ["order:app/A-1", "order:web/W-1", "order:pos/R-1001"]
    assert (olena["orders"]["count"], olena["orders"]["revenue"], olena["orders"]["refunded"]) == (
        2,
        {"PLN": 200.0},
        {"PLN": 199.0},
    )


def test_m1_several_brands_feed_one_profile_and_each_has_its_part(shop: Shop, olena: dict) -> None:
    assert {name: row["orders"] for name, row in olena["brands"].items()} == {
        "Bosko": {"count": 1, "revenue": {"PLN": 120.0}},
        "Lumia": {"count": 1, "revenue": {"PLN": 80.0}},
    }
    lumia = shop.profile("user_id:42", brand="lumia")
    assert (lumia["brand"], lumia["orders"]["revenue"]) == ("Lumia", {"PLN": 80.0})
    assert {row["brand"] for row in lumia["timeline"]} <= {"Lumia", None}


def test_m2_the_timeline_has_everything_in_order_and_is_filtered(shop: Shop) -> None:
    rows = shop.timeline("user_id:42", **{"from": "2026-03-01", "to": "2026-04-01"})
    times = [row["at"] for row in rows]
    assert times == sorted(times, reverse=True) and len(rows) >= 30
    assert {row["topic"] for row in shop.timeline("user_id:42", types="note,call")} == {"note", "call"}


def test_m3_campaigns_with_their_stage(shop: Shop, olena: dict) -> None:
    assert {one["campaign"]: one["stage"] for one in olena["campaigns"]} == {"spring": "invited", "club": "opened"}
    shop.send(
        {
            "type": "track",
            "event": "Campaign Entered",
            "userId": "stages",
            "properties": {"campaign_name": "c", "stage": "a"},
        },
        {
            "type": "track",
            "event": "Campaign Stage Changed",
            "userId": "stages",
            "timestamp": "2026-03-02T00:00:00Z",
            "properties": {"campaign_name": "c", "stage": "b"},
        },
    )
    assert shop.profile("user_id:stages")["campaigns"][0]["stage"] == "b"


def test_m4_the_log_has_email_web_push_sms_voice_and_phone(olena: dict) -> None:
    log = [(row["channel"], row["what"], row["campaign"]) for row in olena["channels"]["log"]]
    assert log == [
        ("phone", "received", None),
        ("voice", "opened", "club"),
        ("sms", "delivered", "spring"),
        ("web_push", "sent", "spring"),
        ("email", "clicked", "spring"),
        ("email", "delivered", "spring"),
    ]


def test_m5_a_device_is_recognised_after_its_cookies_were_deleted(shop: Shop) -> None:
    def seen(cookie: str, day: int, print_: str, **said: object) -> dict:
        context = {"externalIds": [{"id": print_, "type": "fingerprint", "collection": "users"}]}
        return {"type": "page", "anonymousId": cookie, "timestamp": f"2026-03-{day:02}T09:00:00Z", "source": "site"} | {
            "context": context,
            **said,
        }

    shop.send(
        {"type": "identify", "userId": "77", "anonymousId": "before", "timestamp": "2026-03-01T09:00:00Z"},
        seen("before", 1, "fp-4f2a91cc07"),
        seen("after", 9, "fp-4f2a91cc07"),
        seen("stranger", 9, "fp-of-another-one"),
    )
    known, again = shop.profile("user_id:77"), shop.profile("anonymous_id:after")
    assert again["customer_id"] == known["customer_id"]
    assert {"anonymous_id:after", "fingerprint:fp-4f2a91cc07"} <= {row["key"] for row in known["identifiers"]}
    assert shop.profile("anonymous_id:stranger", include="person")["customer_id"] != known["customer_id"]
    path = shop.http.get("/why", params={"a": "user_id:77", "b": "anonymous_id:after"}).json()["path"]
    assert [link["kind"] for link in path if "fingerprint" in link["a"] + link["b"]] == ["device", "device"]


def test_m5_a_device_on_which_two_accounts_log_in_joins_nobody(shop: Shop) -> None:
    context = {"externalIds": [{"id": "fp-of-a-kiosk", "type": "fingerprint", "collection": "users"}]}
    shop.send(*({"type": "page", "userId": user, "context": context} for user in ("kiosk-1", "kiosk-2")))
    assert len({shop.profile(f"user_id:kiosk-{n}", include="person")["customer_id"] for n in (1, 2)}) == 2
    assert shop.http.get("/profiles/fingerprint:fp-of-a-kiosk").status_code == 300


def test_m6_notes_and_switches_set_by_hand_signed_and_dated(shop: Shop, olena: dict) -> None:
    note = olena["notes"][0]
    assert (note["text"], note["author"], note["source"]) == ("Prefers to be called in the evening", "Marta", "sales")
    assert olena["switches"]["vip"] == {
        "value": True,
        "at": "2026-03-17T09:05:00.000000Z",
        "author": "Marta",
        "source": "sales",
    }


def test_q4_surveys_conversations_reviews_and_posts_with_a_sentiment(olena: dict) -> None:
    voice = olena["voice"]
    assert (voice["nps"]["score"], voice["surveys"][0]["answers"]) == (9, {"Co poprawić?": "Szybsza dostawa"})
    assert (voice["reviews"][0]["rating"], voice["reviews"][0]["sentiment"]) == (5, 1.0)
    assert (voice["posts"][0]["network"], voice["posts"][0]["sentiment"]) == ("instagram", -1.0)
    assert [row["text"] for row in voice["conversations"]] == [
        "Заказ в пути",
        "Где мой заказ?",
        "Pýta sa, kedy príde zásielka",
    ]


def test_q5_effort_and_pain_points(olena: dict) -> None:
    assert olena["voice"]["effort"] == {"score": 4, "at": "2026-03-16T10:00:00.000000Z"}
    pains = [row["what"] for row in olena["voice"]["pain_points"]]
    assert pains == ["late delivery", "Жахлива доставка, дуже розчарована"]

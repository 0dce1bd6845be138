"""Who a customer is: rows Y1-Y5, Y11, R1-R5, Q1."""

from __future__ import annotations

from tests.mission.conftest import Shop


def values(profile: dict) -> dict:
    return {name: trait["value"] for name, trait in profile["traits"].items()}


def test_y1_one_profile_with_email_phone_age_sex_and_place(olena: dict) -> None:
    person = olena["person"]
    assert (person["name"], person["age"], person["sex"]) == ("Олена Шевченко", 35, "female")
    assert (person["emails"], person["phones"]) == (["olena@example.com"], ["+380501234567"])
    assert olena["places"]["declared"][0] | {"at": None} == {"city": "Kraków", "country": "PL", "count": 1, "at": None}


def test_y1_the_age_follows_the_day_of_the_question(shop: Shop) -> None:
    then = shop.profile("user_id:42", as_of="2026-05-04T12:00:00Z", include="person")
    assert (then["person"]["age"], then["person"]["birth_date"]) == (36, "1990-05-04")


def test_y2_interests_values_lifestyle_and_motivation_with_source_and_date(olena: dict) -> None:
    traits = olena["traits"]
    assert [
        (traits[name]["value"], traits[name]["source"], traits[name]["at"][:10])
        for name in ("lifestyle", "motivation", "values")
    ] == [
        ("active", "dmp", "2026-03-04"),
        ("quality", "warehouse", "2026-03-04"),
        (["ecology"], "warehouse", "2026-03-04"),
    ]


def test_y2_own_words_come_before_a_guess(olena: dict) -> None:
    interests, sex = olena["traits"]["interests"], olena["traits"]["sex"]
    assert (interests["value"], interests["source"], interests["guess"]) == (["running"], "form", False)
    assert [(one["value"], one["source"], one["guess"]) for one in interests["runner_ups"]] == [(["cars"], "dmp", True)]
    assert (sex["value"], sex["runner_ups"][0]["value"]) == ("female", "male")


def test_y3_every_source_of_the_page_has_told_of_this_one_customer(olena: dict) -> None:
    said = {
        "web",
        "form",
        "pos",
        "loyalty",
        "app",
        "crm",
        "dmp",
        "warehouse",
        "delivery",
        "survey",
        "social",
        "chat",
        "bot",
    }
    assert {source for row in olena["identifiers"] for source in row["sources"]} >= said


def test_y4_a_table_and_a_request_tell_of_one_person(shop: Shop) -> None:
    shop.send({"type": "identify", "traits": {"email": "Anton@Rarus.ru", "newsletter": "monthly"}, "source": "site"})
    anton = shop.profile("record:b2c/1")
    assert values(anton)["newsletter"] == "monthly"
    assert values(anton)["full_name"] == "Сергеев Антон"


def test_y5_one_card_from_the_first_click_on_over_devices(shop: Shop, olena: dict) -> None:
    for key in ("anonymous_id:5f2c", "ios.id:ios-1", "loyalty_card:9001", "phone:+380501234567"):
        assert shop.profile(key, include="person")["customer_id"] == olena["customer_id"]
    assert olena["timeline"] and shop.timeline("user_id:42")[-1]["name"] == "Product Viewed"


def test_y11_education_occupation_income_and_family(olena: dict) -> None:
    told = values(olena)
    assert (told["education"], told["occupation"], told["income"]) == ("higher", "nauczycielka", "middle")
    assert (told["family"], told["children"]) == ("married", 2)


def test_r1_the_b2c_table_comes_back_whole(shop: Shop) -> None:
    anton = shop.profile("record:b2c/1")
    assert anton["person"] | {"language": None} == {
        "name": "Антон Сергеев",
        "age": 39,
        "birth_date": "1987-03-02",
        "sex": "male",
        "language": None,
        "emails": ["anton@rarus.ru"],
        "phones": [],
    }
    told = values(anton)
    assert (told["clothing_size"], str(told["shoe_size"]), str(told["height_m"])) == ("L", "46", "2.02")
    assert told["problems"] == "Нет подходящей длины брюк"
    assert told["habits"] == "Берет 2 пары носков с каждой покупкой"
    assert told["favourites"] == "Рубашка синяя, XL"
    assert told["cart"].startswith("Пиджак серый") and told["purchases"].startswith("Рубашка белая")
    assert anton["places"]["declared"][0]["city"] == "Анапа"


def test_r2_the_b2b_table_comes_back_whole(shop: Shop) -> None:
    shop.send(
        {"type": "identify", "source": "sales", "traits": {"email": "igor@rarus.ru", "role": "Директор по закупкам"}},
        {"type": "identify", "source": "sales", "traits": {"email": "igor@rarus.ru", "preferred_channel": "phone"}},
        {
            "type": "track",
            "event": "Order Completed",
            "source": "b2b_shop",
            "properties": {"order_id": "B-1", "email": "igor@rarus.ru", "total": 5000, "currency": "руб."},
        },
    )
    company = shop.profile("record:b2b/1")["company"]
    assert (company["name"], company["industry"]) == ("MilkaKozha", "Производство обуви из кожи")
    assert (str(company["employees"]), company["regions"], company["decision_maker"]) == ("250", "ЦФО", "Игорь")
    assert company["contacts"][0]["name"] == "Игорь"
    assert company["contacts"][0]["preferred_channel"] == "phone"
    assert company["orders"] == {"count": 1, "revenue": {"RUB": 5000.0}}
    assert values(shop.profile("record:b2b/1"))["purchases"].startswith("Короб, size L, картон")
    whole = shop.profile(company["key"])
    assert (whole["kind"], whole["company"]["name"], whole["orders"]["count"]) == ("company", "MilkaKozha", 1)


def test_r3_a_till_that_knows_the_card_sells_to_the_customer(olena: dict) -> None:
    sold = next(order for order in olena["orders"]["last"] if order["key"] == "order:pos/R-1001")
    assert (sold["store"], sold["total"], sold["lines"][0]["name"]) == ("Kraków 1", 120.0, "Szalik")


def test_r4_each_enrichment_is_a_source_with_its_date(olena: dict) -> None:
    said = {(trait["source"], trait["at"][:10]) for trait in olena["traits"].values()}
    assert {("crm", "2026-03-04"), ("delivery", "2026-03-04"), ("form", "2026-03-01")} <= said
    assert olena["consent"]["email"]["source"] in ("form", "newsletter")
    told = {source for row in olena["identifiers"] for source in row["sources"]}
    assert {"newsletter", "bot", "events", "survey", "social", "sales"} <= told


def test_r5_three_customers_of_one_phone_stay_three_in_both_tables(shop: Shop) -> None:
    for table in ("b2c", "b2b"):
        assert len({shop.profile(f"record:{table}/{number}")["customer_id"] for number in (1, 2, 3)}) == 3
    refused = shop.http.get("/profiles/phone:+74952312002")
    assert refused.status_code == 300


def test_q1_intent_goals_challenges_and_problems(shop: Shop, olena: dict) -> None:
    shop.send(
        {
            "type": "identify",
            "userId": "42",
            "source": "survey",
            "traits": {"purchase_intent": "coat", "challenges": ["time"]},
        }
    )
    told = values(shop.profile("user_id:42"))
    assert (told["goals"], told["purchase_intent"], told["challenges"]) == ("półmaraton", "coat", ["time"])

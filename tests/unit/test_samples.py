"""The samples show what life shows, and the truth beside them fits them."""

import csv
import json
import os
import subprocess
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import phonenumbers
import pytest
from typer.testing import CliRunner

from graph_cdp.errors import UsageError
from graph_cdp.normalise import parse_key
from graph_cdp.samples import Truth, write
from graph_cdp.samples.__main__ import app
from graph_cdp.samples.names import feminine, in_latin_letters, word_lists
from graph_cdp.vocabulary import meaning_of

Message = dict[str, Any]
FILES = {"web.ndjson", "app.ndjson", "service.ndjson", "truth.csv", "shared.csv", "policy.toml"} | {
    f"{table}.{suffix}" for table in ("crm", "loyalty", "pos", "b2c", "b2b") for suffix in ("csv", "toml")
}
SPACES = {"lumia.web": "user_id", "verano.app": "verano.user_id"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("samples")


@pytest.fixture(scope="module")
def truth(folder: Path) -> Truth:
    return write(folder)


@pytest.fixture(scope="module")
def web(folder: Path, truth: Truth) -> list[Message]:
    return messages(folder / "web.ndjson")


@pytest.fixture(scope="module")
def app_messages(folder: Path, truth: Truth) -> list[Message]:
    return messages(folder / "app.ndjson")


def lines(path: Path) -> list[str]:
    return path.read_bytes().decode().removesuffix("\n").split("\n")


def messages(path: Path) -> list[Message]:
    return [message for line in lines(path) if isinstance(message := parsed(line), dict)]


def parsed(line: str) -> object:
    try:
        return json.loads(line)
    except ValueError:
        return None


def table(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def values(message: Message, name: str) -> Iterator[str]:
    context = message.get("context", {})
    for place in (message.get("traits", {}), message.get("properties", {}), context.get("traits", {})):
        if name in place:
            yield place[name]


def e164(text: str, country: str | None = None) -> str:
    number = phonenumbers.parse(text, country)
    assert phonenumbers.is_valid_number(number)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def brands_met(truth: Truth) -> dict[str, set[str]]:
    """Who has an account with, or a receipt of, which brand."""
    met: dict[str, set[str]] = defaultdict(set)
    for key, person in truth.person_of.items():
        for start, brand in (("user_id:", "Lumia"), ("verano.user_id:", "Verano"), ("order:pos/", "Bosko")):
            if key.startswith(start):
                met[person].add(brand)
    return met


# What is written


def test_the_folder_is_made_and_holds_every_file(tmp_path: Path) -> None:
    write(tmp_path / "a" / "b", people=50)
    assert {path.name for path in (tmp_path / "a" / "b").iterdir()} == FILES


def test_the_same_arguments_give_the_same_bytes(folder: Path, truth: Truth, tmp_path: Path) -> None:
    assert write(tmp_path) == truth
    assert all((tmp_path / name).read_bytes() == (folder / name).read_bytes() for name in FILES)


def test_another_process_with_other_hashes_writes_the_same_bytes(folder: Path, truth: Truth, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONHASHSEED": "12345"}
    subprocess.run([sys.executable, "-m", "graph_cdp.samples", str(tmp_path)], check=True, env=environment)
    assert all((tmp_path / name).read_bytes() == (folder / name).read_bytes() for name in FILES)


def test_another_seed_gives_other_people(truth: Truth, tmp_path: Path) -> None:
    assert write(tmp_path, seed=2).person_of != truth.person_of


def test_fewer_people_than_can_show_everything_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="ask for 50 or more"):
        write(tmp_path, people=49)


def test_the_command_says_what_it_wrote(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, [str(tmp_path), "--people", "60", "--seed", "3"])
    assert result.exit_code == 0
    assert "60 people" in result.output


def test_three_hundred_people_leave_about_six_thousand_messages_and_rows(folder: Path, truth: Truth) -> None:
    count = sum(len(lines(folder / name)) for name in ("web.ndjson", "app.ndjson", "crm.csv", "loyalty.csv", "pos.csv"))
    assert 5_500 < count < 6_800


def test_the_real_tables_are_shipped_as_they_are(folder: Path, truth: Truth) -> None:
    source = Path(__file__).parents[2] / "graph_cdp" / "samples"
    for name in ("b2c", "b2b"):
        assert (folder / f"{name}.csv").read_bytes() == (source / f"{name}_profiles.csv").read_bytes()


def test_every_column_that_a_mapping_names_is_in_its_table(folder: Path, truth: Truth) -> None:
    for name in ("crm", "loyalty", "pos", "b2c", "b2b"):
        mapping = tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))
        header = set(table(folder / f"{name}.csv", ";" if name == "crm" else ",")[0])
        order = mapping.get("order", {})
        parts = [mapping.get("identifiers", {}), mapping.get("traits", {}), mapping.get("company", {})]
        parts += [order, order.get("line", {})]
        named = {column for part in parts for column in part.values() if isinstance(column, str)}
        named |= {mapping["time"]} if "time" in mapping else set()
        assert named <= header


# People


def test_surnames_of_women_have_their_endings() -> None:
    pairs = [("PL", "Kowalski"), ("PL", "Nowak"), ("RU", "Волков"), ("RU", "Белинский"), ("UA", "Яворський")]
    pairs += [("UA", "Шевченко"), ("SK", "Novák"), ("SK", "Hruška"), ("SK", "Oravec"), ("SK", "Malý"), ("GB", "Hall")]
    assert [feminine(name, country) for country, name in pairs] == [
        *("Kowalska", "Nowak", "Волкова", "Белинская", "Яворська"),
        *("Шевченко", "Nováková", "Hrušková", "Oravcová", "Malá", "Hall"),
    ]


def test_every_name_can_be_spelled_in_an_address() -> None:
    for words in word_lists().values():
        assert all(in_latin_letters(word) for word in (*words.female, *words.male, *words.surnames))
    assert in_latin_letters("Świętosław O'Щукіна") == "swietoslawoshchukina"


def test_every_country_has_names_enough() -> None:
    assert all(
        len(set(words.female)) >= 25 and len(set(words.male)) >= 25 and len(set(words.surnames)) >= 40
        for words in word_lists().values()
    )


def test_people_of_five_countries_are_in_the_crm(folder: Path, truth: Truth) -> None:
    assert {row["kraj"] for row in table(folder / "crm.csv", ";")} == {"PL", "RU", "UA", "SK", "GB"}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_one_in_twelve_people_or_more_meets_all_brands(tmp_path: Path, seed: int) -> None:
    truth = write(tmp_path, seed=seed)
    met = brands_met(truth)
    assert sum(len(brands) == 3 for brands in met.values()) >= 300 * 0.08


def test_a_third_of_the_people_never_logs_in(truth: Truth) -> None:
    logged_in = {person for key, person in truth.person_of.items() if "user_id:" in key}
    everybody = {person for person in truth.person_of.values() if person.startswith("p")}
    assert len(everybody) == 300
    assert 0.25 < len(everybody - logged_in) / len(everybody) < 0.42


def test_one_in_a_hundred_people_has_two_accounts(truth: Truth) -> None:
    accounts = Counter(person for key, person in truth.person_of.items() if key.startswith("user_id:"))
    assert sum(count == 2 for count in accounts.values()) == 3


@pytest.mark.parametrize(("people", "seed"), [(50, 1), (300, 1), (300, 7)])
def test_zofia_is_known_to_every_system(tmp_path: Path, people: int, seed: int) -> None:
    truth = write(tmp_path, people=people, seed=seed)
    zofia = truth.person_of[truth.showcase]
    keys = [key for key, person in truth.person_of.items() if person == zofia]
    starts = {key.partition("/")[0] if "/" in key else key.partition(":")[0] for key in keys}
    assert truth.person_of[truth.showcase_cookie] == zofia
    assert starts >= {"email", "phone", "user_id", "verano.user_id", "loyalty_card", "anonymous_id"}
    assert starts & {"ios.id", "android.id"}
    assert starts >= {"record:crm", "order:lumia.web", "order:verano.app", "order:pos"}
    card = truth.showcase.partition(":")[2]
    (registration,) = [row for row in table(tmp_path / "loyalty.csv") if row["card_no"] == card]
    assert (registration["first_name"], registration["last_name"]) == ("Zofia", "Wójcik")
    assert f"email:{registration['email'].strip().lower()}" in keys


# Messages


def test_all_six_calls_occur_and_are_realistic(web: list[Message], app_messages: list[Message]) -> None:
    assert {message["type"] for message in web + app_messages} == {
        *("identify", "track", "page", "screen", "group", "alias")
    }
    events = {message.get("event") for message in web}
    assert events >= {"Signed Up", "Signed In", "Product Viewed", "Product Added", "Checkout Started"}
    assert events >= {"Order Completed", "Newsletter Subscribed", "Email Opened"}


def test_an_order_adds_up(web: list[Message]) -> None:
    for message in web:
        if message.get("event") == "Order Completed":
            order = message["properties"]
            assert order["total"] == round(sum(line["price"] * line["quantity"] for line in order["products"]), 2)


def test_guests_order_with_an_address_and_a_number(web: list[Message]) -> None:
    orders = [message for message in web if message.get("event") == "Order Completed" and "userId" not in message]
    assert len(orders) > 30
    assert all({"email", "phone"} <= set(order["properties"]) for order in orders)


def test_somebody_has_several_cookies_over_time(truth: Truth) -> None:
    cookies = Counter(person for key, person in truth.person_of.items() if key.startswith("anonymous_id:"))
    assert max(cookies.values()) > 2


def test_messages_come_twice_with_the_same_bytes(folder: Path, truth: Truth) -> None:
    for name in ("web.ndjson", "app.ndjson"):
        counts = Counter(lines(folder / name))
        assert 0.01 < sum(count == 2 for count in counts.values()) / len(counts) < 0.03


def test_messages_come_late_by_months_and_out_of_order(web: list[Message]) -> None:
    times = [message["timestamp"] for message in web]
    assert times != sorted(times)
    latest = ""
    late = 0
    for time in times:
        latest = max(latest, time)
        late += time[:7] < latest[:7]
    assert late > 20


def test_two_lines_of_each_stream_are_broken_and_one_message_names_nobody(folder: Path, truth: Truth) -> None:
    for name in ("web.ndjson", "app.ndjson"):
        assert sum(not isinstance(parsed(line), dict) for line in lines(folder / name)) == 2
        nobody = [m for m in messages(folder / name) if not {"userId", "anonymousId"} & set(m)]
        assert len(nobody) == 1


def test_user_ids_that_are_none_come_from_several_visitors(truth: Truth) -> None:
    assert len(truth.shared["user_id:null"]) > 1
    assert {"user_id:undefined", "verano.user_id:null", "email:test@test.com"} <= set(truth.shared)


def test_addresses_come_in_mixed_case(web: list[Message]) -> None:
    spelled = [email for message in web for email in values(message, "email")]
    assert any(email != email.lower() for email in spelled)


def test_every_topic_and_channel_of_a_profile_has_something_to_show(folder: Path, truth: Truth) -> None:
    sent = [one for name in ("web", "app", "service") for one in messages(folder / f"{name}.ndjson")]
    meant = [meaning for one in sent if (meaning := meaning_of(str(one.get("event", ""))))]
    assert {one.topic for one in meant} >= {
        *("consent", "campaign", "message", "call", "chat", "survey", "review", "post", "case", "loyalty", "voucher"),
        *("note", "switch", "visit", "order", "cart", "favourite"),
    }
    assert {one.channel for one in meant} >= {"email", "sms", "web_push", "push", "voice"}
    said = {name for one in sent for name in one.get("traits", {})}
    assert said >= {"interests", "lifestyle", "goals", "occupation", "income", "children", "clothing_size", "role"}


def test_people_of_companies_order_for_them(folder: Path, truth: Truth) -> None:
    orders = [one for one in messages(folder / "service.ndjson") if one.get("source") == "sales"]
    assert any(one.get("event") == "Order Completed" for one in orders)
    assert any(one.get("groupId") == truth.company.partition(":")[2] for one in messages(folder / "web.ndjson"))


# Tables


def test_the_crm_export_is_semicolon_separated_with_a_byte_order_mark(folder: Path, truth: Truth) -> None:
    content = (folder / "crm.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbfid_kontaktu;imie;")


def test_one_row_of_the_till_has_too_many_columns(folder: Path, truth: Truth) -> None:
    assert sum(None in row for row in table(folder / "pos.csv")) == 1


def test_numbers_come_in_national_and_international_form(folder: Path, truth: Truth) -> None:
    numbers = [row["phone"] for row in table(folder / "loyalty.csv")]
    assert {number.startswith("+") for number in numbers} == {True, False}


def test_the_shops_own_number_is_on_receipts_of_many_cards(folder: Path, truth: Truth) -> None:
    (number,) = [key for key, people in truth.shared.items() if key.startswith("phone:+48") and len(people) != 1]
    cards = {
        row["card_no"]
        for row in table(folder / "pos.csv")
        if row["phone"] and row["card_no"] and f"phone:{e164(row['phone'], 'PL')}" == number
    }
    assert len(cards) > 10


# The truth


def test_the_files_of_the_truth_say_what_the_answer_says(folder: Path, truth: Truth) -> None:
    listed = {row["key"]: row["person"] for row in table(folder / "truth.csv")}
    assert listed == truth.person_of
    assert list(listed) == sorted(listed)
    shared = {row["key"]: row["people"] for row in table(folder / "shared.csv")}
    assert shared == {key: "|".join(people) for key, people in truth.shared.items()}


def test_no_key_is_both_somebodys_and_shared(truth: Truth) -> None:
    assert not set(truth.person_of) & set(truth.shared)


def test_every_key_of_the_truth_is_spelled_as_the_product_does(truth: Truth) -> None:
    assert all(parse_key(key) == key for key in (*truth.person_of, *truth.shared))


def test_every_phone_is_valid_and_in_the_truth(folder: Path, truth: Truth, web: list[Message]) -> None:
    numbers = {e164(row["telefon"], row["kraj"]) for row in table(folder / "crm.csv", ";")[:-2] if row["telefon"]}
    numbers |= {
        e164(row["phone"], "PL") for name in ("loyalty", "pos") for row in table(folder / f"{name}.csv") if row["phone"]
    }
    numbers |= {e164(phone) for message in web for phone in values(message, "phone") if phone != "12-34"}
    assert {f"phone:{number}" for number in numbers} <= set(truth.person_of) | set(truth.shared)


def test_every_cookie_and_account_of_the_messages_is_in_the_truth(
    truth: Truth, web: list[Message], app_messages: list[Message]
) -> None:
    known = set(truth.person_of) | set(truth.shared)
    for message in web + app_messages:
        if message.get("userId"):
            assert f"{SPACES[message['source']]}:{message['userId']}" in known
        cookie = message.get("anonymousId", "")
        assert not cookie or "visitor" in cookie or f"anonymous_id:{cookie}" in known


def test_the_six_customers_of_the_real_tables_share_one_number(truth: Truth) -> None:
    assert len(truth.shared["phone:+74952312002"]) == 6
    assert len({truth.person_of[f"record:{name}/{row}"] for name in ("b2c", "b2b") for row in (1, 2, 3)}) == 6


def test_a_family_shares_its_mailbox_and_each_member_has_an_account(truth: Truth) -> None:
    members = [truth.person_of[key] for key in truth.family]
    assert len(set(members)) == len(truth.family) >= 2
    assert set(truth.shared[truth.family_mailbox]) == set(members)


@pytest.mark.parametrize("seed", range(1, 6))
def test_two_accounts_or_more_were_seen_with_every_shared_address_cookie_and_device(tmp_path: Path, seed: int) -> None:
    truth = write(tmp_path, seed=seed)
    accounts = defaultdict(set)
    for message in messages(tmp_path / "web.ndjson") + messages(tmp_path / "app.ndjson"):
        device = message.get("context", {}).get("device", {}).get("id")
        seen = [f"email:{email.strip().lower()}" for email in values(message, "email")]
        seen += [f"anonymous_id:{message.get('anonymousId')}", f"device:{device}", f"android.id:{device}"]
        for key in seen if message.get("userId") else []:
            accounts[key].add(message["userId"])
    spaces = ("email:", "anonymous_id:", "device:", "android.id:")
    shared = [key for key in truth.shared if key.startswith(spaces) and key != "email:test@test.com"]
    assert len(shared) > 5
    assert all(len(accounts[key]) > 1 for key in shared)


def test_a_kiosk_has_one_cookie_on_which_many_log_in(truth: Truth, app_messages: list[Message]) -> None:
    users = defaultdict(set)
    for message in app_messages:
        if "userId" in message and "device" in message.get("context", {}):
            users[message["anonymousId"], message["context"]["device"]["id"]].add(message["userId"])
    assert max(map(len, users.values())) == 12

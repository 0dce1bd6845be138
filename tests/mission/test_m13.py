"""M13, M14: audiences exported for a channel by consent, and for advertising platforms as hashes; Y10 for exports."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import polars as pl
import pytest

from graph_cdp.engine import Engine
from graph_cdp.errors import UsageError
from graph_cdp.policy import Policy
from tests.api.conftest import Api
from tests.mission.shopping import identify, message, order, send

POLICY = """
[namespaces.user_id]
unique = true
[namespaces.email]
shared_above = { user_id = 1 }
[segments.buyers]
condition = "any orders"
[segments.cheap]
condition = 'rfm.monetary < 50 and consent.email.state = "granted"'
"""


@pytest.fixture(scope="module")
def engine(each_engine: Engine, each_api: Api) -> Engine:
    each_engine.relink(Policy(POLICY))
    send(each_api, [order(user, "2025-01-06", "Lumia") for user in ("ann", "ben", "cyd", "dan")])
    send(each_api, [identify(user, "2025-01-01", email=f"{user}@gmail.com") for user in ("ann", "ben", "cyd")])
    send(each_api, [identify("ann", "2025-01-02", phone="+48601234567", first_name="Anna", email="a.nn+x@gmail.com")])
    send(each_api, [message(user, "2025-01-03", "Consent Given", channel="email") for user in ("ann", "ben")])
    send(each_api, [message("ann", "2025-01-03", "Consent Given", channel="sms")])
    send(each_api, [message("ben", "2025-02-03", "Consent Withdrawn", channel="email")])
    return each_engine


def exported(engine: Engine, to: Path, *asked: str | None) -> pl.DataFrame:
    engine.export_segment("buyers", to, *asked)
    return pl.read_csv(to, infer_schema=False) if to.suffix == ".csv" else pl.read_ndjson(to)


def test_all_members_are_exported(engine: Engine, tmp_path: Path) -> None:
    table = exported(engine, tmp_path / "all.ndjson")
    assert (len(table), table.columns) == (4, ["customer_id", "entered"])
    assert set(table["entered"]) == {"2025-01-06T12:00:00Z"}


def test_for_a_channel_only_those_who_agreed_and_did_not_take_it_back(engine: Engine, tmp_path: Path) -> None:
    table = exported(engine, tmp_path / "mail.csv", "email")
    assert table["address"].to_list() == ["a.nn+x@gmail.com"]  # the same mailbox as ann@gmail.com
    assert exported(engine, tmp_path / "sms.csv", "sms")["address"].to_list() == ["+48601234567"]
    assert exported(engine, tmp_path / "push.csv", "push").is_empty()


def test_for_a_platform_the_hashes_of_what_it_compares(engine: Engine, tmp_path: Path) -> None:
    table = exported(engine, tmp_path / "google.csv", None, "google")
    hashed = {sha256(value.encode()).hexdigest() for value in ("ann@gmail.com", "+48601234567", "anna")}
    found = {value for row in table.rows() for value in row if value}
    assert found == hashed
    assert "@" not in (tmp_path / "google.csv").read_text()


def test_a_split_takes_the_consent_along(engine: Engine, tmp_path: Path) -> None:
    made = engine.decide("different", "user_id:ann", "email:a.nn+x@gmail.com", "typed by mistake", "steward")
    addresses = exported(engine, tmp_path / "mail.csv", "email")["address"].to_list()
    engine.undo(made.decision.id, "it was hers", "steward")
    assert addresses == ["ann@gmail.com"]
    assert exported(engine, tmp_path / "mail.csv", "email")["address"].to_list() == ["a.nn+x@gmail.com"]


def test_conditions_reach_every_part_of_the_profile(engine: Engine) -> None:
    (row,) = engine.crowd.members("cheap", 10)
    assert row["customer_id"] == engine.profile("user_id:ann")["customer_id"]
    assert row["entered"] == "2025-01-06T12:00:00Z"


def test_an_unknown_channel_or_platform_is_refused(engine: Engine, tmp_path: Path) -> None:
    for asked in (("fax", None), (None, "bing"), ("email", "meta")):
        with pytest.raises(UsageError):
            exported(engine, tmp_path / "x.csv", *asked)

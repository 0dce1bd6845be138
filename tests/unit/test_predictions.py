"""Predictions agree with what was published for the CDNOW customers, and with pandas on all 23,570 of them."""

from __future__ import annotations

from datetime import date
from importlib.resources import files

import numpy as np
import pandas as pd
import polars as pl
import pytest

from graph_cdp.errors import ConflictingError
from graph_cdp.predict import model, purchases, worth
from graph_cdp.predict.history import History, by_day, histories, history_of, worths
from graph_cdp.predict.model import Model
from graph_cdp.predict.outlook import best_channel, outlook

AT = date(1997, 9, 30)


def data(name: str) -> str:
    return str(files("lifetimes").joinpath("datasets", name))


@pytest.fixture(scope="module")
def summary() -> pd.DataFrame:
    """The published sample: 2,357 customers over 39 weeks."""
    return pd.read_csv(data("cdnow_customers_summary_with_transactions.csv"))


@pytest.fixture(scope="module")
def bought() -> pd.DataFrame:
    """All purchases of all customers."""
    columns = ["customer", "day", "cds", "amount"]
    return pd.read_csv(
        data("CDNOW_master.txt"), sep=r"\s+", skiprows=1, names=columns, dtype={"customer": str, "day": str}
    )


@pytest.fixture(scope="module")
def days(bought: pd.DataFrame) -> pl.DataFrame:
    at = pd.to_datetime(bought["day"], format="%Y%m%d").dt.strftime("%Y-%m-%dT12:00:00.000000Z")
    return by_day(
        pl.DataFrame(
            {
                "customer": bought["customer"].to_list(),
                "at": at.to_list(),
                "currency": ["USD"] * len(bought),
                "amount": bought["amount"].to_list(),
            }
        )
    )


def test_the_published_parameters_of_purchases_come_out(summary: pd.DataFrame) -> None:
    assert len(summary) == 2357
    found = purchases.fit(*(summary[name].to_numpy(float) for name in ("x", "t_x", "T")))
    assert (found.r, found.alpha, found.a, found.b) == pytest.approx((0.243, 4.414, 0.793, 2.426), abs=0.0006)


def test_the_published_expectation_of_one_customer_comes_out(summary: pd.DataFrame) -> None:
    found = purchases.fit(*(summary[name].to_numpy(float) for name in ("x", "t_x", "T")))
    assert found.expected(History(2, 30.43, 38.86), 39) == pytest.approx(1.226, abs=0.001)


def test_the_published_parameters_of_worth_come_out(summary: pd.DataFrame) -> None:
    back = summary[summary["x"] > 0]
    found = worth.fit(back["x"].to_numpy(float), back["zbar"].to_numpy(float))
    assert len(back) == 946
    assert (found.p, found.q, found.v) == pytest.approx((6.25, 3.74, 15.44), abs=0.02)
    assert found.expected(2, 22.35) == pytest.approx(24.66, abs=0.02)


def test_histories_agree_with_pandas_on_all_customers(bought: pd.DataFrame, days: pl.DataFrame) -> None:
    ours = pd.DataFrame(histories(days, AT).to_dict(as_series=False)).set_index("customer")
    table = bought.assign(day=pd.to_datetime(bought["day"], format="%Y%m%d"))
    table = table[table["day"] <= "1997-09-30"].groupby(["customer", "day"], as_index=False)["amount"].sum()
    first = table.groupby("customer")["day"].min()
    theirs = pd.DataFrame(
        {
            "repeats": table.groupby("customer")["day"].count() - 1.0,
            "last": (table.groupby("customer")["day"].max() - first).dt.days / 7,
            "known": (pd.Timestamp("1997-09-30") - first).dt.days / 7,
        }
    )
    assert len(ours) == 23_570
    pd.testing.assert_frame_equal(ours, theirs.sort_index(), check_dtype=False, check_index_type=False)
    later = table[table["day"] > table["customer"].map(first)]
    means = later[later["amount"] > 0].groupby("customer")["amount"].mean()
    worth_of = pd.DataFrame(worths(days, AT).to_dict(as_series=False)).set_index("customer")["average"]
    pd.testing.assert_series_equal(worth_of, means.sort_index(), check_names=False, check_index_type=False)


def test_one_customer_by_itself_has_the_history_that_all_together_give_it(days: pl.DataFrame) -> None:
    together = {row["customer"]: row for row in histories(days, AT).rows(named=True)}
    averages = {row["customer"]: row for row in worths(days, AT).rows(named=True)}
    own = days.with_columns(pl.col("day").dt.to_string().alias("at")).partition_by("customer", as_dict=True)
    for name in list(together)[::97]:
        found, spent = history_of(own[name,].rows(named=True), AT)
        row, mean = together[name], averages.get(name)
        assert found is not None
        assert (found.repeats, found.last, found.known) == pytest.approx((row["repeats"], row["last"], row["known"]))
        expected = None if mean is None else (mean["repeats"], pytest.approx(mean["average"]))
        assert spent == {"USD": expected}


def test_expectations_agree_with_another_implementation_on_all_customers(days: pl.DataFrame) -> None:
    from lifetimes import BetaGeoFitter

    known = histories(days, AT)
    made = model.fit(days, AT)
    other = BetaGeoFitter()
    frame = pd.DataFrame(known.to_dict(as_series=False))
    other.fit(frame["repeats"], frame["last"], frame["known"])
    mine = made.purchases
    assert [mine.r, mine.alpha, mine.a, mine.b] == pytest.approx(
        [float(other.params_[n]) for n in ("r", "alpha", "a", "b")], rel=2e-3
    )
    some = known.unique(["repeats", "last", "known"], maintain_order=True)[::40]
    for row in some.rows(named=True):
        one = History(row["repeats"], row["last"], row["known"])
        expected = other.conditional_expected_number_of_purchases_up_to_time(39, one.repeats, one.last, one.known)
        assert mine.expected(one, 39) == pytest.approx(float(np.ravel(expected)[0]), rel=5e-3, abs=1e-4)
        alive = other.conditional_probability_alive(one.repeats, one.last, one.known)
        assert mine.alive(one) == pytest.approx(float(np.ravel(alive)[0]), rel=5e-3)


def test_a_model_of_one_half_of_the_time_foretells_the_other(days: pl.DataFrame) -> None:
    made = model.fit(days, AT).purchases
    known = histories(days, AT)
    until = date(1998, 6, 30)
    real = days.filter((pl.col("day") > AT) & (pl.col("day") <= until)).select("customer", "day").unique()
    kinds = known.group_by("repeats", "last", "known").len().rows(named=True)
    told = sum(row["len"] * made.expected(History(row["repeats"], row["last"], row["known"]), 39) for row in kinds)
    assert told == pytest.approx(real.height, rel=0.16)


def test_a_model_is_kept_as_text_and_comes_back_whole(days: pl.DataFrame) -> None:
    made = model.fit(days, AT)
    assert Model.of(made.text()) == made
    assert made == model.fit(days.sample(fraction=1.0, shuffle=True, seed=1), AT)


def test_too_few_customers_are_refused() -> None:
    rows = [("c", "2026-01-01", "PLN", 1.0)]
    table = pl.DataFrame(rows, schema=["customer", "at", "currency", "amount"], orient="row")
    with pytest.raises(ConflictingError, match="too few to learn from"):
        model.fit(by_day(table), AT)


def order(day: str, amount: float = 30.0, channel: str | None = "web") -> dict:
    return {"at": f"{day}T10:00:00Z", "currency": "USD", "amount": amount, "channel": channel}


def test_an_outlook_has_a_reason_for_each_figure(days: pl.DataFrame) -> None:
    made = model.fit(days, AT)
    at = date(1998, 6, 30)
    found = outlook(made, [order("1998-01-01"), order("1998-03-01"), order("1998-06-01")], (), at)
    assert found is not None
    assert found["model_at"] == "1997-09-30"
    assert 0.6 < found["alive"]["value"] < 1
    assert found["risk_of_loss"]["level"] == "low"
    assert found["next_purchase"]["from"] < found["next_purchase"]["likely"] < found["next_purchase"]["to"]
    assert found["best_channel"]["value"] == "web"
    assert found["expected_value"]["value"] == pytest.approx(
        found["expected_purchases"]["value"] * found["expected_value"]["each"], rel=1e-3
    )
    assert all(found[part]["why"] for part in ("alive", "expected_purchases", "expected_value", "next_purchase"))


def test_who_has_long_been_silent_is_likely_lost(days: pl.DataFrame) -> None:
    often = [order(f"1997-0{month}-0{day}") for month in range(1, 7) for day in (1, 8)]
    found = outlook(model.fit(days, AT), often, (), date(1999, 6, 30))
    assert found is not None
    assert found["risk_of_loss"]["level"] == "high"


def test_the_best_channel_is_the_one_that_is_answered() -> None:
    sent = [{"channel": "email", "sent": 10, "answered": 1}, {"channel": "sms", "sent": 4, "answered": 3}]
    assert best_channel(sent, ["web"])["value"] == "sms"  # type: ignore[index]
    assert best_channel((), ["store", "web", "store"])["value"] == "store"  # type: ignore[index]
    assert best_channel((), []) is None

"""RFM scores and preferences of the 23,570 customers of CDNOW agree with what pandas makes of the same table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest

from graph_cdp.project.orders import Sale, sales
from graph_cdp.project.preferences import preferences
from graph_cdp.project.rfm import rfm
from graph_cdp.viewing import Rfm

AT = date(1998, 6, 30)
DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


@pytest.fixture(scope="module")
def bought() -> pd.DataFrame:
    """All purchases: a disc alone is a single, several are a pile; the second half of the shops' days is Lumia's."""
    path = str(files("lifetimes").joinpath("datasets", "CDNOW_master.txt"))
    table = pd.read_csv(
        path, sep=r"\s+", skiprows=1, names=["customer", "day", "cds", "amount"], dtype={"customer": str}
    )
    table["at"] = pd.to_datetime(table["day"].astype(str), format="%Y%m%d")
    table["key"] = [f"order:cd/{number:06}" for number in range(len(table))]
    table["category"] = np.where(table["cds"] == 1, "single", "pile")
    table["brand"] = np.where(table["at"].dt.day > 15, "Lumia", "Bosko")
    table["price"] = table["amount"] / table["cds"]
    return table


@pytest.fixture(scope="module")
def customers(bought: pd.DataFrame) -> dict[str, list[Sale]]:
    """The sales of each customer, as the product makes them of the rows of a graph."""
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for customer, row in _rows(bought):
        rows[customer].append(row)
    return {customer: sales(found, []) for customer, found in rows.items()}


@pytest.fixture(scope="module")
def liked(customers: dict[str, list[Sale]]) -> dict[str, Any]:
    """The preferences of each customer."""
    return {customer: preferences(found, []) for customer, found in customers.items()}


def _rows(part: pd.DataFrame) -> Iterator[tuple[str, dict[str, Any]]]:
    nothing = dict.fromkeys(("status", "store", "channel", "name", "number"))
    for row in part.assign(at=part["at"].dt.strftime("%Y-%m-%dT12:00:00.000000Z")).itertuples():
        order = {"key": row.key, "at": row.at, "total": row.amount, "currency": "USD", "brand": f"brand:{row.brand}"}
        line = {"sku": "cd", "category": row.category, "quantity": float(row.cds), "price": row.price}
        yield row.customer, nothing | order | line


def scored(part: pd.DataFrame) -> pd.DataFrame:
    """Recency, frequency, worth, their scores and the status of each customer, by pandas."""
    found = part.groupby("customer").agg(last=("at", "max"), f=("amount", "size"), m=("amount", "sum"))
    found["recency"] = (pd.Timestamp(AT) - found["last"]).dt.days
    found["m"] = found["m"].round(2)
    found["r_score"] = pd.cut(found["recency"], [-1, 30, 90, 180, 365, np.inf], labels=False).rsub(5)
    found["f_score"] = pd.cut(found["f"], [0, 1, 2, 4, 8, np.inf], labels=False) + 1
    found["m_score"] = pd.cut(found["m"], [-1, 25, 75, 200, 500, np.inf], labels=False, right=False) + 1
    found["status"] = np.where(found["recency"] > 365, "lapsed", np.where(found["f"] == 1, "new", "returning"))
    return found


def test_rfm_over_all_and_by_brand_is_what_pandas_finds(bought: pd.DataFrame, customers: dict[str, list[Sale]]) -> None:
    made = {customer: rfm(found, AT, Rfm()) for customer, found in customers.items()}
    assert len(made) == 23_570
    for brand in (None, "Lumia", "Bosko"):
        wanted = scored(bought if brand is None else bought[bought["brand"] == brand])
        told = {customer: row if brand is None else row["brands"].get(brand) for customer, row in made.items()}
        assert {customer for customer, row in told.items() if row} == set(wanted.index)
        for row in wanted.itertuples():
            one = told[row.Index]
            assert (one["recency_days"], one["frequency"], one["status"]) == (row.recency, row.f, row.status)
            assert one["monetary"] == pytest.approx(row.m, abs=0.0051)  # sums are rounded once here and there
            assert (one["r"], one["f"]) == (row.r_score, row.f_score)
            assert one["m"] == row.m_score or min(abs(row.m - step) for step in (25, 75, 200, 500)) < 0.01


def shares(part: pd.DataFrame, by: str, weight: str) -> pd.Series:
    """The share of each value in what a customer bought."""
    sums = part[part[weight] > 0].groupby(["customer", by])[weight].sum()
    return sums / sums.groupby("customer").transform("sum")


@pytest.mark.parametrize(
    ("name", "weight"), [("category", "cds"), ("brand", "cds"), ("weekday", "one"), ("price_band", "cds")]
)
def test_shares_and_trends_of_preferences_are_what_pandas_finds(
    name: str, weight: str, bought: pd.DataFrame, liked: dict[str, Any]
) -> None:
    steps = [0, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000]
    names = [f"{low}-{high} USD" for low, high in pairwise(steps)]
    table = bought.assign(one=1.0, weekday=bought["at"].dt.day_of_week.map(dict(enumerate(DAYS))))
    table["price_band"] = pd.cut(table["price"], steps, labels=names, right=False).astype(str)
    table = table.sort_values(["customer", "at", "key"])
    place = table.groupby("customer").cumcount()
    newer = place >= table.groupby("customer")["one"].transform("size") // 2
    whole, late, early = (shares(part, name, weight) for part in (table, table[newer], table[~newer]))
    both = pd.DataFrame({"share": whole, "late": late, "early": early}).fillna({"late": 0.0, "early": 0.0})
    repeated = set(early.index.get_level_values("customer")) & set(late.index.get_level_values("customer"))
    wanted = {
        row.Index: (row.share, row.late - row.early if row.Index[0] in repeated else None) for row in both.itertuples()
    }
    made = {
        (customer, row["value"]): (row["share"], row["trend"])
        for customer, found in liked.items()
        for row in found[name]
    }
    assert made.keys() == wanted.keys()
    for key, (share, trend) in made.items():
        assert share == pytest.approx(wanted[key][0], abs=0.00051), key
        assert (trend is None) == (wanted[key][1] is None), key
        assert trend is None or trend == pytest.approx(wanted[key][1], abs=0.00051), key

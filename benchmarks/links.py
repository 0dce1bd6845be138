"""A links file as a group of shops would have it, seeded: the same arguments give the same rows.

People have accounts, mailboxes, phones, cookies, devices, loyalty cards and orders. A few per cent of the devices,
phones and mailboxes serve a whole family, kiosks serve everybody, a shop's own number stands on many receipts, and
some values say nothing (`null`, `test@test.com`). Every pair of keys seen together is a row; `first_seen` is RFC 3339
text with six decimals, as `graph-cdp export links` writes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

Ints = NDArray[np.int64]

LINKS_OF_A_PERSON: Final = 18.9
_BEGIN: Final = 1_546_300_800_000_000
_SIX_YEARS: Final = 6 * 365 * 86_400_000_000
_KIOSKS_PER_PERSON: Final = 1 / 4000


@dataclass(frozen=True, slots=True)
class Group:
    """The people by number, and for each the values that they have; -1 where a person has none."""

    rng: np.random.Generator
    people: int
    family: Ints

    def has(self, share: float) -> Ints:
        """The numbers of so many of all people."""
        return np.flatnonzero(self.rng.random(self.people) < share)

    def several(self, most: int, share: float = 1.0) -> Ints:
        """Each of so many people between once and `most` times."""
        those = self.has(share)
        return np.repeat(those, self.rng.integers(1, most + 1, len(those)))

    def or_family(self, owners: Ints, share: float) -> Ints:
        """For each owner the number of the value, which for so many is that of the family's first member."""
        return np.where(self.rng.random(len(owners)) < share, self.family[owners], owners)


def write(to: Path, *, links: int, seed: int = 1) -> int:
    """Writes about so many links to the Parquet file `to`; how many people have left them."""
    rng = np.random.default_rng(seed)
    people = round(links / LINKS_OF_A_PERSON)
    sizes = rng.integers(1, 5, people)
    family = np.repeat(np.cumsum(sizes) - sizes, sizes)[:people]
    sightings = _sightings(Group(rng, people, family))
    rows = pl.concat([_pairs(rng, kind, columns) for kind, columns in sightings])
    rows = rows.group_by("a", "b", "kind").agg(pl.col("first_seen").min()).sort("first_seen", "a", "b", "kind")
    rows.with_columns(_text_of(pl.col("first_seen"))).head(links).write_parquet(to)
    return people


def _sightings(group: Group) -> list[tuple[str, list[pl.Series]]]:
    """By kind of link the columns of keys that were seen together, a row a sighting; null where a value is missing."""
    rng, everyone = group.rng, np.arange(group.people)
    mailbox, number = group.or_family(everyone, 0.02), group.or_family(everyone, 0.03)
    first_cookie = _cookies(everyone * 16)
    accounts, carded = group.has(0.8), group.has(0.5)
    logins, devices = group.several(7, 0.8), group.several(2, 0.6)
    cookie = logins * 16 + rng.integers(1, 16, len(logins))
    device = group.or_family(devices, 0.04) * 4 + rng.integers(0, 2, len(devices))
    kiosks = max(1, round(group.people * _KIOSKS_PER_PERSON))
    guests, online, till = group.several(3, 0.4), group.several(4, 0.7), group.several(4, 0.5)
    at_kiosk = group.has(0.03)
    numbers = rng.permutation(len(online) + len(guests) + len(till))
    web, guest, receipts = np.split(numbers, [len(online), len(online) + len(guests)])
    return [
        (
            "registration",
            [
                _users(rng, accounts),
                _emails(rng, mailbox[accounts]),
                _phones(rng, number[accounts]),
                first_cookie.gather(accounts),
            ],
        ),
        ("login", [_users(rng, logins), _cookies(cookie)]),
        ("device", [_users(rng, devices), _keys("device", _scrambled(device), "{:016X}"), _cookies(devices * 16 + 15)]),
        ("device", [_users(rng, at_kiosk), _keys("device", rng.integers(0, kiosks, len(at_kiosk)), "KIOSK{}")]),
        (
            "loyalty",
            [_keys("loyalty_card", carded, "29{:011}"), _emails(rng, mailbox[carded]), _phones(rng, number[carded])],
        ),
        ("purchase", [_keys("order", web, "web/{:09}"), _users(rng, online), _emails(rng, mailbox[online])]),
        ("form", [_keys("order", guest, "web/{:09}"), _emails(rng, mailbox[guests]), _phones(rng, number[guests])]),
        (
            "pos",
            [
                _keys("order", receipts, "pos/{:09}"),
                _keys("loyalty_card", till, "29{:011}"),
                _at_till(rng, number[till]),
            ],
        ),
    ]


def _scrambled(numbers: Ints) -> NDArray[np.uint64]:
    """As many different numbers that look drawn at random, so that neighbours are not neighbours by text."""
    return numbers.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)


def _cookies(numbers: Ints) -> pl.Series:
    return _keys("anonymous_id", _scrambled(numbers), "{:016x}-0000-4000")


def _keys(namespace: str, numbers: NDArray[np.integer], spelling: str) -> pl.Series:
    return pl.Series([f"{namespace}:{spelling.format(number)}" for number in numbers.tolist()], dtype=pl.String)


def _users(rng: np.random.Generator, numbers: Ints) -> pl.Series:
    return _but(rng, _keys("user_id", numbers, "{:08}"), {"user_id:null": 0.002, "user_id:guest": 0.002})


def _emails(rng: np.random.Generator, numbers: Ints) -> pl.Series:
    return _but(rng, _keys("email", numbers, "customer.{}@example.pl"), {"email:test@test.com": 0.003})


def _phones(rng: np.random.Generator, numbers: Ints) -> pl.Series:
    return _but(rng, _keys("phone", numbers, "+48{:09}"), {"phone:+48000000000": 0.003})


def _at_till(rng: np.random.Generator, numbers: Ints) -> pl.Series:
    """Of every fifth receipt a phone number, of some of these the shop's own."""
    phones = _but(rng, _keys("phone", numbers, "+48{:09}"), {"phone:+48221002000": 0.05})
    return phones.set(pl.Series(rng.random(len(numbers)) >= 0.2), None)


def _but(rng: np.random.Generator, keys: pl.Series, instead: dict[str, float]) -> pl.Series:
    for value, share in instead.items():
        keys = keys.set(pl.Series(rng.random(len(keys)) < share), value)
    return keys


def _pairs(rng: np.random.Generator, kind: str, columns: list[pl.Series]) -> pl.DataFrame:
    seen = pl.Series("first_seen", _BEGIN + rng.integers(0, _SIX_YEARS, len(columns[0])))
    pairs = [pl.DataFrame([one.alias("a"), other.alias("b"), seen]) for one, other in combinations(columns, 2)]
    rows = pl.concat(pairs).drop_nulls().filter(pl.col("a") != pl.col("b"))
    low, high = pl.min_horizontal("a", "b"), pl.max_horizontal("a", "b")
    return rows.select(low.alias("a"), high.alias("b"), pl.lit(kind).alias("kind"), "first_seen")


def _text_of(micros: pl.Expr) -> pl.Expr:
    return micros.cast(pl.Datetime("us")).dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ")

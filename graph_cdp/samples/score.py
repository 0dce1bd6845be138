"""How well customers fit the people that they were made of."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Score:
    """Of so many `people` and `identifiers`: customers that hold two people, people in two customers, and identifiers
    that are with another person's."""

    people: int
    identifiers: int
    swallowing: int
    split: int
    wrong: int


def score(customer_of: Mapping[str, str], person_of: Mapping[str, str]) -> Score:
    """Compares customers with the truth, on the keys that have exactly one person."""
    people: dict[str, Counter[str]] = defaultdict(Counter)
    customers: dict[str, set[str]] = defaultdict(set)
    for key, person in person_of.items():
        people[customer_of[key]][person] += 1
        customers[person].add(customer_of[key])
    return Score(
        people=len(customers),
        identifiers=len(person_of),
        swallowing=sum(len(inside) > 1 for inside in people.values()),
        split=sum(len(of) > 1 for of in customers.values()),
        wrong=sum(inside.total() - max(inside.values()) for inside in people.values()),
    )

"""How far customers are from the people that they are made of."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass

from benchmarks.simulation.visits import World

Customers = Mapping[str, Hashable]


@dataclass(frozen=True, slots=True)
class Score:
    """Shares, from 0 to 1.

    A customer belongs to the person with most identifiers in it, of several to the first. `swallowed`: of the people
    with identifiers of their own, those who have most of them in a customer of somebody else. `split`: of the people
    whose own identifiers are linked with one another, those who are more customers than they have accounts.
    `accounts`: the same, those with two accounts that are two customers. `wrong`: of all identifiers that have one
    owner, those in a customer of somebody else. `moved`: those whose customer is another in shuffled order.
    """

    swallowed: float
    split: float
    accounts: float
    wrong: float
    moved: float


def score(world: World, customers: Customers, shuffled: Customers) -> Score:
    """Compares what a contender made of the world, and of the same world in another order, with the truth."""
    whose: dict[Hashable, Counter[int]] = defaultdict(Counter)
    where: dict[int, Counter[Hashable]] = defaultdict(Counter)
    for key, person in world.owned.items():
        customer = customers.get(key, key)
        whose[customer][person] += 1
        where[person][customer] += 1
    belongs = {customer: min(inside, key=lambda one: (-inside[one], one)) for customer, inside in whose.items()}
    homes = {person: max(of, key=lambda one: of[one]) for person, of in where.items()}
    linked = [person for person in where if person in world.linked]
    split = sum(len(where[person]) > max(1, world.accounts[person]) for person in linked)
    apart = sum(len(where[person]) > 1 for person in linked if world.accounts[person] > 1)
    return Score(
        swallowed=sum(belongs[home] != person for person, home in homes.items()) / len(homes),
        split=split / len(linked),
        accounts=apart / len(linked),
        wrong=sum(inside.total() - inside[belongs[of]] for of, inside in whose.items()) / len(world.owned),
        moved=_moved(world, customers, shuffled),
    )


def _moved(world: World, one: Customers, other: Customers) -> float:
    """The identifiers outside the customers that are paired one to one, the greatest overlap first."""
    overlaps = Counter((one.get(key, key), other.get(key, key)) for key in world.owned)
    left, right, kept = set(), set(), 0
    for (a, b), size in sorted(overlaps.items(), key=lambda item: (-item[1], str(item[0]))):
        if a not in left and b not in right:
            left.add(a)
            right.add(b)
            kept += size
    return 1 - kept / len(world.owned)

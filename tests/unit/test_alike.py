"""How much names are alike."""

from __future__ import annotations

import pytest

from graph_cdp.alike import alike
from graph_cdp.model import Observation
from graph_cdp.policy import Policy
from graph_cdp.resolve.identity import hasher
from tests.laws.ledger import Ledger

RULES = """
[[contradictions]]
trait = "first_name"
tier = 3
alike = 0.75
[kinds]
form = { tier = 3 }
login = { tier = 1 }
"""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Łukasz", "Lukasz"),
        ("Łukasz", "Лукаш"),
        ("Анна", "Anna"),
        ("Олена", "Olena"),
        ("Ján", "Jan"),
        ("Katarzyna", "Katarzyba"),
        ("A.", "Anna"),
        ("Наталія", "Наталья"),
    ],
)
def test_spellings_of_one_name_are_alike(one: str, other: str) -> None:
    assert alike(one, other) >= 0.85
    assert alike(one, other) == alike(other, one)


@pytest.mark.parametrize(("one", "other"), [("Anna", "Piotr"), ("Олена", "Богдан"), ("Ján", "Zuzana")])
def test_other_names_are_not(one: str, other: str) -> None:
    assert alike(one, other) < 0.7


def seen(number: int, kind: str, *keys: str, name: str) -> Observation:
    traits = {"first_name": name}
    return Observation(f"u{number}", "web", f"m{number}", kind, "seen", tuple(sorted(keys)), number, traits=traits)


@pytest.mark.parametrize(
    ("names", "customers"), [(("Anna", "Анна"), 1), (("Anna", "Piotr"), 2), (("Anna", "Ana", "Aña"), 1)]
)
def test_far_names_keep_customers_apart_and_spellings_do_not(names: tuple[str, ...], customers: int) -> None:
    ledger = Ledger(Policy(RULES))
    for number, name in enumerate(names):
        ledger.ingest([seen(number, "login", f"user_id:{number}", name=name)])
    for number in range(1, len(names)):
        ledger.ingest([seen(9 + number, "form", "user_id:0", f"user_id:{number}", name=names[0])])
    assert len({home for key, home in ledger.member_of.items()}) == customers
    assert hasher("secret")("user_id:0") in ledger.member_of.values()

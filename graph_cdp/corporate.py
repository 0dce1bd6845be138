"""The profile of a company, which is no customer: what is known of it, and what its people do for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from graph_cdp.errors import NotFoundError
from graph_cdp.profiling import TIMELINE, Asked, company_of, contacts_of
from graph_cdp.project import brands, orders, preferences, profile, rfm
from graph_cdp.project.facts import Fact
from graph_cdp.project.orders import Sale
from graph_cdp.reading import Reading

Row = dict[str, Any]


def profile_of_company(reading: Reading, key: str, asked: Asked) -> Row:
    """The profile of a company: what is known of it, its contacts, and the orders of all of them together.

    Raises `NotFoundError` for a key that no company has, `UsageError` as the profile of a person.
    """
    rows = reading.graph.ask("read/companies", keys=[key])
    if not rows:
        raise NotFoundError("no company is known under this key (export customers lists those of people)")
    wanted = profile.parts_of(asked.include, list(_OF_COMPANY))
    sheets = contacts_of(reading, key, asked, {})
    told = sorted((fact for sheet in sheets for fact in sheet.recent), key=lambda fact: fact.moment)
    sales = sorted((sale for sheet in sheets for sale in sheet.sales), key=lambda sale: (sale.at or "", sale.key))[::-1]
    about = _Company(
        company_of(reading, rows[0], asked, {sheet.customer: sheet for sheet in sheets}), told, sales, reading, asked
    )
    head = {"customer_id": key, "kind": "company", "as_of": reading.as_of, "on": asked.today.isoformat()}
    return head | {name: _OF_COMPANY[name](about) for name in wanted}


@dataclass(frozen=True)
class _Company:
    facts: Row
    told: Sequence[Fact]
    sales: Sequence[Sale]
    reading: Reading
    asked: Asked


_OF_COMPANY: Final[Mapping[str, Callable[[_Company], Any]]] = {
    "company": lambda about: about.facts,
    "orders": lambda about: orders.orders(about.sales),
    "rfm": lambda about: rfm.rfm(about.sales, about.asked.today, about.reading.policy.rfm),
    "preferences": lambda about: preferences.preferences(about.sales, about.told),
    "brands": lambda about: brands.brands(about.told, about.sales),
    "timeline": lambda about: profile.timeline(about.told[::-1][:TIMELINE]),
}

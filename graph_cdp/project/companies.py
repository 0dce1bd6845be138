"""The company that a customer works for: what is known of it, its people, and who decides."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from graph_cdp.project.facts import text_of
from graph_cdp.project.orders import Sale, revenue_of

Row = Mapping[str, Any]

_HEADS: Final = ("employees", "employee_count", "headcount", "head_count", "size")
_ROLES: Final = ("role", "position", "job_title", "title", "occupation")
_DECIDES: Final = (
    *("owner", "director", "ceo", "founder", "president", "buyer", "purchasing"),
    *("dyrektor", "prezes", "właściciel", "директор", "власник", "riaditeľ", "konateľ"),
)
_YES: Final = frozenset(("true", "yes", "1", "tak", "да", "так", "áno"))


def company(row: Row, contacts: Sequence[Row], sales: Iterable[Sale]) -> dict[str, Any]:
    """One company with its contacts and the orders of all of them."""
    said = json.loads(row["traits"] or "{}")
    bought = list(sales)
    regions = [one for one in dict.fromkeys(contact.get("regions") for contact in contacts) if one]
    shown = [{name: value for name, value in contact.items() if name != "regions"} for contact in contacts]
    return {
        "key": row["key"],
        **said,
        "employees": next((said[name] for name in _HEADS if name in said), None),
        "regions": said.get("regions") or (regions[0] if len(regions) == 1 else regions) or None,
        "decision_maker": said.get("decision_maker") or _decider(contacts),
        "contacts": shown,
        "orders": {"count": sum(sale.counts for sale in bought), "revenue": revenue_of(bought)},
    }


def contact(customer: str, found: Mapping[str, Row], person: Row, preferred: Row | None) -> dict[str, Any]:
    """A person of a company, by its traits."""
    values = {name: trait["value"] for name, trait in found.items()}
    role = text_of(values, *_ROLES)
    return {
        "customer_id": customer,
        "name": person["name"],
        "role": role,
        "decision_maker": _decides(values, role),
        "emails": person["emails"],
        "phones": person["phones"],
        "preferred_channel": preferred["channel"] if preferred else None,
        "regions": values.get("regions"),
    }


def _decides(values: Row, role: str | None) -> bool:
    if "decision_maker" in values:
        return str(values["decision_maker"]).strip().casefold() in _YES
    return role is not None and any(word in role.casefold() for word in _DECIDES)


def _decider(contacts: Iterable[Row]) -> str | None:
    return next((contact["name"] for contact in contacts if contact["decision_maker"]), None)

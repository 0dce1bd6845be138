"""Who it is: name, age, sex, language; and the places that a customer lives at, has parcels sent to, was seen in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from graph_cdp.mailbox import NORMALISATION
from graph_cdp.names import taken_apart, untitled
from graph_cdp.project.facts import Fact, about, place_of, text_of
from graph_cdp.project.orders import Sale
from graph_cdp.sexes import sex_of

Traits = Mapping[str, Mapping[str, Any]]

_DELIVERY: Final = ("shipping_address", "delivery_address", "shippingAddress")
_PLACES_SHOWN: Final = 5


def person(found: Traits, identifiers: Iterable[Mapping[str, Any]], today: date) -> dict[str, Any]:
    """Name, age on a day, sex, language, e-mail addresses and phone numbers that are the customer's own, as given."""
    own = [row for row in identifiers if not row["shared"] and list(row["sources"]) != [NORMALISATION]]
    born = birth_date(found, today)
    sex = _said(found, "sex", "gender")
    return {
        "name": _name(found),
        "age": None if born is None else _years(born, today),
        "birth_date": None if born is None else born.isoformat(),
        "sex": None if sex is None else sex_of(sex) or sex,
        "language": _said(found, "language", "locale"),
        "emails": [row["value"] for row in own if row["namespace"] == "email"],
        "phones": [row["value"] for row in own if row["namespace"] == "phone"],
    }


def _said(found: Traits, *names: str) -> str | None:
    return text_of({name: trait["value"] for name, trait in found.items()}, *names)


def _name(found: Traits) -> str | None:
    """The name that people go by, without titles and with the given name first; the traits have it as it was said."""
    first, last = _said(found, "first_name", "firstName"), _said(found, "last_name", "lastName")
    whole = _said(found, "full_name", "name", "fullName")
    if first and last:
        return f"{untitled(first)} {untitled(last)}"
    return taken_apart(whole).usual or whole if whole else first or last


def birth_date(found: Traits, today: date) -> date | None:
    """The date that was said, or the best runner-up where that lies in the future."""
    for row in _births(found):
        born = _date(row["value"])
        if born is not None and born <= today:
            return born
    return None


def _births(found: Traits) -> list[Mapping[str, Any]]:
    """What was said of the birth date, the best word first."""
    trait = found.get("birth_date")
    return [trait, *trait.get("runner_ups", ())] if trait else []


def _date(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def _years(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def born_in_future(found: Traits, today: date) -> list[dict[str, Any]]:
    """A warning where somebody is said to be born later than today."""
    late = [row for row in _births(found) if (born := _date(row["value"])) is not None and born > today]
    return [
        {"warning": "birth date in the future", "trait": "birth_date", "value": row["value"], "source": row["source"]}
        for row in late
    ]


def places(found: Traits, facts: Sequence[Fact], sales: Iterable[Sale], recent: Iterable[Fact]) -> dict[str, Any]:
    """Where a customer says to live, has parcels sent to and was seen."""
    own = {sale.key for sale in sales}
    sent = [(fact, name) for fact in about(facts, "order") if fact.order in own for name in _DELIVERY]
    seen = {fact.uid: fact for fact in (*recent, *facts)}
    return {
        "declared": _declared(found),
        "delivered_to": _counted((place_of(fact.properties.get(name)), fact.at) for fact, name in sent),
        "seen_from": _counted((place_of(fact.around("location")), fact.at) for fact in seen.values()),
    }


def _declared(found: Traits) -> list[dict[str, Any]]:
    address = found.get("address")
    single = {name: found[name]["value"] for name in ("city", "region", "country", "regions") if name in found}
    said = [(place_of(address["value"]), address["at"])] if address else []
    if single:
        at = max((found[name]["at"] or "" for name in single), default="") or None
        single.setdefault("region", single.pop("regions", None))
        said.append((place_of(single), at))
    return _counted(said)


def _counted(said: Iterable[tuple[Mapping[str, Any], str | None]]) -> list[dict[str, Any]]:
    """Each place once, with how often and when last; the most frequent first."""
    found: dict[str, dict[str, Any]] = {}
    for place, at in said:
        if place:
            names = {part: value for part, value in place.items() if part not in ("latitude", "longitude")}
            name = json.dumps(names or dict(place), sort_keys=True)
            row = found.setdefault(name, {**place, "count": 0, "at": None})
            if (at or "") >= (row["at"] or ""):
                row |= {**place, "at": at}
            row["count"] += 1
    rows = sorted(found.items(), key=lambda pair: (-pair[1]["count"], pair[0]))
    return [row for _, row in rows][:_PLACES_SHOWN]

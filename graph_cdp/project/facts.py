"""What happened, as the views read it: a customer's own events, taken apart once, in the order of time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic_core import from_json

from graph_cdp.addresses import taken_apart
from graph_cdp.model import namespace_of
from graph_cdp.normalise import Unusable, amount, region
from graph_cdp.vocabulary import Meaning, meaning_of

Row = Mapping[str, Any]
_NOTHING: Final = Meaning("", "")
_PLACE: Final = {
    "city": ("city", "town"),
    "region": ("region", "state"),
    "country": ("country", "country_code"),
    "latitude": ("latitude", "lat"),
    "longitude": ("longitude", "lng", "lon"),
}
_ENDS: Final = {"latitude": 90, "longitude": 180}


@dataclass(frozen=True, slots=True)
class Fact:
    """One event. `topic`, `what` and `channel` are its meaning, empty where its name has none; `at` is None undated.

    `order` is the key of the order that it is about.
    """

    uid: str
    at: str | None
    source: str
    name: str
    kind: str
    keys: tuple[str, ...]
    meaning: Meaning = _NOTHING
    brand: str | None = None
    company: str | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)
    traits: Mapping[str, Any] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)
    order: str | None = field(init=False)

    def __post_init__(self) -> None:
        # Views ask for it more often than there are facts.
        order = next((key for key in self.keys if namespace_of(key).rpartition(".")[2] == "order"), None)
        object.__setattr__(self, "order", order)

    @property
    def moment(self) -> tuple[str, str]:
        """Sorts facts in time, undated ones first."""
        return self.at or "", self.uid

    def text(self, *names: str) -> str | None:
        """The first of these properties that is a text or a number, as text."""
        return text_of(self.properties, *names)

    def number(self, *names: str) -> float | None:
        """The first of these properties that is a number."""
        return number_of(self.properties, *names)

    def around(self, name: str) -> Any:
        """What the circumstances of the event, or else its properties, say of `name`."""
        return self.context[name] if name in self.context else self.properties.get(name)


def facts_of(rows: Iterable[Row], brand_of: Callable[[str], str | None]) -> list[Fact]:
    """The facts in rows of events, the oldest first; `brand_of` says whose brand a source is, where it is one's."""
    return sorted((_fact(row, brand_of) for row in rows), key=lambda fact: fact.moment)


def _fact(row: Row, brand_of: Callable[[str], str | None]) -> Fact:
    properties = _object(row["properties"])
    if "properties.type" in properties:  # as an older release kept a property called type
        properties = {**properties, "type": properties["properties.type"]}
    return Fact(
        uid=row["uid"],
        at=row["at"],
        source=row["source"],
        name=row["name"],
        kind=row["kind"],
        keys=tuple(row["keys"]),
        meaning=meaning_of(row["name"]) or _NOTHING,
        brand=text_of(properties, "brand") or brand_of(row["source"]),
        company=row.get("company"),
        properties=properties,
        traits=_object(row.get("traits")),
        context=_object(row.get("context")),
    )


def _object(text: str | None) -> Row:
    """What a stored JSON object says; most say nothing."""
    if not text or text == "{}":
        return {}
    try:
        said: Row = from_json(text, cache_strings="keys")  # in a third of the time
    except ValueError:  # broken Unicode, and what is nested very deep
        said = json.loads(text)
    return said


def about(facts: Iterable[Fact], *topics: str) -> list[Fact]:
    """Those of some topics."""
    return [fact for fact in facts if fact.meaning.topic in topics]


def text_of(said: Mapping[str, Any], *names: str) -> str | None:
    """The first of the values called `names` that is a text or a number, as text."""
    for name in names:
        value = said.get(name)
        if value is None:  # as most are
            continue
        if isinstance(value, str) and value.strip():
            return value.strip()
        if isinstance(value, int | float) and not isinstance(value, bool):
            return f"{value:g}" if isinstance(value, float) else str(value)
    return None


def number_of(said: Mapping[str, Any], *names: str) -> float | None:
    """The first of the values called `names` that is a number, or a text that is one."""
    for name in names:
        value = said.get(name)
        if isinstance(value, str):
            value = _number(value)
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15:
            return float(value)
    return None


def _number(said: str) -> float | None:
    """A number as programs write it, or as people write an amount: `1 234,50 zł`."""
    try:
        return float(said.replace("\xa0", "").replace(" ", "").replace(",", "."))
    except ValueError:
        pass
    try:
        return amount(said)
    except Unusable:
        return None


def place_of(said: Any) -> dict[str, Any]:
    """The place that an object tells of: city, region, country, latitude and longitude as far as they are there.

    The country is its two letters, however it is written; one that is not known stays as it is. An address in one
    text has a street and a postal code as well. Half of a position is none.
    """
    if isinstance(said, str):
        return dict(taken_apart(said))
    if not isinstance(said, Mapping):
        return {}
    found: dict[str, Any] = {}
    for part, names in _PLACE.items():
        value = number_of(said, *names) if part in ("latitude", "longitude") else text_of(said, *names)
        if value is not None:
            found[part] = (region(str(value)) or value) if part == "country" else value
    if not _is_position(found):
        found = {part: value for part, value in found.items() if part not in _ENDS}
    return found


def _is_position(found: Mapping[str, Any]) -> bool:
    return all(part in found and abs(found[part]) <= end for part, end in _ENDS.items())


def shares(counted: Mapping[str, float]) -> list[dict[str, Any]]:
    """`{value, share, count}` of what was counted, the largest first."""
    total = sum(counted.values())
    rows = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    return [{"value": value, "share": round(count / total, 3), "count": plain(count)} for value, count in rows if total]


def plain(amount: float) -> float | int:
    """A whole number as one, others to the hundredth."""
    return int(amount) if amount == int(amount) else round(amount, 2)

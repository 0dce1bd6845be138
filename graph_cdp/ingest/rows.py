"""Rows of tables to observations, by a mapping."""

from __future__ import annotations

from collections import abc
from dataclasses import replace
from typing import Any, Final

from graph_cdp import consents, scales
from graph_cdp.ingest.content import canonical, clean_text, digest, part_of_key, storable, uid
from graph_cdp.ingest.keys import Keys, Sender, sender_of
from graph_cdp.ingest.mapping import Cell, LineMapping, Mapping, OrderMapping
from graph_cdp.model import UNDATED, Company, Item, Observation, Order, OrderLine, Refusal
from graph_cdp.normalise import Unusable, calendar_date, is_doubtful, moment, price, region, text, yes_or_no
from graph_cdp.policy import Policy

Row = abc.Mapping[str, Any]
_TOTALS: Final = frozenset(
    (
        *("razem", "suma", "ogółem", "łącznie", "итого", "всего", "сумма", "усього", "всього", "разом", "сума"),
        *("spolu", "celkom", "súčet", "total", "totals", "grand total", "sum"),
    )
)
_DOUBT: Final = "taken with the month first, which may be wrong: say day_first = true or false in the mapping"


class Rows:
    """Reads the rows of one table as observations of one source."""

    def __init__(self, mapping: Mapping, *, source: str | None = None, policy: Policy) -> None:
        self._mapping = mapping
        self._sender: Sender = sender_of(policy, source or mapping.source)
        self._name = mapping.name or Cell(value=self._sender.source)
        # What a row says is also told by the mapping that reads it: its name stands for that in the id of the row.
        self._mapped_name = self._name.value or self._name.column

    def observed(self, row: object, *, received_at: int) -> list[Item]:
        """What one row says: the observation that it is, and one of each consent that stands in it."""
        seen = self.observe(row, received_at=received_at)
        if not self._mapping.consent or not isinstance(row, dict):
            return [seen]
        refusals: list[Refusal] = []
        consents = [
            replace(seen, uid=uid(seen.source, message_id, canonical(row)), message_id=message_id, **told)
            for channel in self._mapping.consent
            if (told := self._consent(channel, row, seen, refusals))
            for message_id in [f"{seen.message_id}/consent/{channel}"]
        ]
        return [replace(seen, refusals=(*seen.refusals, *refusals)), *consents]

    def _consent(self, channel: str, row: Row, seen: Observation, refusals: list[Refusal]) -> dict[str, Any] | None:
        """What tells the event of a consent from the row that it stands in; None where there is no such word."""
        mapped = self._mapping.consent[channel]
        said = Cell(mapped.column).of(row)
        if said is None:
            return None
        try:
            given = yes_or_no(said)
            at = self._moment(row, mapped.time) if mapped.time else seen.occurred_at
        except Unusable as unusable:
            refusals.append(Refusal(mapped.column, unusable.reason))
            return None
        about = {"channel": channel, "purpose": mapped.purpose, "wording": mapped.wording}
        return {
            "name": "Consent Given" if given else "Consent Withdrawn",
            "occurred_at": at,
            "properties": {"type": "track"} | {name: value for name, value in about.items() if value is not None},
            "traits": {},
            "order": None,
            "company": None,
            "refusals": (),
            "blocked": (),
        }

    def observe(self, row: object, *, received_at: int) -> Observation:
        """The observation that one row is; `Unusable`, with the reason, where it is none.

        The values of the row are texts, numbers and truth values. What cannot be the identifier that its column
        holds is in `refusals`; the row is kept while another key is left.
        """
        if not isinstance(row, dict):
            raise Unusable("not a row: a JSON object with a value for each column is needed")
        mapping, source = self._mapping, self._sender.source
        if mapping.order and _is_total(mapping.order.id, row):
            raise Unusable(f"{mapping.order.id.column}: a row of totals, which is no order")
        content = canonical({"mapping": self._mapped_name, "row": row})
        message_id = self._message_id(row) or digest(content)
        keys = Keys(self._sender)
        self._identify(row, keys)
        kept: Row = storable(row, content)
        order = self._order(mapping.order, row, message_id, keys) if mapping.order else None
        name, traits, properties = _text(self._name, row) or source, self._traits(kept, keys), self._properties(kept)
        keys.refusals += consents.refused(name, traits, properties, {})
        keys.refusals += scales.refused(name, properties)
        return Observation(
            uid=uid(source, message_id, content),
            source=source,
            message_id=message_id,
            kind=mapping.kind,
            name=name,
            keys=keys.all(f"each of {', '.join(self._identifier_columns())} is empty"),
            occurred_at=self._occurred_at(row, keys),
            received_at=received_at,
            traits=traits,
            properties=properties,
            order=order,
            company=self._company(kept, keys) if mapping.company else None,
            refusals=tuple(keys.refusals),
            blocked=tuple(keys.blocked),
        )

    def _message_id(self, row: Row) -> str | None:
        given = Cell(self._mapping.message_id).of(row)
        if given is None:
            return None
        try:
            return text(given)
        except Unusable as unusable:
            raise Unusable(f"{self._mapping.message_id}: {unusable.reason}") from None

    def _identifier_columns(self) -> list[str]:
        return [one.column for columns in self._mapping.identifiers.values() for one in columns]

    def _identify(self, row: Row, keys: Keys) -> None:
        if self._mapping.country is not None:
            keys.country = region(self._mapping.country.of(row)) or keys.country
        for namespace, columns in self._mapping.identifiers.items():
            for one in columns:
                for value in one.of(row):
                    keys.add(namespace, value, one.column)

    def _occurred_at(self, row: Row, keys: Keys) -> int:
        try:
            self._doubt(Cell(self._mapping.time).of(row), self._mapping.time or "", keys)
            return self._moment(row, self._mapping.time)
        except Unusable as unusable:
            raise Unusable(f"{self._mapping.time}: {unusable.reason}") from None

    def _moment(self, row: Row, column: str | None) -> int:
        given = Cell(column).of(row)
        if given is None:
            return UNDATED
        return moment(given, timezone=self._mapping.timezone, day_first=bool(self._mapping.day_first))

    def _properties(self, row: Row) -> Row:
        said = {name: value for name, cell in self._mapping.properties.items() if (value := cell.of(row)) is not None}
        return {"type": "track" if said else "row"} | said

    def _traits(self, row: Row, keys: Keys) -> Row:
        traits = {}
        for name, cell in self._mapping.traits.items():
            value = cell.of(row)
            if value is not None and name == "birth_date":
                value = self._born(value, cell.column or name, keys)
            if value is not None:
                traits[name] = value
        return traits

    def _doubt(self, value: object, place: str, keys: Keys) -> None:
        """Notes a date whose day and month may be exchanged, unless the mapping says which is which."""
        if self._mapping.day_first is None and is_doubtful(value):
            keys.refuse(place, _DOUBT)

    def _born(self, value: object, place: str, keys: Keys) -> str | None:
        self._doubt(value, place, keys)
        try:
            return calendar_date(value, day_first=bool(self._mapping.day_first))
        except Unusable as unusable:
            keys.refuse(place, unusable.reason)
            return None

    def _order(self, mapping: OrderMapping, row: Row, message_id: str, keys: Keys) -> Order | None:
        key = keys.add("order", mapping.id.of(row), mapping.id.column or "order.id")
        if key is None:
            return None
        line = _line(mapping.line, row, message_id, keys) if mapping.line else None
        return Order(
            key=key,
            lines=(line,) if line else (),
            whole=False,
            total=_amount(mapping.total, row, keys),
            currency=_currency(mapping, row, keys),
            brand=part_of_key(_text(mapping.brand, row)),
            store=part_of_key(_text(mapping.store, row)),
            channel=_text(mapping.channel, row),
        )

    def _company(self, row: Row, keys: Keys) -> Company | None:
        traits = {name: value for name, cell in self._mapping.company.items() if (value := cell.of(row)) is not None}
        named = traits.get("id", traits.get("name"))
        if named is None:
            return None
        try:
            return Company(f"company:{self._sender.source}/{text(named)}", traits)
        except Unusable as unusable:
            keys.refuse("company", unusable.reason)
            return None


def _is_total(id: Cell, row: Row) -> bool:
    """Whether the number of the order is a word for the sum of all rows, as at the bottom of a report."""
    said = id.of(row) if id.column else None
    return isinstance(said, str) and said.removesuffix(":").rstrip().casefold() in _TOTALS


def _line(mapping: LineMapping, row: Row, message_id: str, keys: Keys) -> OrderLine | None:
    sku = part_of_key(_text(mapping.sku, row))
    if sku is None:
        return None
    quantity = _amount(mapping.quantity, row, keys)
    return OrderLine(
        number=_text(mapping.number, row) or message_id,
        sku=sku,
        name=_text(mapping.name, row),
        category=_text(mapping.category, row),
        quantity=1.0 if quantity is None else quantity,
        price=_amount(mapping.price, row, keys),
    )


def _text(cell: Cell | None, row: Row) -> str | None:
    value = cell.of(row) if cell else None
    return None if value is None else clean_text(str(value))


def _amount(cell: Cell | None, row: Row, keys: Keys) -> float | None:
    return keys.amount(cell.of(row), cell.column or "order") if cell else None


def _currency(mapping: OrderMapping, row: Row, keys: Keys) -> str | None:
    """The currency that the row names, else the one that stands beside the total or the price."""
    if named := _text(mapping.currency, row):
        return keys.currency(named, (mapping.currency.column if mapping.currency else None) or "order.currency")
    return _currency_in(mapping.total, row) or _currency_in(mapping.line.price if mapping.line else None, row)


def _currency_in(cell: Cell | None, row: Row) -> str | None:
    """The currency that stands beside an amount: `12,50 zł`."""
    try:
        return price(cell.of(row))[1] if cell else None
    except Unusable:
        return None

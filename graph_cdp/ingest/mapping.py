"""The mapping file: which column of a table is which identifier, trait, order or company.

TOML. A right side is the name of a column, or `{ value = "…" }` for what is the same in every row.
"""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    field_validator,
    model_validator,
)

from graph_cdp import toml
from graph_cdp.errors import MappingError
from graph_cdp.files import column_names
from graph_cdp.normalise import is_namespace, is_source, region
from graph_cdp.vocabulary import CHANNELS, SPELLED_CHANNELS

_NO_PERSON: Final = ("group_id", "company")


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a value of a row comes from: a column, or the same constant for all rows."""

    column: str | None = None
    value: Any = None

    def of(self, row: abc.Mapping[str, Any]) -> Any:
        """The value that this cell has in `row`; None where it is absent or blank."""
        found = self.value if self.column is None else row.get(self.column)
        if isinstance(found, str):
            found = found.strip()
        return None if found == "" else found


def _cell(written: object) -> Cell:
    if isinstance(written, str) and written:
        return Cell(column=written)
    if isinstance(written, dict) and set(written) == {"value"} and isinstance(written["value"], str | int | float):
        return Cell(value=written["value"])
    raise ValueError('give the name of a column, or { value = "…" } for what is the same in every row')


def _country(written: object) -> Cell:
    if isinstance(written, dict) and set(written) == {"column"} and isinstance(written["column"], str):
        return Cell(column=written["column"])
    if region(written):
        return Cell(value=region(written))
    raise ValueError('give two letters such as "PL", or { column = "…" }')


@dataclass(frozen=True, slots=True)
class Column:
    """A column of identifiers; with `split` a cell holds several, with this text between them."""

    column: str
    split: str | None = None

    def of(self, row: abc.Mapping[str, Any]) -> list[Any]:
        """The values of this column in `row`, without blank ones."""
        found = Cell(self.column).of(row)
        if not isinstance(found, str) or self.split is None:
            return [] if found is None else [found]
        return [part.strip() for part in found.split(self.split) if part.strip()]


@dataclass(frozen=True, slots=True)
class Consent:
    """Where the consent to one channel stands: a column of yes and no; its purpose, wording and time."""

    column: str
    purpose: str | None = None
    wording: str | None = None
    time: str | None = None


def _columns(written: object) -> tuple[Column, ...]:
    columns = tuple(map(_column, written if isinstance(written, list) else [written]))
    if not columns:
        raise ValueError("give at least one column")
    return columns


def _column(written: object) -> Column:
    if isinstance(written, str) and written:
        return Column(written)
    if isinstance(written, dict) and {"column"} <= set(written) <= {"column", "split"} and _texts(written):
        return Column(**written)
    raise ValueError('give the name of a column, { column = "…", split = ";" } where a cell holds several, or a list')


def _consent(written: object) -> Consent:
    if isinstance(written, str) and written:
        return Consent(written)
    known = {"column", "purpose", "wording", "time"}
    if isinstance(written, dict) and {"column"} <= set(written) <= known and _texts(written):
        return Consent(**written)
    raise ValueError(
        'give a column of yes and no, or { column = "…", purpose = "…", wording = "…", time = "a column" }'
    )


def _texts(written: dict[str, object]) -> bool:
    return all(isinstance(value, str) and value for value in written.values())


def _name(written: object) -> Cell:
    if isinstance(written, dict) and set(written) == {"column"} and isinstance(written["column"], str):
        return Cell(column=written["column"])
    if isinstance(written, str) and written:
        return Cell(value=written)
    raise ValueError('give a name, or { column = "…" } where a column has the names of events')


def _channel(name: str) -> str:
    """Other spellings of a channel are understood where consents are read; of an unknown one nobody would hear."""
    if name in CHANNELS or name in SPELLED_CHANNELS:
        return name
    near = get_close_matches(name.casefold(), [*CHANNELS, *SPELLED_CHANNELS], 1)
    guess = f"; did you mean {SPELLED_CHANNELS.get(near[0], near[0])}?" if near else ""
    raise ValueError(f"is no channel{guess} (there are {', '.join(CHANNELS)})")


AnyCell = Annotated[Cell, BeforeValidator(_cell)]
CountryCell = Annotated[Cell, BeforeValidator(_country)]
Columns = Annotated[tuple[Column, ...], BeforeValidator(_columns)]
AnyConsent = Annotated[Consent, BeforeValidator(_consent)]
Channel = Annotated[str, AfterValidator(_channel)]
NameCell = Annotated[Cell, BeforeValidator(_name)]
Name = Annotated[str, Field(min_length=1)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LineMapping(_Part):
    """The columns of one line of an order."""

    sku: AnyCell
    number: AnyCell | None = None
    name: AnyCell | None = None
    category: AnyCell | None = None
    quantity: AnyCell | None = None
    price: AnyCell | None = None


class OrderMapping(_Part):
    """The columns of an order, of which each row is one line."""

    id: AnyCell
    total: AnyCell | None = None
    currency: AnyCell | None = None
    brand: AnyCell | None = None
    store: AnyCell | None = None
    channel: AnyCell | None = None
    line: LineMapping | None = None


class Mapping(_Part):
    """What each column of a table means. Made by `load_mapping`."""

    source: Name
    identifiers: Annotated[abc.Mapping[str, Columns], Field(min_length=1)]
    kind: Name = "import"
    name: NameCell | None = None
    country: CountryCell | None = None
    time: Name | None = None
    timezone: Name | None = None
    day_first: bool | None = None
    message_id: Name | None = None
    encoding: Name | None = None
    table: Name | None = None
    query: Name | None = None
    watermark: Name | None = None
    traits: abc.Mapping[str, AnyCell] = {}
    properties: abc.Mapping[str, AnyCell] = {}
    consent: abc.Mapping[Channel, AnyConsent] = {}
    order: OrderMapping | None = None
    company: abc.Mapping[str, AnyCell] = {}
    _file: str = PrivateAttr("mapping")
    _text: str = PrivateAttr("")

    @field_validator("source")
    @classmethod
    def _source_name(cls, value: str) -> str:
        if not is_source(value):
            raise ValueError("a source is a name without blanks, / and :, of at most 64 characters")
        return value

    @field_validator("identifiers")
    @classmethod
    def _namespaces(cls, value: abc.Mapping[str, Columns]) -> abc.Mapping[str, Columns]:
        for name in value:
            if not is_namespace(name):
                raise ValueError(f"{name!r} is no namespace: small letters, digits, _ and inner dots only")
            if name in _NO_PERSON:
                raise ValueError(f"{name} names a company and no person: use [company]")
        return value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str | None) -> str | None:
        try:
            return value and ZoneInfo(value).key
        except (OSError, ValueError, KeyError):
            raise ValueError("no such time zone; give an IANA name such as Europe/Warsaw") from None

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, value: str | None) -> str | None:
        try:
            plain = "\n".encode(value or "utf-8") == b"\n"
        except LookupError:
            raise ValueError('no such encoding; give one such as "cp1250"') from None
        if not plain:
            raise ValueError("leave it out: UTF-16 is recognised by its byte order mark")
        return value

    @model_validator(mode="after")
    def _one_of_table_and_query(self) -> Mapping:
        if self.table and self.query:
            raise ValueError("table and query both say which rows to read from a database; give one")
        return self

    @model_validator(mode="after")
    def _company_has_a_name(self) -> Mapping:
        if self.company and not {"id", "name"} & set(self.company):
            raise ValueError("[company] needs id or name")
        return self

    @property
    def text(self) -> str:
        """The file as it was written."""
        return self._text

    def check(self, columns: abc.Collection[str]) -> None:
        """Raises `MappingError`, naming the line and the columns that there are, where a table lacks a column."""
        for path, column in self._used():
            if column not in columns:
                raise MappingError(
                    f"{self._file}:{toml.line_of(self._text, path)}",
                    f'{".".join(path)} is the column "{column}", which the table does not have',
                    f"its columns are {column_names(columns)}",
                )

    def _used(self) -> abc.Iterator[tuple[list[str], str]]:
        for name in ("time", "message_id"):
            if column := getattr(self, name):
                yield [name], column
        for namespace, columns in self.identifiers.items():
            yield from ((["identifiers", namespace], one.column) for one in columns)
        for channel, consent in self.consent.items():
            yield ["consent", channel], consent.column
            if consent.time:
                yield ["consent", channel], consent.time
        for path, cell in self._cells():
            if cell is not None and cell.column is not None:
                yield path, cell.column

    def _cells(self) -> abc.Iterator[tuple[list[str], Cell | None]]:
        yield ["country"], self.country
        yield ["name"], self.name
        yield from ((["properties", name], cell) for name, cell in self.properties.items())
        yield from ((["traits", name], cell) for name, cell in self.traits.items())
        yield from ((["company", name], cell) for name, cell in self.company.items())
        if self.order is not None:
            yield from ((["order", name], cell) for name, cell in self.order if isinstance(cell, Cell))
            if self.order.line is not None:
                yield from ((["order", "line", name], cell) for name, cell in self.order.line)


def load_mapping(path: Path) -> Mapping:
    """The mapping in the TOML file `path`; `MappingError`, naming `FILE:LINE` and the reason, where there is none."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise MappingError(str(path), "not valid UTF-8", "save it as UTF-8") from None
    except OSError as failed:
        raise MappingError(str(path), f"cannot be opened: {failed.strerror}", "check the path") from None
    mapping = toml.parse(text, Mapping, name=str(path), error=MappingError)
    mapping._file, mapping._text = str(path), text
    return mapping

"""A first mapping for a table, from the names of its columns and their content, for a person to correct."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final

from graph_cdp.errors import InputError
from graph_cdp.ingest import contents
from graph_cdp.ingest.encodings import encoding_of
from graph_cdp.ingest.files import Found
from graph_cdp.ingest.headings import Role, plain, role_of
from graph_cdp.ingest.tables import Check, csv_records, parquet_records

_LOOKED_AT: Final = 1_000
_BARE: Final = re.compile(r"[A-Za-z0-9_-]+\Z")
_NO_NAME: Final = re.compile(r"[\W_]+")
_SECTIONS: Final = ("identifiers", "traits", "consent", "order", "line", "company")
# By which letters a language of headings is told from the others that are written alike.
_ALPHABETS: Final = {"UA": "іїєґ", "RU": "ыэёъ", "PL": "ąęłńśźż", "SK": "ľščťžďňĺŕô"}
_TITLES: Final = {"line": "order.line"}


@dataclass(slots=True)
class _Table:
    """What is known of the columns so far."""

    columns: dict[str, list[str]]
    roles: dict[str, Role] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)

    def of(self, role: Role) -> list[str]:
        """The columns that are this."""
        return [column for column, its in self.roles.items() if its == role]

    def said(self, role: Role) -> list[str]:
        """The content of all columns that are this."""
        return [value for column in self.of(role) for value in self.columns[column]]


def guess(path: Path) -> str:
    """The text of a mapping for the table in `path`, each doubt in a comment.

    Raises `InputError` where it is no table, and where no column of it can tell customers apart.
    """
    table = _Table(_read(path))
    for column, said in table.columns.items():
        table.roles[column] = _role(column, said)
    _settle(table)
    if not any(role.section == "identifiers" for role in table.roles.values()):
        raise InputError(str(path), "no column looks like an identifier", "write a mapping by hand: docs/ingest.md")
    return _written(path, table)


def _read(path: Path) -> dict[str, list[str]]:
    columns: list[str] = []
    check: Check = columns.extend
    kind = Path(path.name.lower().removesuffix(".gz")).suffix
    if kind == ".csv":
        records = csv_records(path, encoding_of(path), check)
    elif kind == ".parquet" and path.suffix.lower() != ".gz":
        records = parquet_records(path, check, Found(path))
    else:
        raise InputError(str(path), "is no table", "a mapping is guessed for .csv, .csv.gz and .parquet")
    rows = [one.value for one in islice(records, _LOOKED_AT) if isinstance(one.value, dict)]
    return {column: contents.texts([row.get(column) for row in rows]) for column in columns}


def _role(column: str, said: Sequence[str]) -> Role:
    """What a column is: its content outranks its name where it can be nothing else."""
    named = role_of(column)
    if contents.are_emails(said):
        return Role("identifiers", "email")
    if named == Role("identifiers", "email") and said:
        named = None
    if contents.are_phones(said) and named != Role("identifiers", "loyalty_card"):
        return Role("identifiers", "phone")
    if named == Role("company", "name") and contents.are_different(said) and all(one.isdigit() for one in said):
        return Role("identifiers", "record")
    return named or Role("traits", _NO_NAME.sub("_", plain(column)) or "trait")


def _settle(table: _Table) -> None:
    """Looks at the table as a whole: what stands twice, what only goes with something else."""
    _keep_first_record(table)
    company = [Role("company", name) for name in ("industry", "employees", "tax_id")]
    if any(map(table.of, company)) and not table.of(Role("company", "name")):
        for column in table.of(Role("traits", "full_name")):
            if plain(column) in ("name", "nazwa"):
                table.roles[column] = Role("company", "name")
    has_order = bool(table.of(Role("order", "id")))
    if not has_order:
        for column, role in table.roles.items():
            if role.section in ("order", "line"):
                table.roles[column] = Role("traits", _NO_NAME.sub("_", plain(column)))
    if not table.of(Role("company", "name")):
        for column, role in table.roles.items():
            if role.section == "company":
                table.roles[column] = Role("traits", role.name)
    if has_order and not table.of(Role("line", "sku")):
        for column in table.of(Role("line", "name"))[:1]:
            table.roles[column] = Role("line", "sku")
    _keep_first_of_each(table)


def _keep_first_record(table: _Table) -> None:
    """One column names the record: the first whose values all differ."""
    record = Role("identifiers", "record")
    named = table.of(record)
    good = [column for column in named if contents.are_different(table.columns[column])]
    is_order = bool(table.of(Role("order", "id")))
    kept = (good or (named if is_order else []))[:1]
    for column in named:
        if column not in kept:
            table.roles[column] = Role("traits", _NO_NAME.sub("_", plain(column)))


def _keep_first_of_each(table: _Table) -> None:
    """Only identifiers may stand in several columns; a second column of anything else is a trait of its own name."""
    seen: set[Role] = set()
    for column, role in table.roles.items():
        if role in seen and role.section != "identifiers":
            name = _NO_NAME.sub("_", plain(column))
            table.roles[column] = Role("traits", name if Role("traits", name) not in seen else f"{name}_{len(seen)}")
        seen.add(table.roles[column])


def _written(path: Path, table: _Table) -> str:
    stem = path.name.removesuffix(".gz").rpartition(".")[0]
    source = _NO_NAME.sub("_", plain(stem)).strip("_") or "table"
    head = [
        f"# A first mapping for {path.name}, guessed from names and content: look at each line.",
        "# What the policy says of this source (no_duplicates, country) stands there under [sources].",
        f"source = {_quoted(source)}",
        f"kind = {_quoted(_kind(table))}",
        *_country(table),
        *_time(table),
    ]
    for section in _SECTIONS:
        lines = _lines(section, table)
        if lines:
            head += ["", f"[{_TITLES.get(section, section)}]", *lines]
    return "\n".join(head) + "\n"


def _kind(table: _Table) -> str:
    if not table.of(Role("order", "id")):
        return "import"
    return "pos" if table.of(Role("identifiers", "loyalty_card")) else "purchase"


def _country(table: _Table) -> list[str]:
    numbers = table.said(Role("identifiers", "phone"))
    found = contents.country_of(numbers, _language(table))
    columns = table.of(Role("traits", "country"))
    if columns and all(len(one) == 2 for one in table.columns[columns[0]]) and table.columns[columns[0]]:
        return [f"country = {{ column = {_quoted(columns[0])} }}"]
    return [f'country = "{found}"                # of phone numbers without a country: look'] if found else []


def _language(table: _Table) -> str | None:
    """The country whose language the headings, and else the content, are written in; None for English."""
    for texts in (list(table.columns), [one for said in table.columns.values() for one in said[:50]]):
        letters = "".join(texts).casefold()
        counted = {country: sum(map(letters.count, marks)) for country, marks in _ALPHABETS.items()}
        if max(counted.values()):
            return max(counted, key=lambda country: counted[country])
        if re.search("[а-я]", letters):
            return "RU"
    return None


def _time(table: _Table) -> list[str]:
    times = table.of(Role("time", "time"))
    lines = [f"time = {_quoted(times[0])}"] if times else []
    doubt = contents.dates_of(table.said(Role("time", "time")) + table.said(Role("traits", "birth_date")))
    day_first = doubt.day_first if doubt.day_first is not None else _language(table) is not None
    if day_first and (doubt.day_first or doubt.ambiguous):
        lines.append("day_first = true")
    if doubt.ambiguous:
        lines[-1:] = [*lines[-1:], "# whether 03/04/2026 is in March or in April cannot be seen in this table: look"]
    return lines


def _lines(section: str, table: _Table) -> list[str]:
    named: dict[str, list[str]] = {}
    for column, role in table.roles.items():
        if role.section == section:
            named.setdefault(role.name, []).append(column)
    return [f"{_key(name)} = {_right(section, name, columns, table)}" for name, columns in named.items()]


def _right(section: str, name: str, columns: list[str], table: _Table) -> str:
    if section != "identifiers":
        return _quoted(columns[0])
    spelled = []
    for column in columns:
        split = contents.split_of(table.columns[column], name) if name in ("email", "phone") else None
        both = f"{{ column = {_quoted(column)}, split = {_quoted(split)} }}" if split else _quoted(column)
        spelled.append(both)
    return spelled[0] if len(spelled) == 1 else f"[{', '.join(spelled)}]"


def _key(name: str) -> str:
    return name if _BARE.match(name) else _quoted(name)


def _quoted(text: str) -> str:
    """A text as TOML has it, which is as JSON has it."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")

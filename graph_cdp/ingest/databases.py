"""Rows of a database, by a URL of SQLAlchemy, read in parts by a cursor that the server keeps."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from graph_cdp.errors import InputError, UsageError
from graph_cdp.ingest.files import Record
from graph_cdp.ingest.mapping import Mapping
from graph_cdp.ingest.tables import Check, is_none

if TYPE_CHECKING:
    from sqlalchemy import ColumnClause, Connection, Engine, Executable
    from sqlalchemy.engine import URL

_PART: Final = 1_000
_INSTALL: Final = "pip install 'graph-cdp[sql]'"
_TIMES: Final = {"date": date, "datetime": datetime}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is wanted of a database: a table or the rows of a query, of which `watermark` is the column that grows."""

    url: str
    table: str | None = None
    query: str | None = None
    watermark: str | None = None

    @property
    def name(self) -> str:
        """What tells this from everything else that is loaded from a source; address and query only as a digest.

        Who reads as which user does not matter, and two databases may have tables of one name.
        """
        rows = self.table or _digest(self.query or "")
        return f"{_digest(_database_of(self.url))}/{rows}/{self.watermark or ''}"

    def completed(self, mapping: Mapping) -> Asked:
        """The same with what the mapping says where nothing is said."""
        rows = (self.table, self.query) if self.table or self.query else (mapping.table, mapping.query)
        return Asked(self.url, *rows, self.watermark or mapping.watermark)


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def _database_of(url: str) -> str:
    """Which database an address means, whoever asks and by whichever driver."""
    made = _url(url)
    name = made.database or ""
    return str(Path(name).resolve()) if made.host is None else f"{made.host}:{made.port or ''}/{name}"


def place_of(url: str) -> str:
    """The address of a database as it may be shown: without its password and without options."""
    made = _url(url)
    return made.set(query={}).render_as_string(hide_password=True)


def rows_of(asked: Asked, check: Check, since: str | None = None) -> Iterator[Record]:
    """The rows that are asked for, numbered from 1, as column to text, number or truth value.

    `since` is a mark that an earlier row had as its `token`: then only rows with that value of the watermark column or
    a later one are read, in its order, and those that have none. `check` is given the columns before the first row.
    """
    place = place_of(asked.url)
    with _connected(asked.url, place) as connection:
        found = connection.execution_options(yield_per=_PART).execute(*_statement(asked, since))
        columns = list(found.keys())
        _check_watermark(asked, columns, place)
        check(columns)
        for number, row in enumerate(found, start=1):
            value = {name: _plain(cell) for name, cell in zip(columns, row, strict=True)}
            yield Record(number, value, None, _token(row[columns.index(asked.watermark)]) if asked.watermark else None)


def _check_watermark(asked: Asked, columns: Sequence[str], place: str) -> None:
    if asked.watermark and asked.watermark not in columns:
        raise InputError(place, "the watermark is no column of these rows", f"the columns are {', '.join(columns)}")


@contextmanager
def _connected(url: str, place: str) -> Iterator[Connection]:
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415 - an extra: everything else does without it

    engine: Engine | None = None
    try:
        engine = _engine(url, place)
        options = {"postgresql_readonly": True} if engine.dialect.name == "postgresql" else {}
        with engine.connect().execution_options(**options) as connection:
            yield connection
    except SQLAlchemyError as failed:
        raise InputError(place, _reason(failed), "check the address, the table and the query") from None
    except ModuleNotFoundError as missing:
        raise UsageError(f"this database needs the Python package {missing.name} (install it)") from None
    finally:
        if engine is not None:
            engine.dispose()


def _engine(url: str, place: str) -> Engine:
    from sqlalchemy import create_engine  # noqa: PLC0415 - as above

    made = _url(url)
    # Opening a file that is not there would make it.
    if made.get_backend_name() == "sqlite" and made.database and not Path(made.database).is_file():
        raise InputError(place, "there is no such file", "check the path: sqlite:///relative or sqlite:////absolute")
    return create_engine(made)


def _url(url: str) -> URL:
    try:
        from sqlalchemy import make_url  # noqa: PLC0415 - as above
        from sqlalchemy.exc import ArgumentError  # noqa: PLC0415
    except ModuleNotFoundError:
        raise UsageError(f"loading from a database needs SQLAlchemy ({_INSTALL})") from None
    try:
        made = make_url(url)
    except (ArgumentError, ValueError):
        raise UsageError("no address of a database (such as postgresql://user@host/name, sqlite:///file.db)") from None
    return made.set(drivername="postgresql+psycopg") if made.drivername in ("postgresql", "postgres") else made


def _statement(asked: Asked, since: str | None) -> tuple[Executable, dict[str, Any]]:
    from sqlalchemy import bindparam, column, or_, select, table, text  # noqa: PLC0415 - as above

    if bool(asked.table) == bool(asked.query):
        raise UsageError("say which rows: either --table NAME or --query SQL (or one of the two in the mapping)")
    if asked.query:
        inner = asked.query.strip().rstrip(";")
        if not asked.watermark:
            return text(_escaped(inner)), {}
        wanted = select(text("*")).select_from(text(f"({_escaped(inner)}) AS asked"))
    else:
        schema, _, name = (asked.table or "").rpartition(".")
        wanted = select(text("*")).select_from(table(name, schema=schema or None))
    if not asked.watermark:
        return wanted, {}
    grows: ColumnClause[Any] = column(asked.watermark)
    if since is None:
        return wanted.order_by(grows), {}
    return wanted.where(or_(grows >= bindparam("since"), grows.is_(None))).order_by(grows), {"since": _value(since)}


def _escaped(query: str) -> str:
    """A query in which colons are no parameters, for it has none."""
    return query.replace("\\", "\\\\").replace(":", "\\:")


def _token(value: object) -> str | None:
    """A value of the watermark column as a text that `_value` reads; None where there is none."""
    if value is None:
        return None
    kind = type(value).__name__
    return f"{kind}:{value.isoformat() if isinstance(value, date) else value}"


def _value(token: str) -> object:
    kind, _, written = token.partition(":")
    if kind in _TIMES:
        return _TIMES[kind].fromisoformat(written)
    plain = {"int": int, "float": float, "Decimal": Decimal}.get(kind)
    return plain(written) if plain else written


def _plain(value: Any) -> Any:
    """A cell as JSON has it. A time with a zone is written in UTC, whatever zone the server shows it in."""
    if is_none(value):
        return None
    if value is None or isinstance(value, str | bool | int | float | list | dict):
        return value
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).isoformat()
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("utf-8", "backslashreplace")
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _reason(failed: Exception) -> str:
    """What the database says in its first line: of an address or a query, which is no personal data."""
    said = str(getattr(failed, "orig", None) or failed).strip().partition("\n")[0]
    kind = type(failed).__name__
    return f"cannot be read: {said}" if kind in ("OperationalError", "ProgrammingError", "NoSuchModuleError") else kind

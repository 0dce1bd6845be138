"""The schema: `cypher/migrations/V001__what.cypher`, applied once and in order.

A file may hold several statements, one a line, each ending in a semicolon and each harmless when it is run twice, so
that a migration that broke off is simply run again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from graph_cdp.errors import StoreError
from graph_cdp.model import micros, rfc3339
from graph_cdp.store.connection import Connection, said_plainly
from graph_cdp.store.statements import folder, statement

_SECONDS_FOR_INDEXES: Final = 3_600
_NAME: Final = re.compile(r"V(?P<version>\d{3})__(?P<what>\w+)\.cypher\Z")


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema."""

    version: int
    what: str
    text: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the file's text."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def statements(self) -> list[str]:
        """The single statements, in order."""
        return [line.rstrip(";") for line in self.text.splitlines() if line.strip() and not line.startswith("//")]


def shipped() -> Iterator[Migration]:
    """The migrations of this release, in order."""
    for path in sorted((folder() / "migrations").iterdir()):
        if parts := _NAME.match(path.name):
            yield Migration(int(parts["version"]), parts["what"], path.read_text(encoding="utf-8"))


def migrate(connection: Connection) -> list[str]:
    """Applies what is missing and names it.

    Raises `StoreError` where an applied file was changed since, or the store is of a newer release.
    """
    applied = {row["version"]: row["checksum"] for row in connection.read(statement("read/migrations"))}
    known = {migration.version: migration for migration in shipped()}
    if newer := sorted(set(applied) - set(known)):
        raise StoreError(
            f"{connection.server}: the store has migration {newer[-1]} of a newer release "
            "(use that release, or another store)"
        )
    for version, checksum in applied.items():
        if known[version].checksum != checksum:
            raise StoreError(
                f"{connection.server}: migration {version} was changed after it had been applied "
                "(restore the file as released and put the change into a new migration)"
            )
    missing = [migration for version, migration in known.items() if version not in applied]
    for migration in missing:
        _apply(connection, migration)
    if missing and not connection.exclusive:
        _await_indexes(connection)
    return [f"V{migration.version:03}__{migration.what}" for migration in missing]


def _await_indexes(connection: Connection) -> None:
    """Waits until what was made can be used: a plan that was made before is kept, and would go without it for long."""
    with said_plainly(connection.server), connection.driver.session(database=connection.database) as session:
        session.run("CALL db.awaitIndexes($seconds)", seconds=_SECONDS_FOR_INDEXES).consume()


def _apply(connection: Connection, migration: Migration) -> None:
    with (
        said_plainly(connection.server),
        connection.alone(),
        connection.driver.session(database=connection.database) as session,
    ):
        for text in migration.statements():
            session.run(text).consume()
    row = {
        "version": migration.version,
        "what": migration.what,
        "checksum": migration.checksum,
        "at": rfc3339(micros(datetime.now(UTC))),
    }
    connection.write(lambda transaction: transaction.run(statement("write/migration"), row).consume())

"""Opening a store: which server it is, whether it can be used, and how a transaction is tried again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import disk_usage
from threading import Lock
from typing import Any, Final, TypeVar

import neo4j
from filelock import FileLock
from neo4j.exceptions import AuthError, ConfigurationError, ConstraintError, DriverError, Neo4jError
from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_random

from graph_cdp.errors import StoreAwayError, StoreError, UsageError
from graph_cdp.store import embedded
from graph_cdp.store.interrupts import uninterrupted

Result = TypeVar("Result")

_URL: Final = re.compile(
    r"(?P<server>(?:bolt|neo4j)(?:\+s|\+ssc)?://(?:\[[0-9a-fA-F:]+\]|[^\s/@:\[\]]+)(?::\d{1,5})?)"
    r"(?:/(?P<database>[A-Za-z][\w.-]*))?/?\Z"
)
_USER_IN_URL: Final = re.compile(r"//.*@")
_AGENT: Final = re.compile(r"Neo4j/v?(?P<major>\d+)\.(?P<minor>\d+)\S*( compatible \((?P<other>.+)\))?")
_OLDEST: Final = (5, 26)
_NEEDED: Final = "use Neo4j 5.26 or later"
_ERRNO: Final = re.compile(r"\[Errno -?\d+\] ([^()\n]+)")
_PATIENCE: Final = 60.0
_KEPT: Final = "what was acknowledged is kept"
_LITTLE_SPACE: Final = 8 * 2**20
_POLL: Final = 0.005
_CONFLICTS: Final = ("Neo.ClientError.Statement.EntityNotFound",)


class ConflictError(Exception):
    """Another writer was in the way: the transaction is taken back and tried again."""


class Connection:
    """A usable server. `exclusive` where one writer at a time holds the whole store, so that nothing needs a lock.

    An embedded server that has ended is started again by the next that is asked of it.
    """

    def __init__(self, driver: neo4j.Driver, database: str, server: str, lease: embedded.Lease | None = None) -> None:
        self._driver, self.database, self.server, self.lease = driver, database, server, lease
        self.queue = Lock()
        self._joining = Lock()
        self._ended = self._closed = False

    @property
    def driver(self) -> neo4j.Driver:
        """The driver. Raises `StoreError` where the embedded server has ended and cannot be started again."""
        with self._joining:
            if self._ended and not self._closed and self.lease is not None:
                self._rejoin(self.lease)
            return self._driver

    def _rejoin(self, lease: embedded.Lease) -> None:
        try:
            self.lease = embedded.join(lease.writer_lock.parent)
        except StoreError as error:
            raise StoreAwayError(str(error)) from error
        self._driver.close()
        lease.close()
        self._driver = _driver_of(self.lease.uri, (self.lease.user, self.lease.password))
        self._ended = False

    @property
    def exclusive(self) -> bool:
        """Whether this is the embedded server, which has one writer at a time."""
        return self.lease is not None

    def close(self) -> None:
        """Lets go of the server; the embedded one stops when the last has left."""
        self._closed = True
        self._driver.close()
        if self.lease is not None:
            self.lease.close()

    @contextmanager
    def _plainly(self) -> Iterator[None]:
        """As `said_plainly`; of a full disk and of its own end the embedded server says other things than those."""
        try:
            with said_plainly(self.server):
                yield
        except StoreError as error:
            directory = self.lease.writer_lock.parent if self.lease else None
            if directory and disk_usage(directory).free < _LITTLE_SPACE:
                raise StoreError(f"{directory}: the disk is full (make room and try again; {_KEPT})") from error
            if directory and isinstance(error.__context__, AuthError | DriverError | OSError):
                self._ended = True
                raise StoreAwayError(f"{directory}: the embedded server has ended (start again; {_KEPT})") from error
            raise

    def write(self, work: Callable[[neo4j.Transaction], Result]) -> Result:
        """What `work` returns, committed; tried again within milliseconds where another writer was in the way."""
        attempts = Retrying(
            retry=retry_if_exception(_conflict),
            wait=wait_random(0.005, 0.05),
            stop=stop_after_delay(_PATIENCE),
            reraise=True,
        )
        with self._plainly(), self.alone():
            result: Result = attempts(self._once, work)
            return result

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Holds other writers off the embedded server; threads queue in memory, and only processes at the file."""
        if self.lease is None:
            yield
            return
        with self.queue, FileLock(self.lease.writer_lock, poll_interval=_POLL):
            yield

    def _once(self, work: Callable[[neo4j.Transaction], Result]) -> Result:
        with (
            uninterrupted(),
            self.driver.session(database=self.database) as session,
            session.begin_transaction() as transaction,
        ):
            result = work(transaction)
            transaction.commit()
            return result

    def read(self, statement: str, /, **parameters: Any) -> list[neo4j.Record]:
        """The rows of one reading statement."""
        with self._plainly(), uninterrupted(), self.driver.session(database=self.database) as session:
            return list(session.run(statement, parameters))

    def reading(self, work: Callable[[neo4j.Session], Result]) -> Result:
        """What `work` reads in one session; tried again where it says that what it read was of two moments."""
        attempts = Retrying(
            retry=retry_if_exception(_conflict),
            wait=wait_random(0.001, 0.02),
            stop=stop_after_delay(_PATIENCE),
            reraise=True,
        )
        with self._plainly():
            result: Result = attempts(self._read_once, work)
            return result

    def _read_once(self, work: Callable[[neo4j.Session], Result]) -> Result:
        # Each statement commits itself: a transaction around them would hold no view still, and cost one trip more.
        with (
            uninterrupted(),
            self.driver.session(database=self.database, default_access_mode=neo4j.READ_ACCESS) as session,
        ):
            return work(session)

    def stream(self, statement: str, /, **parameters: Any) -> Iterator[neo4j.Record]:
        """The rows of one reading statement as they come, however many."""
        with self._plainly(), self.driver.session(database=self.database) as session:
            with uninterrupted():
                rows = iter(session.run(statement, parameters))
            while True:
                with uninterrupted():
                    row = next(rows, None)
                if row is None:
                    return
                yield row


def _conflict(error: BaseException) -> bool:
    """Whether another writer was in the way, so that the same work can succeed now."""
    if isinstance(error, ConstraintError | ConflictError):
        return True
    return isinstance(error, Neo4jError) and (error.is_retryable() or error.code in _CONFLICTS)


def open_connection(url: str, user: str | None = None, password: str | None = None) -> Connection:
    """The server behind a store url, started where it is the embedded one.

    Raises `UsageError` for a url that is none, `StoreError` for a server that cannot be reached or used.
    """
    if url.startswith("embedded:"):
        if not url.removeprefix("embedded:").strip():
            raise UsageError("embedded: names no directory (give embedded:DIRECTORY)")
        lease = embedded.join(Path(url.removeprefix("embedded:")).expanduser())
        return _checked(lease.uri, (lease.user, lease.password), "neo4j", lease)
    parts = _URL.match(url)
    if parts is None:
        raise UsageError(
            f"{_USER_IN_URL.sub('//...@', url)!r} is no store "
            "(give embedded:DIRECTORY, bolt://HOST:PORT or neo4j://HOST:PORT, with /NAME for a database; "
            "the user and the password are the settings GRAPH_CDP_STORE_USER and GRAPH_CDP_STORE_PASSWORD)"
        )
    auth = (user, password or "") if user else None
    return _checked(parts["server"], auth, parts["database"] or "neo4j", None)


def _checked(uri: str, auth: tuple[str, str] | None, database: str, lease: embedded.Lease | None) -> Connection:
    driver = _driver_of(uri, auth)
    try:
        with said_plainly(uri):
            # Not by a transaction function: the driver would try again for half a minute.
            with driver.session(database=database) as session:
                session.run("RETURN 1").consume()
            server = _supported(driver.get_server_info().agent, uri)
    except StoreError:
        driver.close()
        if lease is not None:
            lease.close()
        raise
    return Connection(driver, database, server, lease)


def _driver_of(uri: str, auth: tuple[str, str] | None) -> neo4j.Driver:
    return neo4j.GraphDatabase.driver(
        uri,
        auth=auth,
        connection_timeout=5.0,
        connection_acquisition_timeout=30.0,
        max_transaction_retry_time=0,
        notifications_min_severity="OFF",
        user_agent="graph-cdp",
    )


def _supported(agent: str, uri: str) -> str:
    """The server's name and version, if it is one that graph-cdp knows."""
    found = _AGENT.match(agent)
    if found is None or (found["other"] and "ArcadeDB" not in found["other"]):
        raise StoreError(f"{uri}: the server is {agent!r}, which is not supported ({_NEEDED})")
    if found["other"]:
        return found["other"]
    if (int(found["major"]), int(found["minor"])) < _OLDEST:
        raise StoreError(f"{uri}: the server is {agent}, too old to be used ({_NEEDED})")
    return agent


@contextmanager
def said_plainly(server: str) -> Iterator[None]:
    """Turns what the driver raises into one sentence that says what to do. Parameters never come into it."""
    try:
        yield
    except ConflictError:
        raise StoreError(f"{server}: other writers were in the way for too long (try again)") from None
    except AuthError:
        raise StoreError(
            f"{server}: the server refuses the user or the password "
            "(set GRAPH_CDP_STORE_USER and GRAPH_CDP_STORE_PASSWORD)"
        ) from None
    except Neo4jError as error:
        # The server's own sentence may quote a value, and a value may be somebody's address.
        raise StoreError(f"{server}: the server refused with {error.code} (its log has the details)") from error
    except ConfigurationError:
        raise StoreError(f"{server}: the server speaks a Bolt that is too old to be used ({_NEEDED})") from None
    except (DriverError, OSError) as error:
        raise StoreAwayError(
            f"{server}: no Neo4j answers there: {_reason(str(error))} (is it running, and is this its Bolt port?)"
        ) from error


def _reason(said: str) -> str:
    """What the system says of a connection, where the driver repeats it, else the driver's first line."""
    system = _ERRNO.search(said)
    return system[1] if system else _first_line(said).rstrip(":")


def _first_line(message: str | None) -> str:
    return (message or "no reason given").strip().partition("\n")[0][:200]

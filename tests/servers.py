"""The graph servers that the tests run on: the embedded one always, and the first Neo4j that this machine can offer."""

from __future__ import annotations

import contextlib
import importlib.metadata
import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

from neo4j import Driver, GraphDatabase
from neo4j.exceptions import DriverError, Neo4jError
from tenacity import RetryError, Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

from graph_cdp.store import embedded
from graph_cdp.store.keeper import ending_with_parent
from tests import jars

_POM = Path(__file__).parent / "neo4j" / "pom.xml"
_MARK = "GraphCdpTestStore"
_SECONDS_FOR_START = 180

_CONF = """\
server.directories.data=data
server.directories.logs=logs
server.directories.run=run
server.directories.plugins=plugins
server.directories.import=import
server.bolt.listen_address=127.0.0.1:{port}
server.http.enabled={has_http}
server.http.listen_address=127.0.0.1:{http}
server.memory.pagecache.size=64m
db.tx_log.preallocate=false
dbms.security.auth_enabled=false
dbms.usage_report.enabled=false
"""

_created: set[str] = set()


@dataclass(frozen=True, slots=True)
class Server:
    """A running graph server: `url` as the setting STORE takes it; `browser` is where it serves Neo4j Browser."""

    name: str
    url: str
    user: str | None = None
    password: str | None = None
    browser: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A Neo4j that can be had; `run` brings it up in an empty directory and takes it down again."""

    label: str
    run: Callable[[Path], AbstractContextManager[Server]]


class NoNeo4jError(Exception):
    """There is no Neo4j to test on, and why."""


def neo4j_required() -> bool:
    """Whether a missing Neo4j is a failure."""
    return os.environ.get("GRAPH_CDP_REQUIRE_NEO4J") == "1"


@cache
def find_neo4j() -> Source:
    """The first Neo4j of a test store, a folder of jars, a local JVM and Docker. Raises NoNeo4jError."""
    if uri := os.environ.get("GRAPH_CDP_TEST_STORE"):
        if int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")) > 1:
            raise NoNeo4jError(
                f"{uri} (GRAPH_CDP_TEST_STORE) is one server, which several processes would clear (-n 1)"
            )
        return Source(f"neo4j at {uri}", partial(_given, uri))
    if home := os.environ.get("GRAPH_CDP_NEO4J_HOME"):
        found = _jars_in(Path(home))
        _check_java()
        return Source(f"neo4j {_version_of(found)} (jars of GRAPH_CDP_NEO4J_HOME)", partial(_on_jvm, lambda: found))
    try:
        return _local_jvm()
    except NoNeo4jError as no_jvm:
        try:
            return _container()
        except NoNeo4jError as no_docker:
            raise NoNeo4jError(f"{no_jvm}, and {no_docker}") from None


def stores_found() -> str:
    """One line for the head of a test run: the servers that it will use."""
    arcadedb = importlib.metadata.version("arcadedb-embedded")
    try:
        neo4j = find_neo4j().label
    except NoNeo4jError as reason:
        neo4j = f"no Neo4j: {reason}"
    return f"graph stores: embedded (ArcadeDB {arcadedb}), {neo4j}"


@contextlib.contextmanager
def run_with_browser(directory: Path) -> Iterator[Server]:
    """A Neo4j of its own, on a local JVM, that serves Neo4j Browser. Raises NoNeo4jError."""
    home = os.environ.get("GRAPH_CDP_NEO4J_HOME")
    _check_java()
    found = _jars_in(Path(home)) if home else _fetch_jars(_version_in_pom())
    with _on_jvm(lambda: found, directory, http=free_port()) as running:
        yield running


@contextlib.contextmanager
def run_embedded(directory: Path) -> Iterator[Server]:
    """An embedded server of its own, kept up until the block ends."""
    lease = embedded.join(directory)
    url = f"embedded:{directory}"
    with contextlib.closing(lease):
        _created.add(url)
        yield Server("embedded", url)


def clear(server: Server) -> None:
    """Empty a server: data, constraints and indexes. Refuses one that no test run created or marked as its own."""
    with driver_of(server) as driver:
        if server.url not in _created and not _count(driver, f"MATCH (n:{_MARK}) RETURN count(n) AS n"):
            raise RuntimeError(f"{server.url}: not cleared, for no test run created it and it has no (:{_MARK}) node")
        driver.execute_query(f"MATCH (n) WHERE NOT n:{_MARK} DETACH DELETE n", database_="neo4j")
        for name in _names(driver, "SHOW CONSTRAINTS YIELD name RETURN name"):
            driver.execute_query(f"DROP CONSTRAINT `{name}` IF EXISTS", database_="neo4j")
        for name in _names(driver, "SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP' RETURN name"):
            driver.execute_query(f"DROP INDEX `{name}` IF EXISTS", database_="neo4j")


@contextlib.contextmanager
def driver_of(server: Server) -> Iterator[Driver]:
    if server.url.startswith("embedded:"):
        lease = embedded.join(Path(server.url.removeprefix("embedded:")))
        with contextlib.closing(lease), GraphDatabase.driver(lease.uri, auth=(lease.user, lease.password)) as driver:
            yield driver
        return
    auth = (server.user, server.password or "") if server.user else None
    with GraphDatabase.driver(server.url, auth=auth, notifications_min_severity="OFF") as driver:
        yield driver


def _count(driver: Driver, statement: str) -> int:
    return int(driver.execute_query(statement, database_="neo4j").records[0]["n"])


def _names(driver: Driver, statement: str) -> list[str]:
    return [str(record["name"]) for record in driver.execute_query(statement, database_="neo4j").records]


@contextlib.contextmanager
def _given(uri: str, _: Path) -> Iterator[Server]:
    user, password = os.environ.get("GRAPH_CDP_STORE_USER"), os.environ.get("GRAPH_CDP_STORE_PASSWORD")
    server = Server("neo4j", uri, user, password)
    try:
        with driver_of(server) as driver:
            marked = _count(driver, f"MATCH (n:{_MARK}) RETURN count(n) AS n")
            empty = not _count(driver, "MATCH (n) RETURN count(n) AS n")
            if empty:
                driver.execute_query(f"CREATE (:{_MARK})", database_="neo4j")
    except (DriverError, Neo4jError) as error:
        raise NoNeo4jError(f"{uri} (GRAPH_CDP_TEST_STORE) does not answer: {type(error).__name__}") from None
    if not marked and not empty:
        raise NoNeo4jError(f"{uri} (GRAPH_CDP_TEST_STORE) holds data that no test run wrote")
    yield server


def _local_jvm() -> Source:
    _check_java()
    if not shutil.which("mvn"):
        raise NoNeo4jError("mvn is not on the PATH")
    version = _version_in_pom()
    return Source(f"neo4j {version} (local JVM)", partial(_on_jvm, partial(_fetch_jars, version)))


def _version_in_pom() -> str:
    return ElementTree.parse(_POM).findtext("{*}parent/{*}version") or ""


def _check_java() -> None:
    try:
        jars.check_java()
    except jars.NoJarsError as reason:
        raise NoNeo4jError(str(reason)) from None


def _fetch_jars(version: str) -> Path:
    try:
        return jars.fetched(_POM, f"neo4j-{version}")
    except jars.NoJarsError as reason:
        raise NoNeo4jError(str(reason)) from None


def _jars_in(home: Path) -> Path:
    for folder in (home / "lib", home):
        if any(folder.glob("neo4j-kernel-[0-9]*.jar")):
            return folder
    raise NoNeo4jError(f"{home} (GRAPH_CDP_NEO4J_HOME) has no neo4j-kernel-*.jar, nor has its lib/")


def _version_of(jars: Path) -> str:
    return next(jars.glob("neo4j-kernel-[0-9]*.jar")).stem.removeprefix("neo4j-kernel-")


def _main_class(jars: Path) -> str:
    for jar in jars.glob("neo4j*.jar"):
        with ZipFile(jar) as archive:
            for name in ("org/neo4j/server/Neo4jCommunity", "org/neo4j/server/CommunityEntryPoint"):
                if f"{name}.class" in archive.namelist():
                    return name.replace("/", ".")
    raise NoNeo4jError(f"{jars} has no Neo4j server")


class Jvm:
    """A Neo4j on a local JVM, in a directory of its own; one that was killed can be started again on its data."""

    def __init__(self, jars: Path, home: Path, http: int = 0) -> None:
        port = free_port()
        (home / "conf").mkdir()
        (home / "conf" / "neo4j.conf").write_text(
            _CONF.format(port=port, http=http, has_http="true" if http else "false")
        )
        opened = ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent")
        self._command = ["java", "-Xms128m", "-Xmx768m", "-XX:-UsePerfData"]
        self._command += [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in opened]
        self._command += ["-cp", f"{home / 'conf'}:{jars}/*", _main_class(jars)]
        self._command += [f"--home-dir={home}", f"--config-dir={home / 'conf'}", "--console-mode"]
        self._log = home / "console.log"
        browser = f"http://127.0.0.1:{http}/browser/" if http else None
        self.server = Server("neo4j", f"bolt://127.0.0.1:{port}", browser=browser)
        self._java: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when it answers. Raises NoNeo4jError."""
        with self._log.open("a") as console:
            self._java = subprocess.Popen(
                self._command,
                stdout=console,
                stderr=console,
                # A test run that is killed must not leave a server behind.
                preexec_fn=ending_with_parent(),  # noqa: PLW1509 (no thread that matters runs yet)
            )
        _wait_for(self.server, self._java, self._log)
        _created.add(self.server.url)

    def kill(self) -> None:
        """Ends it at once."""
        if self._java:
            self._java.kill()
            self._java.wait()


@contextlib.contextmanager
def run_jvm(home: Path) -> Iterator[Jvm]:
    """A Neo4j of its own on a local JVM, which may be killed and started. Raises NoNeo4jError."""
    given = os.environ.get("GRAPH_CDP_NEO4J_HOME")
    _check_java()
    jvm = Jvm(_jars_in(Path(given)) if given else _fetch_jars(_version_in_pom()), home)
    try:
        jvm.start()
        yield jvm
    finally:
        jvm.kill()


@contextlib.contextmanager
def _on_jvm(jars_from: Callable[[], Path], home: Path, http: int = 0) -> Iterator[Server]:
    jvm = Jvm(jars_from(), home, http)
    try:
        jvm.start()
        yield jvm.server
    finally:
        # Nothing of it is kept, so nothing is gained by an orderly stop.
        jvm.kill()


def free_port() -> int:
    """A port of this machine on which nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(server: Server, java: subprocess.Popen[bytes], log: Path) -> None:
    waiting = Retrying(
        retry=retry_if_exception_type((DriverError, Neo4jError)),
        stop=stop_after_delay(_SECONDS_FOR_START),
        wait=wait_fixed(0.1),
    )
    try:
        waiting(_ask, server, java)
    except (RetryError, ChildProcessError):
        raise NoNeo4jError(f"Neo4j did not start: {log.read_text()[-500:]}") from None


def _ask(server: Server, java: subprocess.Popen[bytes]) -> None:
    if java.poll() is not None:
        raise ChildProcessError
    with driver_of(server) as driver, driver.session(database="neo4j") as session:
        session.run("RETURN 1").consume()


def _container() -> Source:
    # Only here, and in _in_docker: slow to import and seldom needed.
    import docker  # type: ignore[import-untyped]
    from docker.errors import DockerException  # type: ignore[import-untyped]

    try:
        docker.from_env(timeout=5).ping()
    except (DockerException, OSError):
        raise NoNeo4jError("no docker daemon answers") from None
    version = _version_in_pom()
    return Source(f"neo4j {version} (Docker)", partial(_in_docker, version))


@contextlib.contextmanager
def _in_docker(version: str, _: Path) -> Iterator[Server]:
    from testcontainers.community.neo4j import Neo4jContainer

    with Neo4jContainer(f"neo4j:{version}-community") as container:
        server = Server("neo4j", container.get_connection_url(), container.username, container.password)
        _created.add(server.url)
        yield server

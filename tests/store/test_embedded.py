"""The embedded server starts by itself, is shared, loses nothing and leaves nothing behind."""

from __future__ import annotations

import contextlib
import ipaddress
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from neo4j import GraphDatabase

from graph_cdp.errors import StoreError
from graph_cdp.store.embedded import Lease, join
from tests.store.processes import keeper_in, processes_in, servers_in, within

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc")

CLIENT = """
import sys
from pathlib import Path
from graph_cdp.store.embedded import join
lease = join(Path(sys.argv[1]))
print(lease.uri, flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Lease]]:
    """A data directory with a running server, for tests that only look."""
    directory = tmp_path_factory.mktemp("embedded") / "dane łódź"
    with contextlib.closing(join(directory)) as lease:
        query(lease, "CREATE (:Seen)")
        yield directory, lease


def query(lease: Lease, statement: str) -> list[list[object]]:
    driver = GraphDatabase.driver(lease.uri, auth=(lease.user, lease.password))
    with driver, driver.session(database="neo4j") as session:
        return session.run(statement).values()


@contextlib.contextmanager
def client(directory: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that joins the directory and stays."""
    command = [sys.executable, "-c", CLIENT, str(directory)]
    path = os.pathsep.join(filter(None, sys.path))
    # The locale of many a service and container.
    environment = {**os.environ, "PYTHONPATH": path, "LC_ALL": "C"}
    process = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        with process:
            yield process
    finally:
        process.kill()


def uri_told_by(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


def addresses_of(pid: int) -> set[str]:
    """The addresses that a process listens on."""
    sockets = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            sockets.add(str(descriptor.readlink()).removeprefix("socket:[").removesuffix("]"))
    addresses = set()
    for table in ("tcp", "tcp6"):
        for row in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            local, state, inode = (row.split()[column] for column in (1, 3, 9))
            if state == "0A" and inode in sockets:
                addresses.add(local.partition(":")[0])
    return addresses


def is_loopback(address: str) -> bool:
    words = [int(address[at : at + 8], 16).to_bytes(4, sys.byteorder) for at in range(0, len(address), 8)]
    parsed = ipaddress.ip_address(b"".join(words))
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return (mapped or parsed).is_loopback


def test_bolt_answers_when_join_returns(shared: tuple[Path, Lease]) -> None:
    assert query(shared[1], "MATCH (n:Seen) RETURN count(n)") == [[1]]


def test_a_second_process_joins_the_running_server(shared: tuple[Path, Lease]) -> None:
    directory, lease = shared
    with client(directory) as other:
        assert uri_told_by(other) == lease.uri


def test_the_password_is_on_no_command_line(shared: tuple[Path, Lease]) -> None:
    seen = ""
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            seen += (process / "cmdline").read_text(errors="replace")
    assert "ArcadeDBServer" in seen
    assert shared[1].password not in seen


def test_the_lease_does_not_show_its_password(shared: tuple[Path, Lease]) -> None:
    assert shared[1].password not in repr(shared[1])


def test_server_and_keeper_listen_on_loopback_alone(shared: tuple[Path, Lease]) -> None:
    found = {pid: addresses_of(pid) for pid in processes_in(shared[0])}
    assert found
    assert all(found.values())
    assert all(is_loopback(address) for addresses in found.values() for address in addresses)


def test_only_the_owner_can_read_the_directory_and_its_files(shared: tuple[Path, Lease]) -> None:
    directory = shared[0]
    assert [path for path in [directory, *directory.rglob("*")] if path.stat().st_mode & 0o077] == []


def test_the_server_does_not_hear_the_terminal_of_its_first_client(shared: tuple[Path, Lease]) -> None:
    assert os.getsid(0) not in {os.getsid(pid) for pid in processes_in(shared[0])}


def test_the_keeper_welcomes_nobody_without_its_token(shared: tuple[Path, Lease]) -> None:
    port = json.loads((shared[0] / "keeper.json").read_text())["port"]
    with socket.create_connection(("127.0.0.1", port), timeout=5) as stranger:
        stranger.sendall(b"let me in\n")
        assert stranger.recv(1) == b""


def test_ten_processes_at_once_get_one_server(tmp_path: Path) -> None:
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(client(tmp_path)) for _ in range(10)]
        assert len({uri_told_by(process) for process in clients}) == 1
        assert len(servers_in(tmp_path)) == 1


def test_the_server_stays_until_the_last_client_has_left(tmp_path: Path) -> None:
    first, second = join(tmp_path), join(tmp_path)
    first.close()
    assert not within(1.5, lambda: not servers_in(tmp_path))
    second.close()
    second.close()
    assert within(2, lambda: not processes_in(tmp_path))


def test_a_killed_client_leaves_no_server_behind(tmp_path: Path) -> None:
    with client(tmp_path) as process:
        assert uri_told_by(process)
        process.kill()
        assert within(2, lambda: not processes_in(tmp_path))


def test_what_was_committed_outlives_a_killed_server(tmp_path: Path) -> None:
    with contextlib.closing(join(tmp_path)) as lease:
        query(lease, "UNWIND range(1, 1000) AS i CREATE (:Kept {i: i})")
        os.kill(servers_in(tmp_path)[0], signal.SIGKILL)
        with contextlib.closing(join(tmp_path)) as again:
            assert query(again, "MATCH (n:Kept) RETURN count(n), sum(n.i)") == [[1000, 500500]]


def test_a_killed_keeper_takes_its_server_along_and_the_next_join_works(tmp_path: Path) -> None:
    with contextlib.closing(join(tmp_path)) as lease:
        query(lease, "CREATE (:Kept)")
        os.kill(keeper_in(tmp_path), signal.SIGKILL)
        assert within(3, lambda: not servers_in(tmp_path))
        with contextlib.closing(join(tmp_path)) as again:
            assert query(again, "MATCH (n:Kept) RETURN count(n)") == [[1]]


def test_a_client_that_comes_while_the_server_stops_gets_one_that_stays(tmp_path: Path) -> None:
    join(tmp_path).close()
    assert within(2, lambda: not (tmp_path / "keeper.json").exists())
    assert servers_in(tmp_path)
    with contextlib.closing(join(tmp_path)) as lease:
        assert query(lease, "RETURN 1") == [[1]]
        assert len(servers_in(tmp_path)) == 1


def test_a_lost_password_file_is_made_anew(tmp_path: Path) -> None:
    join(tmp_path).close()
    assert within(2, lambda: not processes_in(tmp_path))
    (tmp_path / "password").unlink()
    with contextlib.closing(join(tmp_path)) as lease:
        assert query(lease, "RETURN 1") == [[1]]


def test_a_server_that_cannot_start_is_reported_with_its_last_words(tmp_path: Path) -> None:
    (tmp_path / "databases").write_text("in the way of a directory")
    with pytest.raises(StoreError, match=r"^.*: the embedded server did not start, its last words: .*server\.log\)$"):
        join(tmp_path)
    assert not servers_in(tmp_path)


def test_a_file_cannot_be_the_data_directory(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot be the data directory: File exists"):
        join(tmp_path / "file")


def test_an_unwritable_directory_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    user = os.geteuid()
    # The superuser may write anywhere, so that nobody stands in for them.
    os.seteuid(65534 if user == 0 else user)
    try:
        with pytest.raises(StoreError, match="cannot be the data directory: Permission denied"):
            join(tmp_path)
    finally:
        os.seteuid(user)

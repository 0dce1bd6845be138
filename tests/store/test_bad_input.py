"""Bad input: one sentence says where, why and what to do; nothing is shown of the program, and the good is loaded."""

from __future__ import annotations

import contextlib
import http.server
import json
import socketserver
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from graph_cdp.store import embedded
from tests import servers
from tests.commands import Said, run

MAPPING = 'source = "crm"\n\n[identifiers]\nrecord = "id"\nemail = "mail"\n'
LINK = "a,b,kind,first_seen\nuser_id:1,email:ann@b.pl,login,"
SECONDS_TO_GIVE_UP = 20


@dataclass(frozen=True, slots=True)
class Desk:
    """A folder with two good files, and a store that keeps running."""

    folder: Path
    store: str

    def run(self, *arguments: object, **env: str) -> Said:
        return run(*arguments, cwd=self.folder, store=self.store, env=env)

    def write(self, name: str, content: str | bytes) -> str:
        data = content.encode() if isinstance(content, str) else content
        (self.folder / name).write_bytes(data)
        return name


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("bad")
    with servers.run_embedded(folder / "store") as server:
        made = Desk(folder, server.url)
        made.write("good.ndjson", message("good") + "\n")
        made.write("map.toml", MAPPING)
        made.write("table.csv", "id,mail\n7,ann@b.pl\n")
        (folder / "folder.csv").mkdir()
        assert made.run("ingest", "good.ndjson").status == 0
        yield made


def message(name: str) -> str:
    return json.dumps(
        {"type": "track", "event": "Seen", "userId": name, "messageId": name, "timestamp": "2026-01-01T00:00:00Z"}
    )


def counts(said: Said) -> dict[str, int]:
    return {outcome: count for outcome, count in said.json.items() if count}


# Files to ingest


def test_a_broken_line_is_rejected_with_its_place_and_the_rest_is_loaded(desk: Desk) -> None:
    said = desk.run("ingest", desk.write("broken.ndjson", f'{message("b1")}\n{{"type"\n5\n{message("b2")}\n'), "--json")
    assert (said.status, counts(said)) == (0, {"created": 2, "rejected": 2})
    assert [line.split()[1] for line in said.err.splitlines()] == ["broken.ndjson:2:", "broken.ndjson:3:"]


def test_strict_ends_with_1_where_a_line_was_rejected(desk: Desk) -> None:
    assert desk.run("ingest", desk.write("strict.ndjson", f"{message('s')}\nno\n"), "--strict").status == 1


def test_a_byte_order_mark_is_no_part_of_the_first_line(desk: Desk) -> None:
    said = desk.run("ingest", desk.write("bom.ndjson", b"\xef\xbb\xbf" + message("bom").encode()), "--json")
    assert counts(said) == {"created": 1}


def test_a_line_in_a_wrong_encoding_is_rejected_and_the_rest_is_loaded(desk: Desk) -> None:
    lines = b"\n".join([message("e1").encode(), b'{"type": "track", "userId": "\xff"}', message("e2").encode()])
    said = desk.run("ingest", desk.write("encoding.ndjson", lines), "--json")
    assert counts(said) == {"created": 2, "rejected": 1}
    assert "encoding.ndjson:2" in said.err


def test_a_value_of_a_wrong_type_is_rejected_with_its_line(desk: Desk) -> None:
    wrong = json.dumps({"type": "track", "event": "Seen", "userId": "t2", "messageId": "t2", "timestamp": "yesterday"})
    said = desk.run("ingest", desk.write("type.ndjson", f"{message('t1')}\n{wrong}\n"), "--json")
    assert counts(said) == {"created": 1, "rejected": 1}
    assert "type.ndjson:2" in said.err


def test_a_file_that_cannot_be_read_does_not_keep_the_others_out(desk: Desk) -> None:
    desk.write("after.ndjson", message("after"))
    said = desk.run("ingest", "nothere.ndjson", "after.ndjson", "--json")
    assert (said.status, counts(said)) == (1, {"created": 1})
    assert said.sentence.startswith("nothere.ndjson: ")


def test_an_unknown_column_is_named_with_its_line_in_the_mapping(desk: Desk) -> None:
    desk.write("unknown.toml", MAPPING.replace('"mail"', '"e_mail"'))
    said = desk.run("ingest", "table.csv", "--mapping", "unknown.toml")
    assert (said.status, said.sentence.startswith("unknown.toml:5: ")) == (1, True)
    assert "its columns are id, mail" in said.sentence


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("folder.csv", None, "folder.csv: "),
        ("what.xyz", "x", "known are .ndjson"),
        ("empty.csv", "", "empty.csv:1: no header"),
    ],
)
def test_a_file_of_no_use_is_refused(desk: Desk, name: str, content: str | None, expected: str) -> None:
    if content is not None:
        desk.write(name, content)
    said = desk.run("ingest", name, "--mapping", "map.toml")
    assert (said.status, expected in said.sentence) == (1, True)


def test_a_table_without_a_mapping_is_refused_with_what_to_type(desk: Desk) -> None:
    assert "graph-cdp ingest table.csv --mapping" in desk.run("ingest", "table.csv").sentence


@pytest.mark.parametrize(
    ("content", "place"),
    [("source = = 1\n", "wrong.toml:1: "), (MAPPING + "colour = 5\n", "wrong.toml:6: "), ("", "wrong.toml:1: source")],
)
def test_a_mapping_that_is_none_is_refused_with_its_line(desk: Desk, content: str, place: str) -> None:
    desk.write("wrong.toml", content)
    assert desk.run("ingest", "table.csv", "--mapping", "wrong.toml").sentence.startswith(place)


@pytest.mark.parametrize(("name", "content"), [("none.ndjson", ""), ("header.csv", "id,mail\n")])
def test_a_file_without_content_loads_nothing(desk: Desk, name: str, content: str) -> None:
    said = desk.run("ingest", desk.write(name, content), "--mapping", "map.toml")
    assert (said.status, said.out.splitlines()[-1], said.err) == (0, "no messages and no rows: nothing was loaded", "")


# Stores


@pytest.mark.parametrize(
    "store", ["nonsense", "http://127.0.0.1:80", "bolt://ann:hunter2@127.0.0.1:7687", "bolt://127.0.0.1:port"]
)
def test_a_url_that_is_no_store_is_wrong_usage_and_shows_no_password(desk: Desk, store: str) -> None:
    said = desk.run("status", "--store", store)
    assert (said.status, "hunter2" in said.err) == (2, False)
    assert "embedded:DIRECTORY" in said.sentence


@pytest.mark.parametrize("scheme", ["bolt", "neo4j"])
def test_an_unreachable_server_is_said_soon(desk: Desk, scheme: str) -> None:
    began = time.monotonic()
    said = desk.run("status", "--store", f"{scheme}://127.0.0.1:1")
    assert (said.status, said.sentence.startswith(f"{scheme}://127.0.0.1:1: ")) == (1, True)
    assert time.monotonic() - began < SECONDS_TO_GIVE_UP


def test_a_server_that_is_no_graph_is_told_from_one(desk: Desk) -> None:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler) as web, serving(web):
        said = desk.run("status", "--store", f"bolt://127.0.0.1:{web.server_port}")
    assert (said.status, "Bolt port" in said.sentence) == (1, True)


def test_a_neo4j_of_an_unsupported_version_is_refused_with_the_one_to_use(desk: Desk) -> None:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), OldNeo4j) as old, serving(old):
        said = desk.run("status", "--store", f"bolt://127.0.0.1:{old.server_address[1]}")
    assert (said.status, "use Neo4j 5.26 or later" in said.sentence) == (1, True)


def test_a_wrong_password_is_refused_and_not_repeated(desk: Desk) -> None:
    with contextlib.closing(embedded.join(desk.folder / "store")) as lease:
        said = desk.run("status", "--store", lease.uri, GRAPH_CDP_STORE_USER="root", GRAPH_CDP_STORE_PASSWORD="hunter2")
    assert (said.status, "hunter2" in said.err) == (1, False)
    assert "GRAPH_CDP_STORE_PASSWORD" in said.sentence


def test_a_file_cannot_be_a_store(desk: Desk) -> None:
    assert "cannot be the data directory" in desk.run("status", "--store", "embedded:table.csv").sentence


def test_another_id_secret_than_that_of_the_store_is_refused(desk: Desk) -> None:
    said = desk.run("status", GRAPH_CDP_ID_SECRET="hunter2")
    assert (said.status, "GRAPH_CDP_ID_SECRET" in said.sentence, "hunter2" in said.err) == (1, True, False)


def test_a_policy_of_the_environment_that_is_missing_is_refused(desk: Desk) -> None:
    assert desk.run("status", GRAPH_CDP_POLICY="nothere.toml").sentence.startswith("nothere.toml: ")


# Policies and plans


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("# mine\nmin_teir = 5\n", "bad.toml:2: min_teir"),
        ('[namespaces.email]\nlimit = "five"\n', "bad.toml:2: namespaces.email.limit"),
        ("# mine\nmin_tier == 5\n", "bad.toml:2: not valid TOML"),
        (b"# mine\n\xff\n", "bad.toml:2: is not UTF-8"),
    ],
)
def test_a_policy_with_a_mistake_is_refused_with_its_line(desk: Desk, content: str | bytes, expected: str) -> None:
    said = desk.run("policy", "check", desk.write("bad.toml", content))
    assert (said.status, said.sentence.startswith(expected)) == (1, True)


@pytest.mark.parametrize("content", ["hello", "[1]", '{"plan": 1, "evidence": 5, "policy": 7, "summary": {}}', b"\xff"])
def test_what_is_no_plan_is_not_applied(desk: Desk, content: str | bytes) -> None:
    said = desk.run("relink", "--apply", desk.write("no.plan", content))
    assert (said.status, said.sentence.startswith("no.plan: is no plan (make one with ")) == (1, True)


def test_a_plan_whose_evidence_has_moved_on_is_not_applied(desk: Desk) -> None:
    assert desk.run("relink", "--dry-run", "--to", "moved.plan").status == 0
    desk.run("ingest", desk.write("more.ndjson", message("more")))
    said = desk.run("relink", "--apply", "moved.plan")
    assert (said.status, "relink --dry-run --to" in said.sentence) == (1, True)


def test_a_plan_cannot_be_written_into_a_folder_that_is_missing(desk: Desk) -> None:
    assert desk.run("relink", "--dry-run", "--to", "nowhere/x.plan").sentence.startswith("nowhere/x.plan: ")


@pytest.mark.parametrize("options", [["--to", "x"], ["--apply", "x", "--dry-run"]])
def test_options_that_contradict_each_other_are_wrong_usage(desk: Desk, options: list[str]) -> None:
    said = desk.run("relink", *options)
    assert (said.status, said.sentence.startswith("--")) == (2, True)


# Keys


@pytest.mark.parametrize("key", ["ann@b.pl", "", ":ann", "email:", "email:ann", "phone:123", "order:ann"])
def test_a_text_that_is_no_key_is_wrong_usage_and_not_repeated(desk: Desk, key: str) -> None:
    said = desk.run("profile", key)
    assert (said.status, "ann@b.pl" in said.err.replace("ann@example.com", "")) == (2, False)
    assert said.sentence


@pytest.mark.parametrize("key", ["email:nobody@b.pl", "no_such_namespace:nobody"])
def test_a_key_that_is_not_known_is_refused_and_not_repeated(desk: Desk, key: str) -> None:
    said = desk.run("why", key, "user_id:good")
    assert (said.status, "nobody" in said.err, "first key" in said.sentence) == (1, False, True)


# Tables in and out, without a store


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("columns.csv", "x,y\n1,2\n", "columns.csv: no column a, b, kind among x, y"),
        ("time.csv", LINK + "yesterday\n", "time.csv:2: first_seen is no RFC 3339 time"),
        ("key.csv", "a,b,kind\nuser_id:1,ann,login\n", "key.csv:2: b is no key"),
        ("wide.csv", LINK + "\n1,2,3,4,5\n", "wide.csv:3: 5 columns instead of the 4 of the header"),
        ("latin.csv", LINK.encode() + b"\xff\n", "latin.csv:2: is not UTF-8"),
        ("no.csv", "", "no.csv: is empty"),
        ("no.parquet", "hello", "no.parquet: is no Parquet file"),
        ("no.ndjson", '{"a": 1}\n{"a"\n', "no.ndjson:2: is not valid JSON"),
        ("type.ndjson", '{"a": 1, "b": 2, "kind": "x"}\n', "type.ndjson: the column a is Int64, not text"),
        ("nothere.csv", None, "nothere.csv: there is no such file"),
        ("folder.csv", None, "folder.csv: is a folder"),
    ],
)
def test_a_file_that_is_no_table_of_links_is_refused(
    desk: Desk, name: str, content: str | bytes | None, expected: str
) -> None:
    if content is not None:
        desk.write(name, content)
    said = desk.run("resolve", name, "--to", "members.csv")
    assert (said.status, said.sentence[: len(expected)]) == (1, expected)


def test_a_table_of_no_links_has_no_members(desk: Desk) -> None:
    desk.write("none.csv", "a,b,kind\n")
    assert desk.run("resolve", "none.csv", "--to", "none.parquet", "--json").json == {"keys": 0, "customers": 0}


@pytest.mark.parametrize(("to", "status"), [("x.xyz", 2), ("nowhere/x.csv", 1), ("folder.csv", 1)])
def test_an_export_that_cannot_be_written_is_refused(desk: Desk, to: str, status: int) -> None:
    said = desk.run("export", "members", "--to", to)
    assert (said.status, said.sentence.startswith(f"{to}: ")) == (status, True)


# Wrong usage


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["customers", "--limit", "0"], "greater than or equal to 1 (see graph-cdp customers --help)"),
        (["no-such-command"], "(see graph-cdp --help)"),
        (["why", "user_id:1"], "Missing argument"),
        (["export", "everything", "--to", "x.csv"], "there are members, links"),
        (["demo", "--people", "3"], "ask for 50 or more"),
    ],
)
def test_wrong_usage_ends_with_2_and_one_sentence(desk: Desk, arguments: list[str], expected: str) -> None:
    said = desk.run(*arguments)
    assert (said.status, expected in said.sentence) == (2, True)


def test_a_key_too_many_is_not_repeated(desk: Desk) -> None:
    said = desk.run("why", "user_id:1", "user_id:2", "email:hunter@b.pl")
    assert (said.status, "hunter" in said.err) == (2, False)


class OldNeo4j(socketserver.StreamRequestHandler):
    """Bolt 4.4 as an old server speaks it: says who it is, and answers every request with an empty success."""

    def handle(self) -> None:
        self.rfile.read(20)
        self.wfile.write(b"\x00\x00\x04\x04")
        answer = b"\xb1\x70\xa2" + b"".join(map(text, ("server", "Neo4j/4.4.0", "connection_id", "bolt-1")))
        with contextlib.suppress(ConnectionError):
            while self._request():
                self.wfile.write(len(answer).to_bytes(2, "big") + answer + b"\x00\x00")
                answer = b"\xb1\x70\xa1" + text("fields") + b"\x90"

    def _request(self) -> bytes:
        """The next message, its chunks put together; empty at the end."""
        message = b""
        while size := int.from_bytes(self.rfile.read(2), "big"):
            message += self.rfile.read(size)
        return message


def text(value: str) -> bytes:
    return bytes([0xD0, len(value)]) + value.encode()


@contextlib.contextmanager
def serving(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()

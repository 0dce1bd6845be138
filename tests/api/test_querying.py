"""Free Cypher over a real socket: what only reads is answered, all else is refused or cut off, and changes nothing."""

from __future__ import annotations

import hashlib
import http.server
import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from graph_cdp_api import schemas

from graph_cdp.engine import Engine
from tests import servers
from tests.api.conftest import Api

# The embedded server answers no free queries.
pytestmark = pytest.mark.parametrize("server", ["neo4j"], indirect=True, scope="session")

KEY = "user_id:query-0"
PEOPLE = 24


@pytest.fixture(scope="module")
def free(each_api: Api) -> Api:
    """People in one dense company of devices, so that there are more ways through it than anybody could count."""
    batch: list[dict[str, Any]] = []
    for number in range(PEOPLE):
        batch.append({"type": "identify", "userId": f"query-{number}", "traits": {"email": f"q{number}@example.com"}})
    for first in range(0, PEOPLE, 3):
        for second in range(PEOPLE):
            ids = [{"id": f"query-{first}", "type": "user_id", "collection": "users"}]
            ids.append({"id": f"device-{second}", "type": "device", "collection": "users"})
            batch.append({"type": "page", "anonymousId": f"cookie-{second}", "context": {"externalIds": ids}})
    each_api.send("batch", {"batch": batch})
    return each_api


def ask(api: Api, query: str, /, **more: Any) -> Any:
    return api.http.post("/graph/query", json={"query": query, **more})


READS = [
    "MATCH (i:Identifier {key: $key}) RETURN i.key AS key",
    "MATCH (i:Identifier {key: $key})-[l:LINK]-(o) RETURN o.key AS key, l.kind AS kind ORDER BY key",
    "MATCH (c:Customer)<-[:MEMBER_OF]-(i) WITH c, count(i) AS n, collect(i.key) AS keys WHERE n > 1 RETURN c, n, keys",
    "MATCH (i:Identifier) WHERE EXISTS { (i)-[:LINK]-(:Email) } RETURN count(i) AS n",
    "MATCH p = shortestPath((a:UserId {key: $key})-[:LINK*..4]-(b:Email {key: 'email:q3@example.com'})) RETURN p",
    "MATCH (i:Identifier) CALL (i) { MATCH (i)-[r]-() RETURN count(r) AS n } RETURN i.key AS k, n ORDER BY n DESC",
    "MATCH (e:Event) WHERE e.at IS NULL OPTIONAL MATCH (e)-[:OBSERVED]->(i:Email) RETURN e.name, count(DISTINCT i)",
    "MATCH (i:Identifier) RETURN DISTINCT i.namespace AS n UNION MATCH (o:Order) RETURN o.currency AS n",
    "UNWIND ['email', 'phone'] AS n MATCH (i:Identifier {namespace: n}) RETURN n, count(*)",
    "RETURN datetime('2026-01-01T00:00:00Z') AS t, date('2026-01-01') AS d, duration('P1D') AS l, point({x: 1, y: 2})",
    "MATCH (i:Identifier {key: $key}) RETURN [(i)-[:LINK]-(o) | o.key] AS some, i { .key, .degree } AS map",
]


@pytest.mark.parametrize("query", READS)
def test_what_only_reads_is_answered(free: Api, query: str):
    answer = ask(free, query, parameters={"key": KEY})
    assert answer.status_code == 200, answer.text
    assert schemas.Table.model_validate(answer.json()).rows or "Order" in query


def test_nodes_and_relationships_come_as_everywhere(free: Api):
    answer = ask(free, "MATCH (i:Identifier {key: $key})-[m:MEMBER_OF]->(c) RETURN i, m, c", parameters={"key": KEY})
    node, relationship, _ = answer.json()["rows"][0]
    schemas.Node.model_validate(node)
    schemas.Relationship.model_validate(relationship)
    assert answer.json()["columns"] == ["i", "m", "c"]


@pytest.mark.parametrize("limit", [1, 5])
def test_rows_beyond_the_limit_are_cut_off(free: Api, limit: int):
    answer = ask(free, "MATCH (i:Identifier) RETURN i.key", limit=limit).json()
    assert (len(answer["rows"]), answer["truncated"]) == (limit, True)


def test_bytes_beyond_the_limit_are_cut_off(free: Api):
    query = "UNWIND $many AS n RETURN $text AS text"
    answer = ask(free, query, parameters={"many": list(range(1000)), "text": "x" * 60_000})
    assert answer.json()["truncated"] is True
    assert len(answer.content) < 9 * 2**20


WRITES = [
    "CREATE (n:Identifier {key: 'user_id:evil'})",
    "CREATE (n:Identifier {key: 'user_id:evil'}) RETURN n",
    "MERGE (n:Identifier {key: 'user_id:evil'}) RETURN n",
    "MATCH (n:Identifier) SET n.evil = 1",
    "MATCH (n:Identifier) SET n:Evil RETURN n",
    "MATCH (n:Identifier) REMOVE n.key",
    "MATCH (n:Identifier) DETACH DELETE n",
    "MATCH (n:Identifier)-[r:LINK]-() DELETE r",
    "MATCH (n:Identifier) FOREACH (x IN [1] | SET n.evil = x)",
    "MATCH (n:Identifier) CALL (n) { SET n.evil = 1 }",
    "MATCH (n:Identifier) CALL (n) { SET n.evil = 1 } IN TRANSACTIONS OF 1 ROW",
    "MATCH (n:Identifier) CALL (n) { WITH n CREATE (m:Evil) RETURN m } RETURN m",
    "CREATE INDEX evil FOR (n:Evil) ON (n.x)",
    "DROP CONSTRAINT identifier_key",
    "CREATE DATABASE evil",
    "ALTER CURRENT USER SET PASSWORD FROM 'a' TO 'b'",
    "CREATE USER evil SET PASSWORD 'evil12345'",
    "/* only reading */ MATCH (n:Identifier) // really\nSET n.evil = 1",
    "MATCH (n:Identifier) RETURN n; CREATE (m:Evil)",
    "EXPLAIN CREATE (n:Evil)",
    "PROFILE CREATE (n:Evil)",
    "CYPHER runtime=slotted CREATE (n:Evil)",
]
CALLS = [
    "LOAD CSV FROM 'http://127.0.0.1:PORT/csv' AS row RETURN row",
    "LOAD CSV WITH HEADERS FROM 'http://127.0.0.1:PORT/csv' AS row RETURN row",
    "LOAD CSV FROM 'file:///etc/passwd' AS row RETURN row",
    "CALL { LOAD CSV FROM 'http://127.0.0.1:PORT/csv' AS row RETURN row } RETURN row",
    "MATCH (n:Identifier) CALL (n) { LOAD CSV FROM 'http://127.0.0.1:PORT/' + n.key AS row RETURN row } RETURN row",
    "RETURN [x IN [1] | COLLECT { LOAD CSV FROM 'http://127.0.0.1:PORT/csv' AS row RETURN row }] AS rows",
    "MATCH (n:Identifier) WHERE EXISTS { LOAD CSV FROM 'http://127.0.0.1:PORT/csv' AS row RETURN row } RETURN n",
    "RETURN CASE WHEN true THEN COUNT { LOAD CSV FROM 'http://127.0.0.1:PORT/csv' AS row RETURN row } END AS n",
    "CALL db.labels()",
    "CALL db.labels() YIELD label RETURN label",
    "CALL dbms.listConfig()",
    "CALL dbms.components() YIELD name RETURN name",
    "CALL db.create.setNodeVectorProperty(null, 'x', [1.0])",
    "CALL db.awaitIndexes(300)",
    "CALL db.clearQueryCaches()",
    "CALL apoc.load.json('http://127.0.0.1:PORT/json') YIELD value RETURN value",
    "CALL apoc.util.sleep(100000)",
    "RETURN apoc.cypher.runFirstColumnSingle('CREATE (n) RETURN n', {}) AS n",
    "RETURN linenumber() AS n, file() AS f",
]
SETTINGS = [
    "SHOW SETTINGS",
    "SHOW SETTINGS YIELD name, value WHERE name CONTAINS 'auth' RETURN value",
    "SHOW PROCEDURES",
    "SHOW FUNCTIONS",
    "SHOW INDEXES",
    "SHOW CONSTRAINTS",
    "SHOW USERS",
    "SHOW DATABASES",
    "SHOW TRANSACTIONS",
    "TERMINATE TRANSACTIONS 'neo4j-transaction-1'",
    "USE system SHOW USERS",
    "USE neo4j MATCH (n:Identifier) RETURN n",
    "USE/**/neo4j MATCH (n:Identifier) RETURN n",
    "USE`neo4j` MATCH (n:Identifier) RETURN n",
    "USE// '\nneo4j MATCH (n:Identifier) RETURN n",
    "MATCH (s:Setting) RETURN s.value",
    "MATCH (s:Setting) WHERE s.name = 'id_secret' RETURN substring(s.value, 0, 1)",
    "MATCH (s) WHERE s.name = 'id_secret' RETURN s.value",
    "MATCH (s:Identifier|Setting) RETURN s.value",
    "MATCH (s:!Identifier) RETURN s.value",
    "MATCH (s:$($label)) RETURN s.value",
    "MATCH (s:`Setting`) RETURN s.value",
    "MATCH (s) WHERE 'Setting' IN labels(s) RETURN s.value",
    "MATCH (s) WHERE id(s) < 100 RETURN s.value",
    "MATCH (s) WHERE elementId(s) = '4:x:1' RETURN s.value",
    "RETURN [x IN [1] | COLLECT { MATCH (s:Setting) RETURN s.value }] AS x",
    "MATCH (i:Identifier) RETURN CASE WHEN i.degree > 0 THEN COLLECT { MATCH (s) RETURN s.value } END AS x",
    "RETURN COUNT { MATCH (s:Setting) WHERE s.value STARTS WITH 'a' } AS n",
    "MATCH (j:Job) RETURN j",
]
LONG = [
    "MATCH (a:Identifier)-[*]-(b) RETURN count(*)",
    "MATCH p = (a:Identifier)-[:LINK*]-(b) RETURN max(length(p))",
    "MATCH (a:Identifier)-[:LINK*1..30]-(b:Identifier) WHERE a.key < b.key RETURN count(*) ORDER BY 1",
    "MATCH (a:Identifier), (b:Identifier), (c:Identifier), (d:Identifier) WHERE a.key <> c.key RETURN count(*)",
    "MATCH (a)-[:LINK]-(b)-[:LINK]-(c)-[:LINK]-(d)-[:LINK]-(e)-[:LINK]-(f)-[:LINK]-(g)-[:LINK]-(h) RETURN count(*)",
    "MATCH p = ALL SHORTEST (a:Identifier)-[:LINK]-+(b:Identifier) WITH p ORDER BY length(p) DESC RETURN count(p)",
]
MEMORY = [
    "UNWIND range(1, 1000000000) AS x RETURN collect(x) AS all",
    "UNWIND range(1, 1000000000) AS x WITH DISTINCT x ORDER BY x DESC RETURN x",
    "RETURN [x IN range(1, 1000000000) | x] AS all",
    "RETURN size(reduce(s = 'a', x IN [1, 2, 3, 4, 5, 6, 7, 8, 9] | s + s + s + s)) AS n",
    "WITH 'aaaaaaaaaaaaaaaa' AS s " + "WITH s + s AS s " * 30 + "RETURN size(s)",
    "WITH 'aaaaaaaaaaaaaaaa' AS s " + "WITH s || s AS s " * 30 + "RETURN size(s)",
    "RETURN replace($text, 'a', $text) AS n",
    "WITH $many AS l RETURN [x IN l | [y IN l | [z IN l | x]]] AS all",
    "MATCH (a:Identifier), (b:Identifier), (c:Identifier), (d:Identifier) RETURN collect([a, b, c, d]) AS all",
    "WITH $many AS l UNWIND l AS a UNWIND l AS b UNWIND l AS c UNWIND l AS d RETURN collect([a, b, c, d]) AS all",
    "WITH $many AS l UNWIND l AS a UNWIND l AS b UNWIND l AS c WITH DISTINCT a, b, c ORDER BY c, a RETURN count(*)",
]


@pytest.fixture(scope="module")
def outside() -> Iterator[tuple[int, list[str]]]:
    """A web server, and what it was asked for."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"a,b\n1,2\n")

        def log_message(self, *_: object) -> None: ...

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1], asked
        server.shutdown()


def checksum(server: servers.Server) -> str:
    """A digest of every node, relationship, index and constraint."""
    digest = hashlib.sha256()
    with servers.driver_of(server) as driver:
        for statement in (
            "MATCH (n) RETURN labels(n) AS l, properties(n) AS p, elementId(n) AS e ORDER BY e",
            "MATCH (a)-[r]->(b) RETURN type(r), r {.*}, elementId(a), elementId(b), elementId(r) AS e ORDER BY e",
            "SHOW INDEXES YIELD name RETURN name ORDER BY name",
            "SHOW CONSTRAINTS YIELD name RETURN name ORDER BY name",
        ):
            for record in driver.execute_query(statement, database_="neo4j").records:
                digest.update(json.dumps(record.data(), sort_keys=True, default=str).encode())
    return digest.hexdigest()


@pytest.fixture(scope="module")
def before(free: Api, server: servers.Server) -> str:
    return checksum(server)


PARAMETERS = {"label": "Setting", "text": "a" * 40_000, "many": list(range(5_000))}


@pytest.mark.parametrize("query", [*WRITES, *CALLS, *SETTINGS])
def test_what_does_more_than_read_is_refused(
    free: Api, before: str, server: servers.Server, outside: tuple[int, list[str]], query: str
):
    port, asked = outside
    answer = ask(free, query.replace("PORT", str(port)), parameters={"label": "Setting"})
    assert answer.status_code in (400, 403), answer.text
    assert asked == []


def test_after_all_of_that_the_graph_is_unchanged(free: Api, before: str, server: servers.Server):
    assert checksum(server) == before


@pytest.mark.parametrize("query", [*LONG, *MEMORY])
def test_what_takes_too_much_is_refused_or_cut_off(free: Api, before: str, query: str):
    started = time.monotonic()
    answer = ask(free, query, parameters={k: v for k, v in PARAMETERS.items() if f"${k}" in query}, seconds=1)
    assert answer.status_code in (403, 422), answer.text
    assert time.monotonic() - started < 15
    assert free.http.get(f"/profiles/{KEY}").status_code == 200


def test_what_has_rows_without_end_ends_with_the_most_that_are_given(free: Api, before: str):
    answer = ask(free, "MATCH (a:Identifier), (b:Identifier) RETURN 1 AS n", seconds=5)
    assert answer.status_code == 200, answer.text
    assert answer.json()["truncated"]
    assert 0 < len(answer.json()["rows"]) <= 1_000


def test_after_all_of_that_too_the_graph_is_unchanged(free: Api, before: str, server: servers.Server):
    assert checksum(server) == before


def test_more_than_a_few_at_once_are_asked_to_wait(free: Api):
    def run(_: int) -> int:
        return ask(free, LONG[4], seconds=2).status_code

    with ThreadPoolExecutor(8) as pool:
        answered = sorted(pool.map(run, range(8)))
    assert set(answered) == {422, 429}
    assert ask(free, READS[0], parameters={"key": KEY}).status_code == 200


@pytest.mark.parametrize("query", ["MATCH (n:Identifier RETURN n", "RETURN $missing AS x", "RETURN 1 / 0", "hello"])
def test_what_is_no_cypher_is_a_wrong_request_with_the_place(free: Api, query: str):
    answer = ask(free, query)
    assert (answer.status_code, answer.json()["detail"][:6]) == (400, "query:")


def test_the_place_of_a_mistake_is_that_in_the_text_sent(free: Api):
    assert "(line 2, column 8)" in ask(free, "MATCH (n:Identifier)\nRETURN ) AS x").json()["detail"]


def test_a_query_is_not_in_the_log(free: Api, each_engine: Engine, caplog: pytest.LogCaptureFixture):
    ask(free, "MATCH (n:Identifier {key: 'user_id:private-4711'}) RETURN n")
    ask(free, "RETURN private-4711 (")
    assert "4711" not in caplog.text


def test_a_number_of_more_than_64_bits_is_asked_for_as_the_text_that_is_stored_of_it(free: Api):
    body = {"query": "RETURN $n AS n", "parameters": {"n": 2**80}}
    answer = free.http.post("/graph/query", json=body)
    assert (answer.status_code, answer.json()["rows"]) == (200, [[str(2**80)]])

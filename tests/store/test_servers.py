"""What the tests rely on in the servers that they are given."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from graph_cdp.store import embedded
from tests import servers


def test_a_cleared_server_has_no_data_constraints_or_indexes(server: servers.Server) -> None:
    with servers.driver_of(server) as driver:
        for statement in (
            "CREATE CONSTRAINT k IF NOT EXISTS FOR (n:Thing) REQUIRE n.key IS UNIQUE",
            "CREATE INDEX i IF NOT EXISTS FOR (n:Thing) ON (n.at)",
            "CREATE (:Thing {key: 'a', at: 1})-[:OF]->(:Other)",
        ):
            driver.execute_query(statement, database_="neo4j")
        servers.clear(server)
        left = driver.execute_query("MATCH (n:Thing|Other) RETURN n", database_="neo4j").records
        constraints = driver.execute_query("SHOW CONSTRAINTS", database_="neo4j").records
        indexes = driver.execute_query("SHOW INDEXES YIELD type WHERE type <> 'LOOKUP' RETURN type", database_="neo4j")
    assert (left, constraints, indexes.records) == ([], [], [])


def test_a_server_that_no_test_run_created_is_not_cleared(tmp_path: Path) -> None:
    with contextlib.closing(embedded.join(tmp_path)), pytest.raises(RuntimeError, match="not cleared"):
        servers.clear(servers.Server("embedded", f"embedded:{tmp_path}"))

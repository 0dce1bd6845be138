"""What /openapi.json says holds for whatever is sent: schemathesis with all of its checks, over a real socket."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from graph_cdp.engine import Engine
from tests.api.conformance.asking import ask, described

EXAMPLES = int(os.environ.get("GRAPH_CDP_TEST_EXAMPLES", "50"))

# The embedded server answers no free queries: 501 there.
pytestmark = pytest.mark.parametrize("server", ["neo4j"], indirect=True, scope="session")


def test_the_api_is_as_its_document_says(each_engine: Engine, tmp_path: Path):
    with described(each_engine) as api:
        if objections := ask(api, EXAMPLES, tmp_path):
            pytest.fail(objections, pytrace=False)

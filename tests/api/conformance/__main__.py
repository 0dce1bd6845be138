"""Operation by operation with many examples, telling how long each took: `make conformance`."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from graph_cdp.engine import Engine
from tests import servers
from tests.api.conformance.asking import ask, described, operations


def main() -> int:
    """The number of operations that are not as the document says."""
    given = _arguments()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(servers.find_neo4j().run(folder))
        servers.clear(server)
        api = stack.enter_context(described(stack.enter_context(Engine.open(server.url, server.user, server.password))))
        names = [name for name in operations(api) if given.only in name]
        names = names[names.index(given.since) :] if given.since else names
        failed = 0
        for name in names:
            started = time.monotonic()
            said = ask(api, given.examples, folder, [name])
            failed += bool(said)
            print(f"{name:32} {time.monotonic() - started:6.0f} s  {'FAILED' if said else 'ok'}\n{said}", end="")
            sys.stdout.flush()
    return failed


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=2000)
    parser.add_argument("--only", default="", help="a part of the ids of the operations that are asked for")
    parser.add_argument("--since", help="the id of the operation to begin at")
    return parser.parse_args()


sys.exit(main())

"""The key of the customer ids: given, or made once and kept in the graph."""

from __future__ import annotations

import secrets

from graph_cdp.errors import StoreError
from graph_cdp.resolve.identity import hasher
from graph_cdp.store.graph import Graph


def settled_secret(graph: Graph, given: str | None) -> str:
    """The secret of the customer ids: the one given, of which the graph keeps a check, or the one the graph has."""
    check = hasher(given)("id secret") if given else ""
    if given is None:
        if graph.setting("id_secret_check"):
            raise StoreError("this store's ids were made with a secret of their own (set GRAPH_CDP_ID_SECRET)")
        return graph.setting("id_secret") or graph.first_setting("id_secret", secrets.token_hex(32))
    kept = graph.setting("id_secret")
    noted = graph.setting("id_secret_check") or (None if kept else graph.first_setting("id_secret_check", check))
    held = hasher(kept)("id secret") if kept else noted
    if held != check:
        raise StoreError("this store's ids were made with another secret (set GRAPH_CDP_ID_SECRET to that one)")
    return given

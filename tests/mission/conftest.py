"""Each server in turn, empty at first for each module, behind the API on a real socket."""

from __future__ import annotations

from tests.api.conftest import each_api, each_engine

__all__ = ["each_api", "each_engine"]

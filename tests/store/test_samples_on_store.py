"""Samples loaded as a newcomer loads them give on both servers what the pure function makes of them at once."""

from __future__ import annotations

from pathlib import Path

from graph_cdp import samples
from graph_cdp.offline import policy_from
from graph_cdp.resolve.identity import hasher
from tests import servers
from tests.laws.samples import FILES, items_of, resolved
from tests.store.conftest import SECRET, engine_on


def test_samples_in_a_store_are_the_customers_of_the_pure_function(store: servers.Server, tmp_path: Path) -> None:
    truth = samples.write(tmp_path, people=100, seed=7)
    policy = policy_from(tmp_path / "policy.toml")
    with engine_on(store, policy.text) as engine:
        for path in (tmp_path / name for name in FILES):
            for _ in engine.ingest(engine.read(path, path.with_suffix(".toml") if path.suffix == ".csv" else None)):
                pass
        found = {row["key"]: row["customer_id"] for row in engine.members()}
        assert engine.plan_relink().summary["identifiers_moved"] == 0
    pure = resolved(items_of(tmp_path, policy), policy)
    assert found == dict(zip(pure.keys, pure.ids(hasher(SECRET)), strict=True))
    assert samples.score(found, truth.person_of).swallowing == 0

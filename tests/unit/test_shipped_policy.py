"""What the shipped policy makes of the real table: whoever is loaded of it, nobody is taken for somebody else."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from graph_cdp import ingest, samples
from graph_cdp.model import Observation
from graph_cdp.policy import default_policy
from tests.laws.samples import resolved

TABLE = Path(samples.__file__).parent / "b2c_profiles.csv"
POLICY = default_policy()


def people(folder: Path, rows: tuple[str, ...]) -> int:
    """How many customers these rows make."""
    head, *_ = TABLE.read_text(encoding="utf-8").splitlines()
    (folder / "some.csv").write_text("\n".join((head, *rows)), encoding="utf-8")
    mapping = ingest.load_mapping(TABLE.with_name("b2c.toml"))
    read = ingest.read(folder / "some.csv", policy=POLICY, mapping=mapping, received_at=0)
    seen = [item for item in read if isinstance(item, Observation)]
    found = resolved(seen, POLICY)
    homes = dict(zip(found.keys, found.customer.tolist(), strict=True))
    return len({homes[key] for key in homes if key.startswith("record:")})


@pytest.mark.parametrize("many", [1, 2, 3])
def test_people_of_one_table_with_one_phone_stay_as_many_as_they_are(tmp_path: Path, many: int) -> None:
    rows = TABLE.read_text(encoding="utf-8").splitlines()[1:]
    for some in combinations(rows, many):
        assert people(tmp_path, some) == many

"""Random evidence and policies, small enough to collide all the time."""

from __future__ import annotations

import tomllib

from hypothesis import strategies as st

from graph_cdp.model import UNDATED, Observation

VALUES = {
    "user_id": ["1", "2", "3", "null"],
    "shop.user_id": ["1", "2"],
    "email": ["a@x.pl", "b@x.pl", "c@x.pl", "test@test.com"],
    "phone": ["+48601234567", "+48601234568"],
    "device": ["d1", "d2", "null"],
    "anonymous_id": ["c1", "c2", "c3", "c4"],
    "loyalty_card": ["L1", "L2"],
    "record": ["crm/1", "crm/2", "crm/3", "erp/1"],
    "order": ["web/1", "web/2"],
}
KEYS = sorted(f"{namespace}:{value}" for namespace, values in VALUES.items() for value in values)
KINDS = ["login", "form", "device", "weak", "unlisted"]

POLICIES = [
    "",
    """
min_tier = 5
[namespaces.user_id]
trust = 1
unique = true
[namespaces.email]
trust = 3
limit = 2
shared_above = { user_id = 1, record = 2 }
[namespaces.phone]
trust = 4
limit = 1
shared_above = { user_id = 2, record = 1 }
[namespaces.device]
trust = 6
shared_above = { user_id = 2 }
[kinds]
login = { tier = 1 }
form = { tier = 3 }
device = { tier = 4 }
weak = { tier = 6 }
[blocked]
any = ["null"]
email = ["test@test.com"]
""",
    """
[namespaces.user_id]
trust = 2
unique = true
[namespaces.anonymous_id]
limit = 2
[namespaces.order]
trust = 1
shared_above = { user_id = 1 }
[sources.crm]
no_duplicates = true
[kinds]
login = { tier = 2 }
device = { tier = 1 }
""",
    """
[namespaces.email]
unique = true
[namespaces.phone]
unique = true
[namespaces.record]
shared_above = { email = 1, anonymous_id = 2 }
""",
]

policies = st.sampled_from(POLICIES)


def rules_of(policy: str) -> dict:
    return tomllib.loads(policy)


@st.composite
def observations(draw: st.DrawFn, most: int = 14) -> list[Observation]:
    made = []
    for number in range(draw(st.integers(1, most))):
        keys = draw(st.lists(st.sampled_from(KEYS), min_size=1, max_size=4, unique=True))
        day = draw(st.one_of(st.integers(0, 6), st.none()))
        made.append(
            Observation(
                uid=f"u{number}",
                source=draw(st.sampled_from(["web", "app"])),
                message_id=f"m{number}",
                kind=draw(st.sampled_from(KINDS)),
                name="seen",
                keys=tuple(sorted(keys)),
                occurred_at=UNDATED if day is None else day * 40_000_000_000,
            )
        )
    return made


def rows_of(made: list[Observation]) -> list[tuple[str, str | None, str, int | None]]:
    """The evidence of observations as plain rows, pairs spelled as they come."""
    rows = []
    for seen in made:
        first = None if seen.occurred_at == UNDATED else seen.occurred_at
        rows += [(key, None, "", first) for key in seen.keys]
        rows += [(a, b, seen.kind, first) for i, a in enumerate(seen.keys) for b in seen.keys[i + 1 :]]
    return rows

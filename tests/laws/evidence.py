"""Random evidence and policies, small enough to collide all the time."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable

from hypothesis import strategies as st

from graph_cdp.model import UNDATED, Decision, Observation, epoch_key
from tests.laws import reference

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

POLICIES += [
    """
[namespaces.user_id]
trust = 1
limit = 1
limit_window = "1d"
[namespaces.anonymous_id]
limit = 2
limit_window = "2d"
[namespaces.device]
shared_above = { user_id = 2 }
[kinds]
login = { tier = 1 }
form = { tier = 3 }
[[contradictions]]
trait = "birth_date"
tier = 3
[[contradictions]]
trait = "sex"
[[contradictions]]
trait = "first_name"
tier = 2
alike = 0.7
[blocked]
any = ["null"]
""",
    """
[namespaces.email]
trust = 1
unique = true
shared_above = { phone = 1 }
[namespaces.phone]
trust = 2
[kinds]
login = { tier = 1 }
[[contradictions]]
trait = "birth_date"
tier = 2
""",
]
TALKED_OF = POLICIES[-2:]
POLICIES += [
    """
[namespaces.user_id]
trust = 1
unique = true
[namespaces.phone]
trust = 2
limit = 1
shared_above = { user_id = 1 }
recycled_after = "1d"
[namespaces.device]
recycled_after = "1d"
[namespaces.email]
trust = 3
shared_above = { phone = 1 }
recycled_after = "2d"
[kinds]
login = { tier = 1 }
[[contradictions]]
trait = "birth_date"
tier = 2
[blocked]
any = ["null"]
email = ["test@test.com"]
""",
    """
min_tier = 5
[namespaces.anonymous_id]
recycled_after = "1d"
limit = 2
[namespaces.phone]
recycled_after = "1d"
[namespaces.user_id]
shared_above = { phone = 2 }
[kinds]
weak = { tier = 6 }
""",
]
RECYCLING = POLICIES[-2:]
# Few accounts with many things that hang on them, and that others lay claim to.
CROWDED = """
[namespaces.user_id]
trust = 1
unique = true
[namespaces.device]
trust = 3
shared_above = { user_id = 1 }
[namespaces.anonymous_id]
trust = 4
shared_above = { user_id = 2 }
[namespaces.order]
trust = 5
[kinds]
login = { tier = 1 }
form = { tier = 4 }
[[contradictions]]
trait = "birth_date"
tier = 3
"""
policies = st.sampled_from(POLICIES)
NAMES = ["anna", "ana", "piotr", None]
TRAITS = {
    "first_name": NAMES,
    "birth_date": ["1990-01-01", "1991-02-02", None],
    "sex": ["f", "m", None],
    "city": ["Kraków"],
}
TALKERS = ["record:crm/1", "record:crm/2", "email:a@x.pl"]
words = st.fixed_dictionaries({}, optional={trait: st.sampled_from(values) for trait, values in TRAITS.items()})
# Made once: to make and check strategies takes Hypothesis as long as to draw from them.
_keys = st.lists(st.sampled_from(KEYS), min_size=1, max_size=4, unique=True)
_two_keys = st.lists(st.sampled_from(KEYS), min_size=2, max_size=2, unique=True)
_talkers = st.lists(st.sampled_from(TALKERS), min_size=1, max_size=2, unique=True)
_days = st.integers(0, 6)
_maybe_days = st.one_of(_days, st.none())
_sources, _kinds = st.sampled_from(["web", "app"]), st.sampled_from(KINDS)
_talking, _births = st.sampled_from(["login", "form", "form"]), st.sampled_from(TRAITS["birth_date"])
_maybe_words = st.one_of(st.just({}), words)
_things = st.lists(
    st.sampled_from(
        [key for key in (*KEYS, *(f"order:web/{n}" for n in range(3, 8))) if key.startswith(("o", "a", "d"))]
    ),
    min_size=1,
    max_size=2,
    unique=True,
)
_accounts = st.lists(st.sampled_from(["user_id:1", "user_id:2", "user_id:3"]), max_size=1)
_strong_and_weak = st.sampled_from(["login", "form"])
_verdicts, _one_of_four, _one_of_three = st.sampled_from(["same", "different"]), st.integers(0, 3), st.integers(0, 2)


_hung_things = st.sampled_from([f"{name}{n}" for name in ("order:web/", "anonymous_id:c") for n in range(1, 6)])
_shapes = st.sampled_from(["thing and device"] * 4 + ["device and account"] * 4 + ["things", "thing and account"])
_accounts_or_devices = {
    "thing and device": st.sampled_from(["device:d1", "device:d2"]),
    "thing and account": st.sampled_from(["user_id:1", "user_id:2"]),
    "device and account": st.sampled_from(["device:d1", "device:d2"]),
}


def rules_of(policy: str) -> dict:
    return tomllib.loads(policy)


@st.composite
def observations(draw: st.DrawFn, most: int = 14) -> list[Observation]:
    made = []
    for number in range(draw(st.integers(1, most))):
        keys = draw(_keys)
        day = draw(_maybe_days)
        made.append(
            Observation(
                uid=f"u{number}",
                source=draw(_sources),
                message_id=f"m{number}",
                kind=draw(_kinds),
                name="seen",
                keys=tuple(sorted(keys)),
                occurred_at=UNDATED if day is None else day * 40_000_000_000,
                traits=draw(_maybe_words),
            )
        )
    return made


@st.composite
def talk(draw: st.DrawFn, most: int = 12) -> list[Observation]:
    """Few keys that say much of their traits, take it back, and are linked in many ways."""
    made = []
    for number in range(draw(st.integers(1, most))):
        keys = draw(_talkers)
        born = draw(_births)
        made.append(
            Observation(
                uid=f"u{number}",
                source="web",
                message_id=f"m{number}",
                kind=draw(_talking),
                name="seen",
                keys=tuple(sorted(keys)),
                occurred_at=draw(_days) * 40_000_000_000,
                traits={"birth_date": born} if draw(_one_of_three) else {},
            )
        )
    return made


@st.composite
def crowd(draw: st.DrawFn, most: int = 25) -> list[Observation]:
    """A few large customers of one component, and everything that may happen between them."""
    made = []
    for number in range(draw(st.integers(3, most))):
        keys = {*draw(_things), *draw(_accounts)}
        born = draw(_births)
        made.append(
            Observation(
                uid=f"u{number}",
                source="web",
                message_id=f"m{number}",
                kind=draw(_strong_and_weak),
                name="seen",
                keys=tuple(sorted(keys)),
                occurred_at=draw(_days) * 40_000_000_000,
                traits={"birth_date": born} if draw(_one_of_four) == 0 else {},
            )
        )
    return made


@st.composite
def hung(draw: st.DrawFn, most: int = 25) -> list[Observation]:
    """Two devices that things hang on, and accounts that sign in on them sooner or later."""
    made = []
    for number in range(draw(st.integers(6, most))):
        thing, shape = draw(_hung_things), draw(_shapes)
        keys = {thing, draw(_hung_things if shape == "things" else _accounts_or_devices[shape])}
        if shape == "device and account":
            keys = {draw(_accounts_or_devices["thing and device"]), draw(_accounts_or_devices["thing and account"])}
        made.append(
            Observation(
                uid=f"u{number}",
                source="web",
                message_id=f"m{number}",
                kind=draw(_strong_and_weak),
                name="seen",
                keys=tuple(sorted(keys)),
                occurred_at=draw(_days) * 40_000_000_000,
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


def said_of(made: list[Observation], policy: str) -> list[tuple[str, str, int | None, str | None]]:
    """What keys say of their traits, as plain words."""
    rules = reference.Rules(rules_of(policy))
    said = []
    for seen in made:
        if carrier := reference.carrier(seen.keys, rules):
            at = None if seen.occurred_at == UNDATED else seen.occurred_at
            said += [(carrier, trait, at, value) for trait, value in seen.traits.items()]
    return said


@st.composite
def decisions(draw: st.DrawFn, most: int = 5) -> list[Decision]:
    """Decisions in the order in which they are made, undos of earlier ones among them."""
    made: list[Decision] = []
    for number in range(draw(st.integers(0, most))):
        if made and draw(_one_of_four) == 0:
            made.append(Decision(f"d{number}", "undo", of=draw(st.sampled_from(made)).id, at=number))
            continue
        a, b = sorted(draw(_two_keys))
        if draw(_one_of_four) == 0:
            a, b = sorted((epoch_key(a, draw(_days) * 40_000_000_000), b))
        made.append(Decision(f"d{number}", draw(_verdicts), a, b, at=number))
    return made


def plain(made: Iterable[Decision]) -> list[tuple[str, str, str, str, str, int]]:
    """Decisions as the reference takes them."""
    return [(one.id, one.verdict, one.a, one.b, one.of, one.at) for one in made]

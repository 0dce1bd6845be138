"""Resolving as its definition says it, plainly and slowly: shares no code with what it checks.

Evidence is a list of rows (a, b or None, kind, first_seen or None) and of words (key, trait, when or None, value or
None); decisions are (id, verdict, a, b, the id that an undo takes back, when); the policy is the TOML's own dictionary.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import combinations, pairwise

Row = tuple[str, str | None, str, int | None]
Said = tuple[str, str, int | None, str | None]
Decision = tuple[str, str, str, str, str, int]

KNOWN = {"user_id", "email", "phone", "device", "loyalty_card", "record", "order", "anonymous_id"}


def base(namespace: str) -> str:
    return namespace if namespace in KNOWN else namespace.split(".", 1)[1] if "." in namespace else namespace


class Rules:
    def __init__(self, policy: dict) -> None:
        self.namespaces = policy.get("namespaces", {})
        self.kinds = policy.get("kinds", {})
        self.sources = policy.get("sources", {})
        self.min_tier = policy.get("min_tier", 1000)
        self.contradictions = policy.get("contradictions", [])
        self.blocked = {name: {v.lower() for v in values} for name, values in policy.get("blocked", {}).items()}

    def of(self, key: str) -> dict:
        return self.namespaces.get(base(key.split(":", 1)[0]), {})

    def tier(self, kind: str) -> int:
        return self.kinds.get(kind, {}).get("tier", 5)

    def trust(self, key: str) -> int:
        return self.of(key).get("trust", 9)

    def rest(self, key: str) -> int | None:
        days = self.of(key).get("recycled_after")
        return int(days.removesuffix("d")) * 86_400_000_000 if days else None

    def is_blocked(self, key: str) -> bool:
        namespace, value = plain_value(key).split(":", 1)
        if namespace in ("record", "order"):
            value = value.split("/", 1)[-1]
        names = ("any", base(namespace))
        return any(value.lower() in self.blocked.get(name, ()) for name in names)

    def group(self, key: str) -> tuple[str, int | None, int | None]:
        """The group that a limit counts a key in, the limit, and the microseconds in which it holds."""
        namespace, value = key.split(":", 1)
        source = value.split("/")[0]
        if namespace == "record" and self.sources.get(source, {}).get("no_duplicates"):
            return f"record/{source}", 1, None
        rule = self.of(key)
        days = rule.get("limit_window")
        window = int(days.removesuffix("d")) * 86_400_000_000 if days else None
        return namespace, 1 if rule.get("unique") else rule.get("limit"), window


class Facts:
    """What rules look at beside the links: when keys were first seen, what they say, and who is decided apart."""

    def __init__(self, rules: Rules, seen: dict[str, float], said: list[Said], decisions: list[Decision]) -> None:
        self.rules, self.seen = rules, seen
        self.says: dict[tuple[str, str], str | None] = {}
        for carrier, trait, _, value in sorted(said, key=lambda one: (-1 if one[2] is None else one[2], one[3] or "")):
            self.says[carrier, trait] = value
        self.blocks, self.apart = decided(decisions, set(seen))

    def forbidden_sets(self, members: set[str], tier: int) -> Iterator[set[str]]:
        """The smallest sets of members that a link of that tier must not bring together."""
        for x, y in combinations(sorted(members), 2):
            if {x, y} in self.apart or any(
                None not in (one := (self.says.get((x, rule["trait"])), self.says.get((y, rule["trait"]))))
                and one[0] != one[1]
                and not ("alike" in rule and set(one) == {"ana", "anna"})
                and rule.get("tier", 1) <= tier
                for rule in self.rules.contradictions
            ):
                yield {x, y}
        groups: dict[tuple[str, int | None, int | None], list[str]] = {}
        for key in sorted(members):
            groups.setdefault(self.rules.group(key), []).append(key)
        for (_, limit, window), keys in groups.items():
            for chosen in combinations(keys, limit + 1) if limit is not None else ():
                times = [2**62 if self.seen[key] == float("inf") else self.seen[key] for key in chosen]
                different = len({plain_value(key) for key in chosen}) == len(chosen)
                if different and (window is None or max(times) - min(times) < window):
                    yield set(chosen)

    def forbids(self, one: set[str], other: set[str], tier: int) -> bool:
        """Whether some forbidden set in the union of the two sides has members on both."""
        return any(chosen & one and chosen & other for chosen in self.forbidden_sets(one | other, tier))


def alive(decisions: list[Decision]) -> list[Decision]:
    """The decisions that no living undo takes back, the latest first."""

    def lives(one: Decision) -> bool:
        return not any(lives(undo) for undo in decisions if undo[1] == "undo" and undo[4] == one[0])

    return sorted((one for one in decisions if lives(one)), key=lambda one: (-one[5], one[0]))


def decided(decisions: list[Decision], seen: set[str]) -> tuple[list[set[str]], list[set[str]]]:
    """What stewards have put together whatever the rules say, and the pairs that they keep apart."""
    blocks = [{key} for key in sorted(seen)]
    apart: list[set[str]] = []
    for _, verdict, a, b, _, _ in alive(decisions):
        if verdict == "undo" or a == b or not {a, b} <= seen:
            continue
        one, other = (next(block for block in blocks if key in block) for key in (a, b))
        if verdict == "different":
            apart += [{a, b}] if one is not other else []
        elif one is not other and not any(pair & one and pair & other for pair in apart):
            blocks.remove(other)
            one |= other
    return blocks, apart


def plain_value(key: str) -> str:
    """The key without what names its epoch, as in `phone:+48601234567@2023-05-04T10:00:00.000000Z`."""
    return key[:-28] if len(key) > 28 and key[-28] == "@" and key.endswith("Z") else key


def beginnings(rows: list[Row], rules: Rules) -> dict[str, list[int]]:
    """When the later epochs of recycled values begin: a rest after the day of the last sighting."""
    seen: dict[str, set[int]] = {}
    for a, b, _, first in rows:
        for key in (a, b):
            if key is not None and first is not None and rules.rest(key) and not rules.is_blocked(key):
                seen.setdefault(key, set()).add(first)
    day = 86_400_000_000
    return {
        key: [late for early, late in pairwise(sorted(times)) if late - early // day * day > (rules.rest(key) or 0)]
        for key, times in seen.items()
    }


def named(key: str, at: int | None, begun: dict[str, list[int]]) -> str:
    """The key of the epoch that a sighting lies in."""
    begins = [first for first in begun.get(key, ()) if at is not None and first <= at]
    if not begins:
        return key
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=begins[-1])
    return f"{key}@{moment.strftime('%Y-%m-%dT%H:%M:%S.%f')}Z"


def meant(key: str, rules: Rules, begun: dict[str, list[int]]) -> str:
    """The key of the epoch that a decision means."""
    value = plain_value(key)
    if value == key:
        return key
    moment = datetime.fromisoformat(key[-27:]) - datetime(1970, 1, 1, tzinfo=UTC)
    return named(value, moment // timedelta(microseconds=1), begun)


def in_epochs(
    rows: list[Row], policy: dict, said: list[Said], decisions: list[Decision]
) -> tuple[list[Row], list[Said], list[Decision]]:
    """All of it with the keys of epochs."""
    rules = Rules(policy)
    begun = beginnings(rows, rules)
    return (
        [(named(a, at, begun), b if b is None else named(b, at, begun), kind, at) for a, b, kind, at in rows],
        [(named(key, at, begun), trait, at, value) for key, trait, at, value in said],
        [
            (name, verdict, a and meant(a, rules, begun), b and meant(b, rules, begun), of, at)
            for name, verdict, a, b, of, at in decisions
        ],
    )


def first_seen(rows: list[Row]) -> dict[str, float]:
    seen: dict[str, float] = {}
    for a, b, _, first in rows:
        for key in (a, b):
            if key is not None:
                seen[key] = min(seen.get(key, float("inf")), float("inf") if first is None else first)
    return seen


def shared_keys(rows: list[Row], rules: Rules) -> set[str]:
    partners: dict[str, dict[str, set[str]]] = {}
    for a, b, kind, _ in rows:
        if b is None or a == b or rules.tier(kind) > rules.min_tier or rules.is_blocked(a) or rules.is_blocked(b):
            continue
        for key, partner in ((a, b), (b, a)):
            namespace, value = partner.split(":", 1)
            group = "record of " + value.split("/")[0] if namespace == "record" else namespace
            partners.setdefault(key, {}).setdefault(group, set()).add(partner)
    shared = set()
    for key, groups in partners.items():
        for group, keys in groups.items():
            bears = (
                rules.of(key).get("shared_above", {}).get("record" if group.startswith("record of") else base(group))
            )
            if bears is not None and len(keys) > bears:
                shared.add(key)
    return shared


def carrier(keys: tuple[str, ...], rules: Rules) -> str | None:
    """The key that carries what an observation says of the person."""
    return min(
        (key for key in keys if not rules.is_blocked(key)),
        key=lambda key: (key.startswith("order:"), rules.trust(key), key),
        default=None,
    )


def resolve(
    rows: list[Row], policy: dict, said: list[Said] | None = None, decisions: list[Decision] | None = None
) -> dict[str, str]:
    """Each usable key's anchor."""
    rows, words, verdicts = in_epochs(rows, policy, said or [], decisions or [])
    sides = customers(rows, policy, words, verdicts)
    seen = first_seen(rows)
    return {key: min(side, key=lambda k: (seen[k], k)) for side in sides for key in side}


def customers(rows: list[Row], policy: dict, said: list[Said], decisions: list[Decision]) -> list[set[str]]:
    """The usable keys, by customer."""
    rules = Rules(policy)
    seen = {key: first for key, first in first_seen(rows).items() if not rules.is_blocked(key)}
    shared = shared_keys(rows, rules)
    facts = Facts(rules, seen, said, decisions)
    live = [
        row
        for row in rows
        if row[1] is not None
        and row[0] != row[1]
        and rules.tier(row[2]) <= rules.min_tier
        and not {row[0], row[1]} & shared
        and row[0] in seen
        and row[1] in seen
    ]

    def order(row: Row) -> tuple:
        a, b = sorted((row[0], row[1]))
        trusts = sorted((rules.trust(a), rules.trust(b)))
        return rules.tier(row[2]), float("inf") if row[3] is None else row[3], *trusts, a, b

    side = {key: block for block in facts.blocks for key in block}
    for row in sorted(live, key=order):
        one, other = side[row[0]], side[row[1]]
        if one is not other and not facts.forbids(one, other, rules.tier(row[2])):
            union = one | other
            for key in union:
                side[key] = union
    return list({id(one): one for one in side.values()}.values())

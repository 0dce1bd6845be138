"""Resolving as its definition says it, plainly and slowly: shares no code with what it checks.

Evidence is a list of rows (a, b or None, kind, first_seen or None); the policy is the TOML's own dictionary.
"""

from __future__ import annotations

from itertools import combinations

Row = tuple[str, str | None, str, int | None]

KNOWN = {"user_id", "email", "phone", "device", "loyalty_card", "record", "order", "anonymous_id"}


def base(namespace: str) -> str:
    return namespace if namespace in KNOWN else namespace.split(".", 1)[1] if "." in namespace else namespace


class Rules:
    def __init__(self, policy: dict) -> None:
        self.namespaces = policy.get("namespaces", {})
        self.kinds = policy.get("kinds", {})
        self.sources = policy.get("sources", {})
        self.min_tier = policy.get("min_tier", 1000)
        self.blocked = {name: {v.lower() for v in values} for name, values in policy.get("blocked", {}).items()}

    def of(self, key: str) -> dict:
        return self.namespaces.get(base(key.split(":", 1)[0]), {})

    def tier(self, kind: str) -> int:
        return self.kinds.get(kind, {}).get("tier", 5)

    def trust(self, key: str) -> int:
        return self.of(key).get("trust", 9)

    def is_blocked(self, key: str) -> bool:
        namespace, value = key.split(":", 1)
        if namespace in ("record", "order"):
            value = value.split("/", 1)[-1]
        names = ("any", base(namespace))
        return any(value.lower() in self.blocked.get(name, ()) for name in names)

    def forbidden(self, members: set[str]) -> bool:
        """Whether some set that a rule forbids lies in `members`."""
        by_namespace: dict[str, set[str]] = {}
        for key in members:
            namespace, value = key.split(":", 1)
            if namespace == "record" and self.sources.get(value.split("/")[0], {}).get("no_duplicates"):
                by_namespace.setdefault("record/" + value.split("/")[0], set()).add(key)
            else:
                by_namespace.setdefault(namespace, set()).add(key)
        for namespace, keys in by_namespace.items():
            rule = self.of(next(iter(keys)))
            limit = 1 if namespace.startswith("record/") or rule.get("unique") else rule.get("limit")
            if limit is not None and len(keys) > limit:
                return True
        return False

    def forbids(self, one: set[str], other: set[str]) -> bool:
        """Whether some forbidden set in the union of the two sides has members on both."""
        union = sorted(one | other)
        if not self.forbidden(set(union)):
            return False
        minimal = (set(s) for n in range(2, len(union) + 1) for s in combinations(union, n))
        return any(
            s & one and s & other and self.forbidden(s) and not any(self.forbidden(s - {k}) for k in s) for s in minimal
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


def resolve(rows: list[Row], policy: dict) -> dict[str, str]:
    """Each usable key's anchor."""
    rules = Rules(policy)
    seen = {key: first for key, first in first_seen(rows).items() if not rules.is_blocked(key)}
    shared = shared_keys(rows, rules)
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

    side = {key: {key} for key in seen}
    for row in sorted(live, key=order):
        one, other = side[row[0]], side[row[1]]
        if one is not other and not rules.forbids(one, other):
            union = one | other
            for key in union:
                side[key] = union
    return {key: min(side[key], key=lambda k: (seen[k], k)) for key in seen}

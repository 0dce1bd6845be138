"""The rules as data: a TOML file, validated, and compiled into the questions that linking and resolving ask.

An empty file is the policy without rules: plain connected components. The shipped default stands beside this module
in `default_policy.toml`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from typing import Any, Final

from graph_cdp import toml
from graph_cdp.errors import PolicyError
from graph_cdp.model import namespace_of, value_of
from graph_cdp.policy_file import NAMESPACES, UNLISTED_TIER, File, Funnel, Household, Namespace, Segment, Source
from graph_cdp.viewing import Consent, Rfm, Survivorship

_NO_LIMIT: Final = 2**62
_OTHER_SOURCE: Final = Source()

CONTRADICTION: Final = "contradiction/"
DECISION: Final = "decision/"
VALUES: Final = "values/"


class Policy:
    """A compiled policy. Immutable; two policies of one text are equal.

    Raises `PolicyError`, naming `name:line` and the reason, for a text that is no policy.
    """

    def __init__(self, text: str, name: str = "policy") -> None:
        self.text, self.name = text, name
        self._file = toml.parse(text, File, name=name, error=PolicyError)
        self.is_blocked = cache_of(self._is_blocked)
        self.blocks_key_of = cache(self._blocks_key_of)
        self.base = cache(self._base)
        self.limit_group = cache_of(self._limit_group)
        self.partner_group = cache_of(self._partner_group)
        self.trust = cache_of(self._trust)
        self.tier = cache_of(self._tier)
        self.rest = cache_of(self._rest)
        self.joins = cache_of(self._joins)
        self.limits: Mapping[str, int] = _Limits(self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Policy) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    @cached_property
    def fingerprint(self) -> str:
        """Names this policy in plans and changes: the first 12 hex digits of the SHA-256 of its text."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:12]

    @property
    def blocked(self) -> Mapping[str, list[str]]:
        """The values that are blocked, by namespace, as the file has them."""
        return self._file.blocked

    @property
    def blocks(self) -> bool:
        """Whether any value at all is blocked."""
        return any(self._file.blocked.values())

    @property
    def survivorship(self) -> Survivorship:
        """By what the value of a trait is chosen."""
        return self._file.survivorship

    @property
    def consent(self) -> Consent:
        """What counts where identifiers of one customer say different things of a consent."""
        return self._file.consent

    @property
    def rfm(self) -> Rfm:
        """The steps of the scores."""
        return self._file.rfm

    @property
    def segments(self) -> Mapping[str, Segment]:
        """The groups of customers that are described, by name."""
        return self._file.segments

    @property
    def funnels(self) -> Mapping[str, Funnel]:
        """The funnels that are described, by name."""
        return self._file.funnels

    def line_of(self, *path: str) -> int:
        """The line of the text on which the setting at a path stands."""
        return toml.line_of(self.text, path)

    def source(self, name: str) -> Source:
        """What is said of the source `name`; the defaults where nothing is."""
        return self._file.sources.get(name, _OTHER_SOURCE)

    def _base(self, namespace: str) -> str:
        """The namespace whose rules hold: `shop_a.user_id` inherits from `user_id`."""
        while namespace not in NAMESPACES and namespace not in self._file.namespaces and "." in namespace:
            namespace = namespace.partition(".")[2]
        return namespace

    def rules(self, namespace: str) -> Namespace:
        """The rules of a namespace or of the one that it inherits from."""
        return self._file.namespaces.get(self.base(namespace)) or _NO_RULES

    def _trust(self, namespace: str) -> int:
        """1 is the strongest."""
        return self.rules(namespace).trust

    def _tier(self, kind: str) -> int:
        """The tier of a kind of links; 1 is the strongest, an unlisted kind has `UNLISTED_TIER`."""
        listed = self._file.kinds.get(kind)
        return listed.tier if listed else UNLISTED_TIER

    def _joins(self, kind: str) -> bool:
        """Whether links of this kind may join customers, that is, are not weaker than `min_tier`."""
        return self._file.min_tier is None or self.tier(kind) <= self._file.min_tier

    def _limit_group(self, key: str) -> tuple[str, int] | None:
        """The group of keys that a customer may have only so many of, and how many; None without such a rule.

        Records of a source that promises to have no duplicates form a group of their own with a limit of one.
        """
        namespace = namespace_of(key)
        if namespace == "record" and self.source(space := record_source(key)).no_duplicates:
            return f"record/{space}", 1
        rules = self.rules(namespace)
        if not rules.most:
            return None
        # Where a value may come again as another key, it is the values that are counted.
        return f"{VALUES}{namespace}" if rules.recycled_after else namespace, rules.most

    def window(self, group: str) -> int | None:
        """The microseconds of first_seen within which the limit of a group holds; None where it holds for ever."""
        return None if group.startswith(("record/", VALUES)) else self.rules(group).window

    def bears(self, group: str) -> int:
        """How many different things the members of one customer may say in a group."""
        return self.limits[group] if group.startswith(VALUES) else 1

    def _rest(self, namespace: str) -> int | None:
        """The microseconds without a sighting after which a value of the namespace is somebody else's; None: never."""
        return self.rules(namespace).rest

    @cached_property
    def rests(self) -> Mapping[str, int]:
        """The namespaces, as the file has them, whose values are recycled, each with the microseconds after which."""
        return {name: rules.rest for name, rules in self._file.namespaces.items() if rules.rest}

    @cached_property
    def contradictions(self) -> Mapping[str, int]:
        """The traits that may contradict one another, each with the tier from which on that keeps customers apart."""
        return {one.trait: one.tier for one in self._file.contradictions}

    @cached_property
    def _alike(self) -> Mapping[str, float]:
        return {f"{CONTRADICTION}{one.trait}": one.alike for one in self._file.contradictions if one.alike is not None}

    def alike(self, group: str) -> float | None:
        """How much two values of a group have to be alike to be the same; None where every difference counts."""
        return self._alike.get(group) if self._alike else None

    def keeps_apart_from(self, group: str) -> int:
        """The strongest tier of links that a difference in `group` refuses; a decision refuses those of every tier."""
        return self.contradictions.get(group.removeprefix(CONTRADICTION), 0)

    def rule_name(self, group: str) -> str:
        """How the rule that looks at a group is called when it refuses a link."""
        if group.startswith((CONTRADICTION, DECISION)):
            return group.replace("/", " ", 1)
        if group.startswith("record/"):
            return f"no_duplicates {group.removeprefix('record/')}"
        group = group.removeprefix(VALUES)
        rules = self.rules(group)
        if rules.limit_window:
            return f"limit {group} {rules.most} in {rules.limit_window.days}d"
        return f"unique {group}" if rules.unique else f"limit {group} {rules.limit}"

    def _partner_group(self, namespace: str, partner: str) -> tuple[str, int] | None:
        """The group in which `partner` counts against the sharing of a key of `namespace`, and how many it bears.

        Partners count by namespace, spaces each for itself, records each source for itself.
        """
        above = self.rules(namespace).shared_above
        if not above:
            return None
        group = namespace_of(partner)
        bears = above.get(self.base(group))
        if bears is None:
            return None
        return (f"record/{record_source(partner)}" if group == "record" else group), bears

    def bears_partners(self, namespace: str, group: str) -> int:
        """How many partners of a group a key of `namespace` bears."""
        return self.rules(namespace).shared_above.get(self.base(group.partition("/")[0]), _NO_LIMIT)

    @property
    def household(self) -> Household:
        """What relates people to a household."""
        return self._file.household

    def relates(self, key: str) -> bool:
        """Whether people who share this identifier are a household."""
        return self.base(namespace_of(key)) in self._file.household.by

    def _is_blocked(self, key: str) -> bool:
        """Whether the policy blocks the key's value: such a key gives no links and belongs to nobody."""
        return bool(self.blocks_key_of(namespace_of(key))(key))

    def _blocks_key_of(self, namespace: str) -> Callable[[str], bool]:
        """The question whether a key of this namespace is blocked: what `is_blocked` asks, for many keys of one."""
        base = self.base(namespace)
        matches = _matcher([*self._file.blocked.get("any", []), *self._file.blocked.get(base, [])])
        beginning = len(namespace) + 1
        numbered = base in ("record", "order")
        recycled = self.rules(namespace).recycled_after

        def blocked(key: str) -> bool:
            value = (value_of(key) if recycled else key)[beginning:]
            if numbered:
                value = value.partition("/")[2]
            return matches(value.strip(" \t\"'`").casefold())

        return blocked


class _Limits(dict[str, int]):
    """How many members of a limited group a customer may have, by the group's name."""

    def __init__(self, policy: Policy) -> None:
        super().__init__()
        self._policy = policy

    def __missing__(self, group: str) -> int:
        rules = self._policy.rules(group.removeprefix(VALUES))
        self[group] = 1 if group.startswith("record/") else rules.most or _NO_LIMIT
        return self[group]


def record_source(key: str) -> str:
    """The source of a key `record:SOURCE/ID`."""
    return key.partition(":")[2].partition("/")[0]


def default_policy() -> Policy:
    """The policy that is shipped."""
    return Policy(files("graph_cdp").joinpath("default_policy.toml").read_text(encoding="utf-8"), "default_policy.toml")


def cache_of(question: Any) -> Any:
    """Remembers the answers for the last 65,536 keys: the same keys come again and again, but without end."""
    return lru_cache(maxsize=65_536)(question)


def _matcher(entries: list[str]) -> Callable[[str], bool]:
    exact = {entry.casefold() for entry in entries if not entry.startswith("re:")}
    patterns = [entry[3:] for entry in entries if entry.startswith("re:")]
    # One search for many, but for those with groups: the number in a backreference would count the groups of others.
    # So do flags of its own, which an expression may have at its very beginning only.
    alone = [one for one in patterns if (c := re.compile(one)).groups or c.flags != re.UNICODE]
    plain = [f"(?:{one})" for one in patterns if one not in alone]
    searches = [re.compile(pattern, re.IGNORECASE).search for pattern in ["|".join(plain), *alone] if pattern]

    def matches(value: str) -> bool:
        if value in exact:
            return True
        for search in searches:  # noqa: SIM110 (a loop is twice as fast as `any`, and this runs for every key)
            if search(value):
                return True
        return False

    return matches


_NO_RULES: Final = Namespace()

"""The rules as data: a TOML file, validated, and compiled into the questions that linking and resolving ask.

An empty file is the policy without rules: plain connected components. The shipped default stands beside this module
in `default_policy.toml`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from graph_cdp import toml
from graph_cdp.errors import PolicyError
from graph_cdp.model import namespace_of, value_of
from graph_cdp.viewing import Consent, Rfm, Survivorship

NAMESPACES: Final = frozenset(
    {
        *("user_id", "external_id", "loyalty_card", "email", "phone", "record", "order", "group_id"),
        *("anonymous_id", "cookie", "ga_client_id", "device", "fingerprint"),
        *("ios.id", "ios.idfa", "android.id", "android.idfa"),
    }
)
WEAKEST_TRUST: Final = 9
_USUAL_TRUST: Final = 5
_NO_LIMIT: Final = 2**62
UNLISTED_TIER: Final = 5
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*\Z")
_ONE_THING: Final = frozenset({"record", "order"})

CONTRADICTION: Final = "contradiction/"
DECISION: Final = "decision/"
VALUES: Final = "values/"

Positive = Annotated[int, Field(ge=1, le=2**31)]
Tier = Annotated[int, Field(ge=1, le=99)]
# Strictly a text is no duration, but it is the only way to write one in TOML.
Days = Annotated[timedelta, Field(strict=False, ge=timedelta(days=1), le=timedelta(days=36_500))]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Namespace(_Part):
    """What the policy says of one namespace of keys."""

    trust: Annotated[int, Field(ge=1, le=WEAKEST_TRUST)] = WEAKEST_TRUST
    unique: bool = False
    limit: Positive | None = None
    shared_above: Mapping[str, Positive] = {}
    limit_window: Days | None = None
    recycled_after: Days | None = None

    @field_validator("limit_window", "recycled_after", mode="before")
    @classmethod
    def _spelled(cls, value: Any) -> Any:
        if not isinstance(value, str):
            raise ValueError('give the number of days as a text, as in "365d"')
        return value

    @model_validator(mode="after")
    def _one_limit(self) -> Namespace:
        if self.unique and self.limit not in (None, 1):
            raise ValueError("unique means a limit of 1; give one of the two")
        if self.limit_window and not self.most:
            raise ValueError("limit_window makes a limit sliding; give a limit beside it")
        if self.limit_window and self.recycled_after:
            raise ValueError("limit_window counts first sightings, which recycled_after moves; give one of the two")
        return self

    @field_validator("limit_window", "recycled_after")
    @classmethod
    def _whole(cls, value: timedelta | None) -> timedelta | None:
        if value is not None and value % timedelta(days=1):
            raise ValueError('give a whole number of days, as in "365d"')
        return value

    @property
    def most(self) -> int | None:
        """How many of these keys a customer may have; None without a limit."""
        return 1 if self.unique else self.limit

    @property
    def window(self) -> int | None:
        """The microseconds within which the limit holds; None where it holds for ever."""
        return self.limit_window // timedelta(microseconds=1) if self.limit_window else None

    @property
    def rest(self) -> int | None:
        """The microseconds without a sighting after which a value is somebody else's; None where it never is."""
        return self.recycled_after // timedelta(microseconds=1) if self.recycled_after else None


class Kind(_Part):
    """What the policy says of one kind of links."""

    tier: Tier = UNLISTED_TIER


class Contradiction(_Part):
    """A trait in which the two sides of a link of this tier or weaker must not differ."""

    trait: Annotated[str, Field(min_length=1, pattern=r"^[^=/]+$")]
    tier: Tier = 1


class Source(BaseModel):
    """What the policy says of one source. Other keys than these are namespaces that the source numbers by itself."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True)
    no_duplicates: bool = False
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    trust: Annotated[int, Field(ge=1, le=WEAKEST_TRUST)] = _USUAL_TRUST
    inferred: bool = False
    brand: Annotated[str, Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _spaces(self) -> Source:
        for name, space in self.spaces.items():
            if name not in NAMESPACES:
                raise ValueError(f"{name} is neither a setting of a source nor a namespace")
            if not isinstance(space, str) or not _NAME.match(space) or not space.endswith("." + name):
                raise ValueError(f'{name} must name a space of its own that ends in it, as in "shop_a.{name}"')
        return self

    @property
    def spaces(self) -> Mapping[str, str]:
        """Namespace to the space that this source has of its own."""
        return self.model_extra or {}


class Household(_Part):
    """Which shared identifiers relate the people who share one, without making them one customer."""

    by: list[str] = []
    most: Annotated[int, Field(ge=2, le=50)] = 6


class Segment(_Part):
    """A group of customers: those of whom the condition holds (see docs/segments.md)."""

    condition: Annotated[str, Field(min_length=1)]
    title: str = ""


class Stage(_Part):
    """A stage of a funnel: a customer is in the last one whose condition holds."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    condition: Annotated[str, Field(min_length=1)]


class Funnel(_Part):
    """Stages in their order, the first one first."""

    stages: Annotated[list[Stage], Field(min_length=1, max_length=20)]
    title: str = ""

    @field_validator("stages")
    @classmethod
    def _named_once(cls, value: list[Stage]) -> list[Stage]:
        names = [stage.name for stage in value]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"two stages are called {name}; give each a name of its own")
        return value


class _File(_Part):
    min_tier: Positive | None = None
    namespaces: Mapping[str, Namespace] = {}
    kinds: Mapping[str, Kind] = {}
    sources: Mapping[str, Source] = {}
    blocked: Mapping[str, list[str]] = {}
    contradictions: list[Contradiction] = []
    survivorship: Survivorship = Survivorship()
    consent: Consent = Consent()
    rfm: Rfm = Rfm()
    household: Household = Household()
    segments: Mapping[str, Segment] = {}
    funnels: Mapping[str, Funnel] = {}

    @field_validator("contradictions")
    @classmethod
    def _once(cls, value: list[Contradiction]) -> list[Contradiction]:
        traits = [one.trait for one in value]
        for trait in traits:
            if traits.count(trait) > 1:
                raise ValueError(f"{trait} stands here twice; give it one tier, the strongest that you want")
        return value

    @field_validator("namespaces", "kinds", "segments", "funnels")
    @classmethod
    def _names(cls, value: Mapping[str, Any]) -> Mapping[str, Any]:
        for name in value:
            if not _NAME.match(name):
                raise ValueError(f"{name!r} is no name: small letters, digits, _ and inner dots only")
        return value

    @field_validator("blocked")
    @classmethod
    def _expressions(cls, value: Mapping[str, list[str]]) -> Mapping[str, list[str]]:
        for entry in (entry for entries in value.values() for entry in entries if entry.startswith("re:")):
            try:
                re.compile(entry[3:])
            except re.error as broken:
                raise ValueError(f"{entry!r} is no regular expression: {broken}") from None
        return value

    @model_validator(mode="after")
    def _known_namespaces(self) -> _File:
        known = NAMESPACES | self.namespaces.keys()
        for name in self.blocked.keys() - known - {"any"}:
            raise ValueError(
                f"blocked.{name}: there is no namespace {name} (describe it under [namespaces], or mend it)"
            )
        for name in set(self.household.by) - known:
            raise ValueError(f"household.by: there is no namespace {name} (describe it under [namespaces], or mend it)")
        for name in _ONE_THING & self.namespaces.keys():
            if self.namespaces[name].recycled_after:
                raise ValueError(f"{name}.recycled_after: a number of one thing is never one of another")
        for owner, rules in self.namespaces.items():
            for name in rules.shared_above.keys() - known:
                raise ValueError(f"{owner}.shared_above: there is no namespace {name} (describe it, or mend its name)")
        return self


class Policy:
    """A compiled policy. Immutable; two policies of one text are equal.

    Raises `PolicyError`, naming `name:line` and the reason, for a text that is no policy.
    """

    def __init__(self, text: str, name: str = "policy") -> None:
        self.text, self.name = text, name
        self._file = toml.parse(text, _File, name=name, error=PolicyError)
        self.is_blocked = cache_of(self._is_blocked)
        self.blocks_key_of = cache(self._blocks_key_of)
        self.base = cache(self._base)
        self.limit_group = cache_of(self._limit_group)
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
        return self._file.sources.get(name) or Source()

    def _base(self, namespace: str) -> str:
        """The namespace whose rules hold: `shop_a.user_id` inherits from `user_id`."""
        while namespace not in NAMESPACES and namespace not in self._file.namespaces and "." in namespace:
            namespace = namespace.partition(".")[2]
        return namespace

    def rules(self, namespace: str) -> Namespace:
        """The rules of a namespace or of the one that it inherits from."""
        return self._file.namespaces.get(self.base(namespace)) or _NO_RULES

    def trust(self, namespace: str) -> int:
        """1 is the strongest."""
        return self.rules(namespace).trust

    def tier(self, kind: str) -> int:
        """The tier of a kind of links; 1 is the strongest, an unlisted kind has `UNLISTED_TIER`."""
        listed = self._file.kinds.get(kind)
        return listed.tier if listed else UNLISTED_TIER

    def joins(self, kind: str) -> bool:
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

    def rest(self, namespace: str) -> int | None:
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

    def partner_group(self, namespace: str, partner: str) -> tuple[str, int] | None:
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

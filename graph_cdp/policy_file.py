"""What may stand in a policy file, part by part, and what each part may say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from graph_cdp.viewing import Consent, Rfm, Survivorship

NAMESPACES: Final = frozenset(
    {
        *("user_id", "external_id", "loyalty_card", "email", "phone", "record", "order", "group_id"),
        *("anonymous_id", "cookie", "ga_client_id", "device", "fingerprint"),
        *("ios.id", "ios.idfa", "android.id", "android.idfa"),
    }
)
WEAKEST_TRUST: Final = 9
UNLISTED_TIER: Final = 5
_USUAL_TRUST: Final = 5
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*\Z")
_ONE_THING: Final = frozenset({"record", "order"})

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
    """A trait in which the two sides of a link of this tier or weaker must not differ.

    With `alike`, a number between 0 and 1, spellings that are at least so much alike do not differ.
    """

    trait: Annotated[str, Field(min_length=1, pattern=r"^[^=/]+$")]
    tier: Tier = 1
    alike: Annotated[float, Field(gt=0, lt=1)] | None = None


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
        if name := _repeated(stage.name for stage in value):
            raise ValueError(f"two stages are called {name}; give each a name of its own")
        return value


class File(_Part):
    """A whole policy file."""

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
        if trait := _repeated(one.trait for one in value):
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
    def _known_namespaces(self) -> File:
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


def _repeated(names: Iterable[str]) -> str | None:
    """The first of the names that stand there more than once."""
    counts = Counter(names)
    return next((name for name, count in counts.items() if count > 1), None)

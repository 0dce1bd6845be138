"""Profiles, timelines, customers and what a search finds."""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict, Field

from graph_cdp_api.schemas.base import DAY, EMAIL, ID, LATER, PHONE, USER, Model, Object
from graph_cdp_api.schemas.responses import Problem


class Identifier(Model):
    """An identifier of a customer; a shared one is linked with it and belongs to nobody."""

    key: str = Field(examples=[EMAIL])
    namespace: str = Field(examples=["email"])
    value: str = Field(examples=["ann@example.com"])
    first_seen: str | None = Field(examples=[DAY])
    last_seen: str | None = Field(examples=[LATER])
    sources: list[str] = Field(examples=[["web"]])
    shared: bool


class Word(Model):
    """What was said of a trait, by whom and when; a guess where it was inferred."""

    value: Any = Field(examples=["Ann"])
    source: str = Field(examples=["web"])
    at: str | None = Field(examples=[DAY])
    guess: bool


class Trait(Word):
    """The word that counts under the policy, and the runner-ups behind it."""

    runner_ups: list[Word] = Field(examples=[[]])


class Orders(Model):
    """Orders that were kept, what they were worth by currency without refunds, and the newest twenty of all."""

    count: int = Field(examples=[3])
    revenue: dict[str, float] = Field(examples=[{"PLN": 417.5}])
    refunded: dict[str, float] = Field(examples=[{"PLN": 40.0}])
    average: dict[str, float] = Field(examples=[{"PLN": 139.17}])
    cancelled: int = Field(examples=[0])
    first_at: str | None = Field(examples=[DAY])
    last_at: str | None = Field(examples=[LATER])
    days_between: float | None = Field(examples=[12.5])
    last: list[Object] = Field(examples=[[{"key": "order:web/1001", "at": DAY, "total": 99.9, "currency": "PLN"}]])


class Happened(Model):
    """An event on the timeline."""

    at: str | None = Field(examples=[DAY])
    name: str = Field(examples=["Product Viewed"])
    source: str = Field(examples=["web"])
    kind: str = Field(examples=["device"])
    topic: str | None = Field(examples=["cart"])
    brand: str | None = Field(examples=["Lumia"])
    properties: Object = Field(examples=[{"sku": "A-1"}])


def _in_parts(schema: dict[str, Any]) -> None:
    """A profile that was asked for in parts has only these."""
    schema["required"] = ["customer_id", "kind", "as_of", "on"]


class Profile(Model):
    """The 360 degree view of a customer or a company; docs/profile.md says what each part has."""

    model_config = ConfigDict(extra="forbid", json_schema_extra=_in_parts)

    customer_id: str = Field(examples=[ID])
    kind: str = Field(examples=["person"])
    as_of: str | None
    on: str = Field(examples=["2026-03-02"])
    brand: str = Field("", examples=["Lumia"])
    identifiers: list[Identifier]
    traits: dict[str, Trait]
    person: Object = Field(examples=[{"name": "Ann Nowak", "age": 36, "emails": ["ann@example.com"]}])
    places: Object = Field(examples=[{"declared": [{"city": "Kraków", "country": "PL", "count": 1, "at": DAY}]}])
    company: Object | None
    household: list[Object] = Field(examples=[[{"customer_id": "9f2c4e6a8b0d1f3e", "by": ["email:f@x.pl"]}]])
    orders: Orders
    rfm: Object = Field(examples=[{"recency_days": 12, "frequency": 3, "score": "533", "status": "returning"}])
    preferences: Object = Field(examples=[{"category": [{"value": "Dresses", "share": 1.0, "count": 2, "trend": 0.0}]}])
    brands: Object = Field(examples=[{"Lumia": {"orders": {"count": 3, "revenue": {"PLN": 417.5}}}}])
    channels: Object = Field(examples=[{"preferred": {"channel": "email", "why": "agreed to it"}}])
    campaigns: list[Object] = Field(examples=[[{"campaign": "spring", "stage": "invited", "variant": "B", "sent": 1}]])
    consent: Object = Field(examples=[{"email": {"state": "granted", "at": DAY, "source": "web"}}])
    loyalty: Object = Field(examples=[{"member": True, "cards": ["9001"], "programmes": {}, "vouchers": []}])
    voice: Object = Field(examples=[{"sentiment": {"mean": 0.5, "count": 2, "trend": None}}])
    carts: list[Object] = Field(examples=[[{"cart": "K-7", "stage": "payment"}]])
    favourites: list[Object] = Field(examples=[[{"sku": "S-3", "name": "Coat"}]])
    visits: Object = Field(examples=[{"count": 1, "stores": [{"store": "Mall", "count": 1}]}])
    activity: Object = Field(examples=[{"days_30": 3, "events_30": 14}])
    notes: list[Object] = Field(examples=[[{"text": "Call in the evening", "author": "Marta", "at": DAY}]])
    switches: Object = Field(examples=[{"vip": {"value": True, "author": "Marta", "at": DAY}}])
    scores: Object = Field(examples=[{"recency": {"value": 4, "days_7": 0, "days_30": -1, "days_90": 2}}])
    predictions: Object | None
    warnings: list[Object] = Field(examples=[[{"warning": "shared identifier", "key": PHONE}]])
    timeline: list[Happened]
    segments: list[Object] = Field(examples=[[{"name": "loyal", "title": "", "entered": DAY}]])
    left_segments: list[Object] = Field(examples=[[{"name": "new", "title": "", "entered": DAY, "left": DAY}]])


class Access(Model):
    """Everything that is held of a person."""

    customer_id: str = Field(examples=[ID])
    kind: str = Field(examples=["person"])
    profile: Profile
    identifiers: list[Object] = Field(examples=[[{"key": EMAIL, "namespace": "email", "first_seen": DAY}]])
    links: list[Object] = Field(examples=[[{"a": EMAIL, "b": "user_id:42", "kind": "identify", "sources": ["web"]}]])
    observations: list[Object] = Field(examples=[[{"uid": "0a1b", "source": "web", "name": "page", "at": DAY}]])
    decisions: list[Object] = Field(examples=[[{"id": "d1", "verdict": "same", "a": EMAIL, "b": "user_id:42"}]])
    changes: list[Object] = Field(examples=[[{"seq": 1, "change": "created", "customer_id": ID, "keys": [EMAIL]}]])
    rejected: list[Object] = Field(examples=[[{"uid": "0c1d", "source": "web", "reason": "no identifier"}]])


class Keys(Model):
    """The keys to look up."""

    keys: list[str] = Field(min_length=1, max_length=100, examples=[[EMAIL, PHONE]])


class LookedUp(Model):
    """The profile that a key leads to, or the problem that there is with it."""

    key: str = Field(examples=[EMAIL])
    profile: Profile | None
    problem: Problem | None


class Lookup(Model):
    """One item for each key, in their order."""

    items: list[LookedUp]


class Customer(Model):
    """A customer in a list."""

    customer_id: str = Field(examples=[ID])
    kind: str = Field(examples=["person"])
    members: int = Field(examples=[3])
    anchor: str = Field(examples=[USER])
    first_seen: str | None = Field(examples=[DAY])


class Customers(Model):
    """Customers in the order of their ids; `next` is the cursor to go on with."""

    items: list[Customer]
    next: str | None = Field(examples=[ID])


class Timeline(Model):
    """What happened, newest first; `next` is the cursor to go on with."""

    items: list[Happened]
    next: str | None = Field(examples=["WyIyMDI2LTAzLTAxVDEwOjAwOjAwLjAwMDAwMFoiLCAiMGYzYyJd"])


class Match(Model):
    """An identifier whose value has the text in it, or the identifier that a trait was said of."""

    customer_id: str = Field(examples=[ID])
    kind: str = Field(examples=["person"])
    key: str = Field(examples=[EMAIL])
    trait: str | None = Field(examples=["first_name"])
    value: str = Field(examples=["Ann"])


class Found(Model):
    """What a search has found; `next` is the cursor to go on with, null where all has been looked at."""

    items: list[Match]
    next: str | None = Field(examples=[None])

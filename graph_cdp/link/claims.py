"""An observation -> what one of its keys says of the person's traits, as rules compare them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph_cdp.model import NEVER, UNDATED, Observation, namespace_of
from graph_cdp.policy import Policy

Word = tuple[int, str | None]


def claims_of(seen: Observation, policy: Policy) -> tuple[str, dict[str, Word]] | None:
    """The key that carries the traits of `seen`, and when and what it says of those that the policy compares.

    The most trusted usable key carries them: what a till knows of a card is not said of the phone on the receipt. None
    where the observation says nothing that is compared, or has no usable key.
    """
    compared = policy.contradictions.keys() & seen.traits.keys()
    usable = [key for key in seen.keys if compared and not policy.is_blocked(key)]
    if not usable:
        return None
    carrier = min(usable, key=lambda key: (policy.trust(namespace_of(key)), key))
    return carrier, words(seen.traits, seen.occurred_at, policy)


def words(traits: Mapping[str, Any], occurred_at: int, policy: Policy) -> dict[str, Word]:
    """When and what was said of each compared trait; None takes a trait back, and so does a blank."""
    at = NEVER if occurred_at == UNDATED else occurred_at
    return {trait: (at, _plain(traits[trait])) for trait in policy.contradictions.keys() & traits.keys()}


def _plain(value: Any) -> str | None:
    """A value as it is compared: without case and without blanks around it."""
    return str(value).strip().casefold() or None if value is not None else None

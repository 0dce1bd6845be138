"""An observation -> what one of its keys says of the person's traits, as rules compare them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from graph_cdp.model import NEVER, UNDATED, Observation, namespace_of
from graph_cdp.policy import Policy
from graph_cdp.rules import compared

Word = tuple[int, str | None]


def claims_of(seen: Observation, policy: Policy) -> tuple[str, dict[str, Word]] | None:
    """The key that carries the traits of `seen`, and when and what it says of those that the policy compares.

    The most trusted usable key that is no order carries them: what a till knows of a card is not said of the phone on
    the receipt. None where the observation says nothing that is compared, or has no usable key. A null takes a trait
    back, so does a blank; `NEVER` is when an undated word was said.
    """
    return said(seen.keys, seen.traits, seen.occurred_at, policy) if policy.contradictions else None


def said(
    keys: Iterable[str], traits: Mapping[str, Any], occurred_at: int, policy: Policy
) -> tuple[str, dict[str, Word]] | None:
    """The same of the parts of an observation."""
    told = policy.contradictions.keys() & traits.keys()
    usable = [key for key in keys if told and not policy.is_blocked(key)]
    if not usable:
        return None
    at = NEVER if occurred_at == UNDATED else occurred_at
    carrier = min(usable, key=lambda key: _place(key, policy))
    return carrier, {trait: (at, compared(traits[trait])) for trait in told}


def _place(key: str, policy: Policy) -> tuple[bool, int, str]:
    """An order is trusted, but describes nobody: it carries what is said only where nothing else does."""
    namespace = namespace_of(key)
    return policy.base(namespace) == "order", policy.trust(namespace), key

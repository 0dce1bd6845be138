"""Households: people who share an identifier."""

from __future__ import annotations

import pytest

from graph_cdp.errors import PolicyError
from graph_cdp.policy import Policy, default_policy
from graph_cdp.project.household import household

FAMILY, KIOSK = "email:family@x.pl", "phone:+48601234567"


def rows(key: str, *customers: str) -> list[dict[str, str]]:
    return [{"key": key, "customer": name} for name in customers]


def test_those_who_share_something_are_named_with_what_they_share() -> None:
    shared = [*rows(FAMILY, "ann", "ben"), *rows("device:d", "ben", "ann", "eva")]
    assert household("ann", shared, 6) == [
        {"customer_id": "ben", "by": ["device:d", FAMILY]},
        {"customer_id": "eva", "by": ["device:d"]},
    ]


def test_what_many_share_relates_nobody() -> None:
    assert household("ann", rows(KIOSK, "ann", *"bcdefg"), 6) == []


def test_the_policy_says_what_relates() -> None:
    assert default_policy().relates(FAMILY)
    assert not default_policy().relates("cookie:c")
    assert not Policy("").relates(FAMILY)
    with pytest.raises(PolicyError, match=r"household\.by: there is no namespace mailbox"):
        Policy('[household]\nby = ["mailbox"]\n')

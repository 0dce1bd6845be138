"""Spellings of one mailbox."""

from __future__ import annotations

import pytest

from graph_cdp.ingest.mailboxes import spellings
from graph_cdp.mailbox import mailbox_of
from graph_cdp.model import Observation


@pytest.mark.parametrize(
    ("address", "mailbox"),
    [
        ("an.na+shop@gmail.com", "anna@gmail.com"),
        ("anna@googlemail.com", "anna@gmail.com"),
        ("an.na+shop@outlook.com", "an.na@outlook.com"),
        ("an.na+shop@firma.pl", "an.na+shop@firma.pl"),
        ("+shop@gmail.com", "+shop@gmail.com"),
        ("ганна+шоп@ya.ru", "ганна@ya.ru"),
    ],
)
def test_what_a_provider_does_not_look_at_is_left_out(address: str, mailbox: str) -> None:
    assert mailbox_of(address) == mailbox
    assert mailbox_of(mailbox) == mailbox


def test_a_spelling_is_told_once_and_the_same_whoever_sends_it() -> None:
    made = [
        Observation(name, name, name, "login", "seen", ("email:a.nna@gmail.com", "user_id:1"), at)
        for name, at in (("web", 1), ("app", 2))
    ]
    one, other = spellings(made)
    assert one == other
    assert one.keys == ("email:a.nna@gmail.com", "email:anna@gmail.com")
    assert list(spellings([Observation("u", "web", "m", "login", "seen", ("email:anna@gmail.com",))])) == []

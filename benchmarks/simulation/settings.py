"""Policies that differ from the shipped one in one thing, for the table and for the curve."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from graph_cdp.policy import Policy, default_policy

_NAMES: Final = '\n[[contradictions]]\ntrait = "first_name"\ntier = 2\n'
_BROWSERS: Final = ("device", "anonymous_id")


def variants() -> Mapping[str, Policy]:
    """The policies by name."""
    shipped = default_policy().text
    by_email = with_shared(shipped, ("phone",), {"email": 1})
    texts = {
        "no rules": "",
        "shipped default": shipped,
        "limits alone, nothing shared": re.sub(r"shared_above = .*", "", shipped),
        "e-mail and phone shared above 2 accounts": shipped.replace("{ user_id = 1,", "{ user_id = 2,"),
        "e-mail and phone not shared by cards": shipped.replace("loyalty_card = 3, record", "record"),
        "e-mail and phone shared above 1 card": shipped.replace("loyalty_card = 3, record", "loyalty_card = 1, record"),
        "cookie and device shared above 1 account": with_shared(shipped, _BROWSERS, {"user_id": 1}),
        "phone shared above 1 e-mail": by_email,
        "phone, cookie and device shared above 1 e-mail": with_shared(by_email, _BROWSERS, {"email": 1}),
        "one e-mail a customer": with_limit(shipped, "email", 1),
        "first names must not contradict": shipped + _NAMES,
        "phone shared above 1 e-mail, first names must not contradict": by_email + _NAMES,
        "one e-mail a customer, first names must not contradict": with_limit(shipped, "email", 1) + _NAMES,
        "no trust in the order": re.sub(r"trust = \d", "", shipped),
    }
    return {name: Policy(text, name) for name, text in texts.items()}


def with_shared(text: str, namespaces: tuple[str, ...], bears: Mapping[str, int]) -> str:
    """A policy whose `shared_above` of these namespaces says that many more, or other, partners."""
    for namespace in namespaces:
        head, table, rest = _table(text, namespace)
        given = re.search(r"shared_above = \{(.*)\}", table)
        pairs = dict(re.findall(r"(\w+) = (\d+)", given[1] if given else "")) | bears
        spelled = ", ".join(f"{name} = {count}" for name, count in pairs.items())
        table = re.sub(r"shared_above = .*", "", table).rstrip() + f"\nshared_above = {{ {spelled} }}\n\n"
        text = head + table + rest
    return text


def with_limit(text: str, namespace: str, limit: int) -> str:
    """A policy with that `limit` of one namespace."""
    head, table, rest = _table(text, namespace)
    return head + re.sub(r"\nlimit = .*", "", table).rstrip() + f"\nlimit = {limit}\n\n" + rest


def _table(text: str, namespace: str) -> tuple[str, str, str]:
    """The text before the table of a namespace, the table, and the text behind it."""
    start = text.index(f"[namespaces.{namespace}]")
    end = text.index("\n[", start)
    return text[:start], text[start : end + 1], text[end + 1 :]

"""What is said of companies and of who works there. Of each trait what was said last holds, in any order."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from graph_cdp.model import Observation
from graph_cdp.policy import Policy
from graph_cdp.store.contacts import contact_of
from graph_cdp.store.orders import version_of
from graph_cdp.store.transaction import Transaction

# Of each trait the version of the latest word, and that word.
Said = dict[str, tuple[str, Any]]


def record_companies(transaction: Transaction, observations: Iterable[Observation], policy: Policy) -> None:
    """Brings the companies that observations speak of up to date, and says who works there."""
    spoken = [(seen, seen.company) for seen in observations if seen.company is not None]
    if not spoken:
        return
    told: dict[str, list[Said]] = defaultdict(list)
    for seen, company in spoken:
        told[company.key].append({name: (version_of(seen), value) for name, value in company.traits.items()})
    rows = [{"key": key, "tells": any(words)} for key, words in sorted(told.items())]
    held = transaction.run("write/claim_companies", rows=rows)
    if held:
        made = [_row(row["key"], latest([said_of(row), *told[row["key"]]])) for row in held]
        transaction.run("write/companies", rows=made)
    contacts = {(contact, company.key) for seen, company in spoken if (contact := contact_of(seen.keys, policy))}
    if contacts:
        transaction.run("write/works_for", rows=[{"key": key, "company": name} for key, name in sorted(contacts)])


def latest(words: Iterable[Said]) -> Said:
    """Of each trait the word of the latest version; None is one too: it takes the trait back."""
    found: Said = {}
    for said in words:
        for name, word in said.items():
            if name not in found or found[name][0] < word[0]:
                found[name] = word
    return found


def said_of(row: Mapping[str, Any]) -> Said:
    """What the graph holds of a company; an older release kept one version of all that it knew."""
    if row["said"]:
        return {name: (version, value) for name, (version, value) in json.loads(row["said"]).items()}
    known = json.loads(row["traits"] or "{}")
    return {name: (row["version"] or "", value) for name, value in known.items()}


def _row(key: str, said: Said) -> dict[str, Any]:
    traits = {name: value for name, (_, value) in said.items() if value is not None}
    return {
        "key": key,
        "said": _text(said) if said else None,
        "traits": _text(traits) if traits else None,
        "caption": str(traits.get("name") or key.rpartition("/")[2]),
    }


def _text(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)

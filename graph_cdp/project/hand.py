"""What people have set by hand: notes and switches, signed and dated. They stay with what they were written on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from graph_cdp.project.facts import Fact, about


def notes(facts: Iterable[Fact]) -> list[dict[str, Any]]:
    """The notes that were not removed, the newest first."""
    found: dict[str, dict[str, Any]] = {}
    for fact in about(facts, "note"):
        name = fact.text("note_id", "id") or fact.uid
        if fact.meaning.what == "removed":
            found.pop(name, None)
        else:
            found[name] = {
                "at": fact.at,
                "text": fact.text("text", "note", "body"),
                "author": fact.text("author", "agent"),
                "source": fact.source,
                "note_id": name,
            }
    return sorted(found.values(), key=lambda row: (row["at"] or "", row["note_id"]), reverse=True)


def switches(facts: Iterable[Fact]) -> dict[str, dict[str, Any]]:
    """Each switch as it was set last."""
    found: dict[str, dict[str, Any]] = {}
    for fact in about(facts, "switch"):
        if name := fact.text("name", "switch"):
            found[name] = {
                "value": fact.properties.get("value"),
                "at": fact.at,
                "author": fact.text("author", "agent"),
                "source": fact.source,
            }
    return dict(sorted(found.items()))

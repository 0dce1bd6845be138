"""The Cypher files as their heads describe them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from graph_cdp.store.statements import folder


@dataclass(frozen=True, slots=True)
class Contract:
    """The head of a Cypher file, and the statement below it."""

    params: list[str]
    returns: list[str]
    body: str


def names() -> list[str]:
    """The statements, as the code calls them."""
    return sorted(f"{path.parent.name}/{path.stem}" for path in folder().glob("[rw]*/*.cypher"))


def contract(name: str) -> Contract:
    """What the file says of itself."""
    _, params, returns, *body = (folder() / f"{name}.cypher").read_text(encoding="utf-8").splitlines()
    return Contract(_listed(params, "none"), _listed(returns, "nothing"), "\n".join(body))


def returned(body: str) -> list[str]:
    """The names of the columns of the last RETURN."""
    _, found, last = body.rpartition("RETURN ")
    columns = re.split(r"\bORDER BY\b|\bSKIP\b|\bLIMIT\b", last.removeprefix("DISTINCT "))[0]
    return [re.split(r"\s+AS\s+", column.strip())[-1] for column in _columns(columns)] if found else []


def _columns(text: str) -> list[str]:
    """What stands between the commas that are in no bracket."""
    columns, depth = [""], 0
    for letter in text:
        depth += (letter in "([{") - (letter in ")]}")
        if letter == "," and not depth:
            columns.append("")
        else:
            columns[-1] += letter
    return columns


def _listed(line: str, none: str) -> list[str]:
    said = line.partition(": ")[2]
    return [] if said == none else said.split(", ")

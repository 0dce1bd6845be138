"""Whether the plan of somebody's own Cypher only reads, and reads no more than a server should do for one question.

READ access mode keeps writes out, but not LOAD CSV, procedures and SHOW, nor what eats the server. So a plan is made
first (EXPLAIN), and runs if it is made of nothing but what allowed.toml lists. What a plan does not show, such as the
plan of a subquery inside of an expression, is refused for that.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

MOST_ROWS: Final = 10_000_000
MOST_COLLECTED: Final = 100_000
MOST_OPERATORS: Final = 80
MOST_ADDED: Final = 8

Plan = Mapping[str, Any]

_CALL: Final = re.compile(r"(?<![\w:.])([A-Za-z_]\w*(?:\s*\.\s*\w+)*)\s*\(")
_WORDS: Final = frozenset(
    (
        *("and", "or", "xor", "not", "in", "where", "when", "then", "else", "case", "as", "on", "is", "with"),
        *("contains", "limit", "skip", "return", "distinct", "shortest", "paths", "groups"),
    )
)
_HIDDEN: Final = re.compile(r"\b(?:COLLECT|EXISTS|COUNT|CALL)\s*\{", re.IGNORECASE)
_OWN: Final = re.compile(r"\b(?:Setting|Job|Migration)\b")
_ADDED: Final = re.compile(r" \+ | \|\| ")
_COMPREHENSION: Final = re.compile(r"\[\s*`?[\w\s@]+`?\s+IN\s")
_NAMED: Final = {
    "AllNodesScan": "a pattern has to begin at a label, such as (n:Identifier), or at a relationship type",
    "NodeByElementIdSeek": "nodes are found by their keys, not by the server's ids",
    "NodeByIdSeek": "nodes are found by their keys, not by the server's ids",
}


@cache
def _allowed(what: str) -> frozenset[str]:
    """What plans may be made of: `operators`, and `functions` in small letters."""
    with Path(__file__).with_name("allowed.toml").open("rb") as file:
        return frozenset(tomllib.load(file)[what])


def refusal(plan: Plan) -> str | None:
    """Why a plan may not run; None where it may."""
    operators = list(_operators(plan))
    if len(operators) > MOST_OPERATORS:
        return f"a plan of more than {MOST_OPERATORS} steps"
    if sum(len(_ADDED.findall(_details(one))) for one in operators) > MOST_ADDED:
        return f"more than {MOST_ADDED} additions"
    return next((reason for one in operators if (reason := _wrong(one))), None)


def _operators(plan: Plan) -> Iterator[Plan]:
    yield plan
    for child in plan.get("children", ()):
        yield from _operators(child)


def _wrong(operator: Plan) -> str | None:
    """What is wrong with one step."""
    name = str(operator["operatorType"]).partition("@")[0]
    details = _details(operator)
    if name not in _allowed("operators"):
        return _NAMED.get(name, f"{name} is no step of reading the graph")
    if _HIDDEN.search(details):
        return "a subquery stands inside of an expression, where it cannot be checked: make it a CALL { … } of its own"
    if _OWN.search(details):
        return "what the store keeps for itself (settings, jobs, migrations) is not asked for here"
    if unknown := sorted(_called(details) - _allowed("functions")):
        return f"the function {unknown[0]} is not among those allowed"
    if len(_COMPREHENSION.findall(details)) > 1:
        return "a list comprehension inside of another"
    return _too_much(operator, details)


def _too_much(operator: Plan, details: str) -> str | None:
    if _rows(operator) > MOST_ROWS:
        return f"it would read some {_rows(operator):,.0f} rows: begin at a key, or say more of what is looked for"
    taken = sum(_rows(child) for child in operator.get("children", ()))
    if "collect(" in details.lower() and taken > MOST_COLLECTED:
        return f"it would collect some {taken:,.0f} values into one: count them, or say more of what is looked for"
    return None


def _called(details: str) -> set[str]:
    """The functions that are called in the text of a step, in small letters."""
    names = {re.sub(r"\s", "", name).lower() for name in _CALL.findall(details.replace("`", ""))}
    return names - _WORDS


def _details(operator: Plan) -> str:
    return str(operator.get("args", {}).get("Details") or "")


def _rows(operator: Plan) -> float:
    return float(operator.get("args", {}).get("EstimatedRows") or 0)

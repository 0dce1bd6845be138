"""The saved explorations: `cypher/browse/NAME.cypher`, questions that people ask of the graph.

Four head lines say what one is: a title, a sentence, its parameters with their defaults, its columns. A parameter is of
the kind that its default is of: a whole number, a day, a text; one called `key` or `…_key` is the key of an identifier.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Final, Literal

from graph_cdp.errors import NotFoundError, UsageError
from graph_cdp.normalise import parse_key
from graph_cdp.store import shapes
from graph_cdp.store.questions import Questions
from graph_cdp.store.statements import folder

Kind = Literal["number", "day", "key", "text"]

_PARAMETER: Final = re.compile(r"(?P<name>\w+) = (?:(?P<number>\d+)|'(?P<text>[^']*)')(?:, |\Z)")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d\Z")
_NUMBER: Final = re.compile(r"[0-9]{1,9}\Z")
_MOST_ROWS: Final = 1_000
_MOST: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Parameter:
    """What an exploration takes: `default` stands where nothing is given."""

    name: str
    default: int | str

    @property
    def kind(self) -> Kind:
        """What it has to be."""
        if isinstance(self.default, int):
            return "number"
        if self.name == "key" or self.name.endswith("_key"):
            return "key"
        return "day" if _DAY.match(self.default) else "text"

    def checked(self, given: int | str) -> int | str:
        """The value to ask with. Raises `UsageError`, which does not repeat what was given."""
        if self.kind == "number":
            return self._number(str(given))
        if self.kind == "key":
            return parse_key(str(given))
        return self._day(str(given)) if self.kind == "day" else str(given)

    def _number(self, given: str) -> int:
        most = _MOST_ROWS if self.name == "limit" else _MOST
        if not _NUMBER.match(given) or not 1 <= int(given) <= most:
            raise UsageError(f"{self.name}: give a whole number from 1 to {most:,}")
        return int(given)

    def _day(self, given: str) -> str:
        try:
            if _DAY.match(given):
                return date.fromisoformat(given).isoformat()
        except ValueError:
            pass
        raise UsageError(f"{self.name}: give a day as {self.default}")


@dataclass(frozen=True, slots=True)
class Exploration:
    """One saved exploration."""

    name: str
    title: str
    sentence: str
    parameters: tuple[Parameter, ...]
    columns: tuple[str, ...]
    body: str

    def checked(self, given: Mapping[str, int | str]) -> dict[str, int | str]:
        """Every parameter with the value to ask with. Raises `UsageError` for a wrong one and for one more."""
        names = [parameter.name for parameter in self.parameters]
        if given.keys() - names:
            raise UsageError(f"{self.name} has no parameter of that name (it has {', '.join(names)})")
        return {one.name: one.checked(given.get(one.name, one.default)) for one in self.parameters}

    def facts(self) -> dict[str, Any]:
        """What a list of explorations says of it."""
        parameters = [{"name": one.name, "kind": one.kind, "default": one.default} for one in self.parameters]
        return {
            "name": self.name,
            "title": self.title,
            "sentence": self.sentence,
            "parameters": parameters,
            "columns": list(self.columns),
        }


@cache
def shipped() -> Mapping[str, Exploration]:
    """The explorations of this release by their names, in the order of these."""
    files = sorted((folder() / "browse").glob("*.cypher"))
    return {path.stem: _parsed(path.stem, path.read_text(encoding="utf-8")) for path in files}


def find(name: str) -> Exploration:
    """The exploration of that name. Raises `NotFoundError`."""
    try:
        return shipped()[name]
    except KeyError:
        raise NotFoundError(f"no exploration has this name (there are {', '.join(shipped())})") from None


def explore(graph: Questions, name: str, given: Mapping[str, int | str]) -> dict[str, Any]:
    """`{columns, rows, truncated}` of an exploration, of which no more than its `limit` rows are taken."""
    exploration = find(name)
    asked = exploration.checked(given)
    limit = int(asked["limit"])
    # One more than asked for tells whether there is more.
    found = graph.records(f"browse/{name}", **asked | {"limit": limit + 1})
    rows = [{column: shapes.plain(row[column]) for column in exploration.columns} for row in found[:limit]]
    return {"columns": list(exploration.columns), "rows": rows, "truncated": len(found) > limit}


def _parsed(name: str, text: str) -> Exploration:
    title, sentence, params, returns, *body = text.splitlines()
    parameters = tuple(
        Parameter(found["name"], int(found["number"]) if found["number"] else found["text"])
        for found in _PARAMETER.finditer(params.removeprefix("// params: "))
    )
    columns = tuple(returns.removeprefix("// returns: ").split(", "))
    return Exploration(name, title[3:], sentence[3:], parameters, columns, "\n".join(body))

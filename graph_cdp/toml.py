"""TOML files of people: read, checked against a pydantic model, and refused with the line and the reason."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError

from graph_cdp.errors import InputError

_PLACE: Final = re.compile(r"(.*) \(at line (\d+), column \d+\)", re.DOTALL)
_PLAIN: Final = {
    "extra_forbidden": "is no known setting here (correct its name, or leave it out)",
    "missing": "is missing (add it)",
}
_NAME_ITSELF: Final = "[key]"
_AT_END: Final = " (at end of document)"

Model = TypeVar("Model", bound=BaseModel)


def parse(text: str, model: type[Model], *, name: str, error: type[InputError]) -> Model:
    """The validated content of the TOML `text`; `error`, naming `name:line` and the reason, where it has none."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as broken:
        reason, line = _syntax(str(broken), text)
        raise error(f"{name}:{line}", f"not valid TOML: {reason}") from None
    try:
        return model.model_validate(data)
    except ValidationError as invalid:
        errors = invalid.errors(include_url=False)
        # A name that is misspelt is what is missing under its right one.
        first = next((one for one in errors if one["type"] == "extra_forbidden"), errors[0])
        path = [str(part) for part in first["loc"] if part != _NAME_ITSELF]
        spelled = ".".join(path) or "the file"
        reason = _PLAIN.get(first["type"]) or _sentence(first["msg"])
        beside = [
            str(one["loc"][-1]) for one in errors if one["type"] == "missing" and one["loc"][:-1] == first["loc"][:-1]
        ]
        if first["type"] == "extra_forbidden" and (meant := get_close_matches(path[-1], beside, 1)):
            reason = f"is no known setting here (did you mean {meant[0]}?)"
        raise error(f"{name}:{line_of(text, path)}", f"{spelled}: {reason}") from None


def _syntax(said: str, text: str) -> tuple[str, int]:
    """The reason of a syntax error and its line, which tomllib says in words alone."""
    found = _PLACE.fullmatch(said)
    return (found[1], int(found[2])) if found else (said.removesuffix(_AT_END), text.count("\n") + 1)


def line_of(text: str, path: Sequence[str]) -> int:
    """The line of `text` on which the longest known part of `path` stands, 1 where none of it does."""
    best, depth = 1, 0
    for number, spelled in _spelled_paths(text):
        shared = 0
        while shared < min(len(spelled), len(path)) and spelled[shared] == path[shared]:
            shared += 1
        if shared > depth:
            best, depth = number, shared
    return best


def _spelled_paths(text: str) -> Iterator[tuple[int, list[str]]]:
    table: list[str] = []
    entries: Counter[str] = Counter()
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if stripped.startswith("["):
            table = _path(stripped)
            if stripped.startswith("[[") and table:
                table = [*table, str(entries[stripped])]
                entries[stripped] += 1
            yield number, table
        elif "=" in stripped and not stripped.startswith("#"):
            yield number, table + _path(stripped.partition("=")[0] + "= 0")


def _path(line: str) -> list[str]:
    """The dotted path that one header or assignment spells; empty where the line is part of something longer."""
    try:
        node = tomllib.loads(line)
    except tomllib.TOMLDecodeError:
        return []
    path: list[str] = []
    while isinstance(node, dict) and node:
        name, inner = next(iter(node.items()))
        path.append(name)
        node = inner[0] if isinstance(inner, list) else inner
    return path


def _sentence(message: str) -> str:
    return message.removeprefix("Value error, ").rstrip(".")

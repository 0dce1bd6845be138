"""Traits under one name each, whichever way their sender spells it: `firstName` is `first_name`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from graph_cdp.ingest.keys import Keys
from graph_cdp.normalise import Unusable, calendar_date
from graph_cdp.sexes import sex_of

_WORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*\Z")
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SEX: Final = ("sex", "gender")
_SAME: Final = dict.fromkeys(("birthday", "birthdate", "date_of_birth"), "birth_date")


@lru_cache(maxsize=4_096)
def one_name(name: str) -> str:
    """The name that a trait has here: humps become `_`, and a birth date has one name."""
    plain = _HUMP.sub("_", name).lower() if _WORD.match(name) and _HUMP.search(name) else name
    return _SAME.get(plain, plain)


def traits_of(said: Mapping[str, Any], place: str, keys: Keys) -> Mapping[str, Any]:
    """The traits of a person or company as they are kept. Of two spellings of one name the one that is ours holds."""
    traits = _renamed(said, place, keys)
    if isinstance(address := traits.get("address"), dict):
        traits["address"] = _renamed(address, f"{place}.address", keys)
    for name in _SEX:
        if isinstance(said_sex := traits.get(name), str) and said_sex.strip() and sex_of(said_sex) is None:
            keys.refuse(f"{place}.{name}", "no sex that is known; it is kept as it was sent")
    if traits.get("birth_date") is not None:
        first = keys.reads_day_first(traits["birth_date"], f"{place}.birth_date")
        try:
            traits["birth_date"] = calendar_date(traits["birth_date"], day_first=first)
        except Unusable as unusable:
            keys.refuse(f"{place}.birth_date", unusable.reason)
            del traits["birth_date"]
    return traits


def _renamed(said: Mapping[str, Any], place: str, keys: Keys) -> dict[str, Any]:
    traits: dict[str, Any] = {}
    for name, value in sorted(said.items()):
        ours = one_name(name)
        if ours != name and (ours in said or ours in traits):
            if value != traits.get(ours, said.get(ours)):
                keys.refuse(f"{place}.{name}", f"the message says something else as {ours}")
            continue
        traits[ours] = value
    return traits

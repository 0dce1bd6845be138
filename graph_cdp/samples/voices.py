"""What people say in their own languages."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Voice:
    """The sentences of one country; a complaint is its subject and its text."""

    good: tuple[str, ...]
    bad: tuple[str, ...]
    post: str
    chat: str
    complaint: tuple[str, ...]
    call: str
    note: str
    wish: str


@cache
def voices() -> Mapping[str, Voice]:
    """The sentences that are shipped, by ISO code of the country."""
    text = files("graph_cdp.samples").joinpath("voices.toml").read_text(encoding="utf-8")
    return {country: _voice(sentences) for country, sentences in tomllib.loads(text).items()}


def _voice(sentences: Mapping[str, Any]) -> Voice:
    said: dict[str, Any] = {name: tuple(one) if isinstance(one, list) else one for name, one in sentences.items()}
    return Voice(**said)

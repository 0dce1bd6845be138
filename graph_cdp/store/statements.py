"""The Cypher files: one statement each, found by the path below `cypher/`, read once.

In the wheel the folder lies inside the package, in a checkout and an editable install beside it.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final, LiteralString

_LABEL: Final = re.compile(r"[A-Z][A-Za-z0-9]*\Z")


@cache
def folder() -> Path:
    """Where the Cypher files are."""
    package = Path(__file__).parents[1]
    inside = package / "cypher"
    return inside if inside.is_dir() else package.parent / "cypher"


@cache
def statement(name: str, label: str = "") -> LiteralString:
    """The text of `cypher/NAME.cypher`, with the word LABEL replaced by `label`.

    A label is the only text that is ever put into a statement; it must be letters and digits with a capital first.
    """
    text = (folder() / f"{name}.cypher").read_text(encoding="utf-8")
    if label:
        if not _LABEL.match(label):
            raise ValueError(f"{label!r} is no label")
        text = re.sub(r"\bLABEL\b", label, text)
    return text

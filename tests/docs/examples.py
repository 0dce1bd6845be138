"""The messages that a page of docs/ shows."""

from __future__ import annotations

import json
import re
from pathlib import Path

_DOCS = Path(__file__).parents[2] / "docs"


def page(name: str) -> str:
    return (_DOCS / name).read_text(encoding="utf-8")


def messages(name: str) -> list[dict]:
    """The JSON examples of a page, in its order."""
    return [json.loads(text) for text in re.findall(r"```json\n(.*?)```", page(name), re.DOTALL)]

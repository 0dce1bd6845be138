"""The campaign that brought somebody: as the SDK names it, else as the address of the page does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

MARK: Final = "utm_"
_LONGEST: Final = 8_192
_MOST: Final = 100


def campaign_of(context: Mapping[str, Any], properties: Mapping[str, Any]) -> Any:
    """`context.campaign`, or what the `utm_…` of the page's address make of it; None where there is neither.

    `utm_campaign` is its `name`, the others keep theirs, as Segment's SDK for browsers has it.
    """
    if told := context.get("campaign"):
        return told
    page = context.get("page")
    for said in (page if isinstance(page, dict) else {}, properties):
        for query in (said.get("search"), _query(said.get("url"))):
            if isinstance(query, str) and MARK in query and (found := _parts(query)):
                return found
    return None


def _query(url: object) -> str | None:
    if not isinstance(url, str) or MARK not in url:
        return None
    try:
        return urlsplit(url).query
    except ValueError:
        return None


def _parts(query: str) -> dict[str, str]:
    try:
        said = parse_qsl(query.removeprefix("?")[:_LONGEST], max_num_fields=_MOST)
    except ValueError:
        return {}
    found = {name.removeprefix(MARK): value for name, value in said if name.startswith(MARK) and len(name) > len(MARK)}
    return {"name" if name == "campaign" else name: value for name, value in found.items()}

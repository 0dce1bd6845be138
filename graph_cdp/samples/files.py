"""The files of the samples: tables, mappings, and messages in the order in which they arrive."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from importlib.resources import files
from pathlib import Path
from random import Random
from typing import Final

from graph_cdp.samples.people import chance
from graph_cdp.samples.segment import MILLISECONDS_A_DAY
from graph_cdp.samples.shops import Row
from graph_cdp.samples.truth import Truth

SHIPPED: Final = {
    **{f"{table}.toml": f"{table}.toml" for table in ("crm", "loyalty", "pos", "b2c", "b2b")},
    "b2c.csv": "b2c_profiles.csv",
    "b2b.csv": "b2b_profiles.csv",
}
# In the order in which a newcomer loads them; each table has its mapping beside it.
LOADED: Final = (
    *("web.ndjson", "app.ndjson", "crm.csv", "loyalty.csv", "pos.csv", "b2c.csv", "b2b.csv"),
    "service.ndjson",
)
_PAGE: Final = {"type": "page", "timestamp": "2024-06-01T08:00:00.000Z", "name": "Home", "properties": {}}


_OF_THE_GROUP: Final = """
[sources."verano.app"]          # the app and the web shop number their accounts independently
user_id = "verano.user_id"

[segments.regulars]
title = "Bought on three occasions within half a year"
condition = "at least 3 orders within 183 days"
[segments.readers]
title = "Open most of what is sent to them"
condition = 'count(events "Email Opened") / count(events "Email Delivered") >= 0.5'
[segments.across_brands]
title = "Buy in two brands or more"
condition = "distinct(brand of orders) >= 2"

[funnels.loyalty]
title = "From a visit to loyalty"
[[funnels.loyalty.stages]]
name = "visitor"
condition = "any events"
[[funnels.loyalty.stages]]
name = "buyer"
condition = "any orders"
[[funnels.loyalty.stages]]
name = "regular"
condition = "at least 3 orders within 183 days"
"""


def write_shipped(to: Path) -> None:
    """Copies what is the same in all samples, byte for byte."""
    for name, resource in SHIPPED.items():
        (to / name).write_bytes(files("graph_cdp.samples").joinpath(resource).read_bytes())
    shipped = files("graph_cdp").joinpath("default_policy.toml").read_text(encoding="utf-8")
    (to / "policy.toml").write_text(shipped + _OF_THE_GROUP, encoding="utf-8")


def write_table(path: Path, columns: Row, rows: Iterable[Row], *, delimiter: str = ",", bom: bool = False) -> None:
    """Writes a CSV with a header."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n" if bom else "\n")
    writer.writerow(columns)
    writer.writerows(rows)
    path.write_bytes(text.getvalue().encode("utf-8-sig" if bom else "utf-8"))


def write_truth(to: Path, truth: Truth) -> None:
    """Writes who is who, and what is shared."""
    write_table(to / "truth.csv", ("key", "person"), sorted(truth.person_of.items()))
    shared = ((key, "|".join(people)) for key, people in sorted(truth.shared.items()))
    write_table(to / "shared.csv", ("key", "people"), shared)


def write_messages(path: Path, sent: Sequence[tuple[int, str]], rng: Random) -> None:
    """Writes messages as they arrive: some late by months, some out of order, some twice, some broken."""
    lines = _arrivals(sent, rng)
    for number, line in enumerate(_broken(path.stem, lines[len(lines) // 2])):
        lines.insert((number + 1) * len(lines) // 7, line)
    path.write_bytes(("\n".join(lines) + "\n").encode())


def write_said(path: Path, sent: Iterable[tuple[int, str]]) -> None:
    """Writes messages in the order of time."""
    lines = [text for _, text in sorted(sent)]
    path.write_bytes(("\n".join(lines) + "\n").encode())


def _arrivals(sent: Sequence[tuple[int, str]], rng: Random) -> list[str]:
    arrivals: list[tuple[int, int, str]] = []
    for number, (at, text) in enumerate(sent):
        for _ in range(2 if chance(rng, 0.02) else 1):
            arrivals.append((at + _delay(rng), number, text))
    return [text for _, _, text in sorted(arrivals)]


def _delay(rng: Random) -> int:
    """How late a message comes, in milliseconds."""
    if chance(rng, 0.03):
        return rng.randrange(60 * MILLISECONDS_A_DAY, 200 * MILLISECONDS_A_DAY)
    return rng.randrange(7_200_000) if chance(rng, 0.1) else 0


def _broken(stem: str, line: str) -> list[str]:
    """Lines that a loader has to refuse, or to take without the value that cannot be an identifier."""
    source = "lumia.web" if stem == "web" else "verano.app"
    bad_email = {"type": "identify", "userId": "", "traits": {"email": "anna(at)poczta.example"}}
    bad_phone = {"type": "track", "event": "Checkout Started", "properties": {"phone": "12-34"}}
    messages = [
        {**_PAGE, "messageId": f"{stem}-nobody", "source": source},
        {**_PAGE, **bad_email, "messageId": f"{stem}-bad-email", "source": source, "anonymousId": f"{stem}-visitor-1"},
        {**_PAGE, **bad_phone, "messageId": f"{stem}-bad-phone", "source": source, "anonymousId": f"{stem}-visitor-2"},
    ]
    return [line[: len(line) * 2 // 3], '["not", "a", "message"]', *map(json.dumps, messages)]

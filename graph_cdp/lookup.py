"""Where a key or an id leads: what people type to the identifiers and customers of the graph."""

from __future__ import annotations

from typing import Any, Final

from graph_cdp import normalise
from graph_cdp.epochs import Epochs
from graph_cdp.errors import NotFoundError
from graph_cdp.model import UNDATED, epoch_key, namespace_of, value_of
from graph_cdp.past import Moment
from graph_cdp.policy import Policy
from graph_cdp.resolve.decided import Decided
from graph_cdp.store import codec
from graph_cdp.store.questions import Questions

Row = dict[str, Any]

HINT: Final = "keys look like email:ann@example.com or phone:+48601234567"
UNKNOWN: Final = f"nothing is known under this key; is it spelled as the data has it? {HINT}"


def known_then(then: Questions, key: str, today: Questions, moment: Moment) -> Row:
    """`{customer, kind}` of a key as it was. Raises `NotFoundError`, naming the day from which on it is known."""
    if home := then.customer_of(key):
        return home
    rows = today.ask("read/identifiers", keys=[key])
    since = rows[0]["first_seen"] if rows else None
    known = f"its first evidence is of {since}" if since else "its evidence bears no date"
    if since and since <= moment.until:
        known = "what is known of it was told later"
    raise NotFoundError(f"nothing was known of this key as of {moment.until}: {known} (ask for a later time)")


def is_company(text: str) -> bool:
    """Whether a key names a company, which is no customer."""
    return text.partition(":")[0].strip().lower().rpartition(".")[2] in ("group_id", "company")


def found(graph: Questions, text: str) -> Row:
    """`{customer, kind}` of a key or a customer id. Raises `NotFoundError`."""
    if ":" not in text and (home := graph.customer_by_id(text)):
        return home
    home = graph.customer_of(normalise.parse_key(text))
    if home is None:
        raise NotFoundError(UNKNOWN)
    return home


def named(graph: Questions, text: str) -> str:
    """The identifier of the graph that a key leads to: of a recycled value its latest epoch. Raises `NotFoundError`."""
    home = graph.customer_of(normalise.parse_key(text))
    if home is None:
        raise NotFoundError(UNKNOWN)
    return str(home["key"])


def meant(graph: Questions, policy: Policy, decided: Decided) -> Decided:
    """The decisions about the keys that they mean today."""
    if not decided.names_sightings:
        return decided
    rows = graph.ask("read/homes", keys=sorted(decided.values_with_sightings))
    epochs = Epochs({row["key"]: codec.later_of(row["later"]) for row in rows if row["later"]})
    return decided.meaning(lambda key: epochs.meant(key, policy))


def anchor(graph: Questions, text: str, policy: Policy) -> str:
    """The key that a key or a customer id names: an id stands for its anchor. Raises `NotFoundError`.

    A value that may be recycled comes with the first sighting of the epoch that is meant, of the latest where none is.
    """
    if ":" in text:
        key = normalise.parse_key(text)
        home = graph.customer_of(key) if policy.rest(namespace_of(key)) else None
        rows = graph.ask("read/identifiers", keys=[home["key"]]) if home else []
        first = codec.instant(rows[0]["first_seen"], UNDATED) if rows else UNDATED
        return key if first == UNDATED else epoch_key(value_of(key), first)
    home = graph.customer_by_id(text)
    if home is None:
        raise NotFoundError(f"no customer was ever given this id; {HINT}")
    return str(home["key"])

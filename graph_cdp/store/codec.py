"""Between the shapes of `state` and the properties of nodes and relationships.

Times are RFC 3339 texts in UTC with six decimals, which sort as the times do; undated ones are absent.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from graph_cdp.folding import folded
from graph_cdp.model import NEVER, UNDATED, Decision, Link, Span, micros, namespace_of, rfc3339, value_of
from graph_cdp.policy_file import NAMESPACES
from graph_cdp.rules import Holding
from graph_cdp.state import CustomerState, NodeState, Retold

Row = dict[str, Any]

_COOKIES: Final = frozenset({"anonymous_id", "cookie", "ga_client_id"})
_TAKEN: Final = frozenset({"Identifier", "Customer", "Event", "Product", "Store", "Brand", "Company", "Household"}) | {
    "Change",
    "DeadLetter",
    "Job",
    "Setting",
    "Migration",
    "Policy",
    "Former",
    "Decision",
}
_DEVICES: Final = frozenset({"device", "fingerprint"})


@lru_cache(maxsize=4096)
def label_of(namespace: str) -> str:
    """The label beside `Identifier`: `user_id` -> `UserId`, cookies -> `Cookie`, devices -> `Device`.

    A space such as `shop_a.user_id` has the label of the namespace that it ends in. A namespace of a sender's own that
    would take a label of something else gets `Other` before it.
    """
    while namespace not in NAMESPACES and "." in namespace:
        namespace = namespace.partition(".")[2]
    if namespace in _COOKIES:
        return "Cookie"
    if namespace in _DEVICES or namespace.startswith(("ios.", "android.")):
        return "Device"
    label = "".join(part.capitalize() for part in namespace.replace(".", "_").split("_"))
    # The embedded server has labels and types of relationships in one set, and these are written in capitals.
    free = label[:1].isalpha() and label not in _TAKEN and not (len(label) > 1 and label.isupper())
    return label if free else f"Other{label}"


def instant(text: str | None, absent: int) -> int:
    """Microseconds of a stored time, `absent` where there is none."""
    return absent if text is None else micros(datetime.fromisoformat(text))


def span_of(row: Mapping[str, Any]) -> Span:
    """The span of a stored `first_seen` and `last_seen`."""
    return _span(row["first_seen"], row["last_seen"])


# The links of one message, which is most links of most people, were seen at one time.
@lru_cache(maxsize=4_096)
def _span(first: str | None, last: str | None) -> Span:
    return Span.of(instant(first, UNDATED), instant(last, NEVER))


def seen(span: Span, sources: frozenset[str]) -> Row:
    """The properties that say when and by whom something was seen."""
    return {"first_seen": rfc3339(span.first), "last_seen": rfc3339(span.until), "sources": sorted(sources)}


def _counts(counted: Mapping[str, int]) -> list[str]:
    return sorted(f"{name}={count}" for name, count in counted.items())


def counted(texts: list[str] | None) -> dict[str, int]:
    """What was counted, by group, from the graph's spelling of it: `group=count`."""
    return {name: int(count) for name, _, count in (text.rpartition("=") for text in texts or [])}


def claims_of(texts: list[str] | None) -> dict[str, tuple[int, str | None]]:
    """What an identifier said last of traits, from the graph's spelling of it: `trait=when` or `trait=when=what`."""
    parts = (text.split("=", 2) for text in texts or [])
    return {trait: (int(at), what[0] if what else None) for trait, at, *what in parts}


def claims_texts(said: Mapping[str, tuple[int, str | None]]) -> list[str]:
    """The graph's spelling of what an identifier said last of traits."""
    return sorted(f"{trait}={at}" if what is None else f"{trait}={at}={what}" for trait, (at, what) in said.items())


def holding_of(row: Mapping[str, Any]) -> Holding:
    """What a customer holds, from its properties `held`, `held_seen` and `held_said`."""
    times: dict[str, list[int]] = {}
    said: dict[str, set[str]] = {}
    for text in row["held_seen"] or []:
        group, _, at = text.rpartition("=")
        times.setdefault(group, []).append(int(at))
    for text in row["held_said"] or []:
        group, _, value = text.partition("=")
        said.setdefault(group, set()).add(value)
    return Holding(
        counted(row["held"]),
        {group: tuple(sorted(seen)) for group, seen in times.items()},
        {group: frozenset(values) for group, values in said.items()},
    )


def holding_row(held: Holding) -> Row:
    """The properties of a customer that say what it holds."""
    return {
        "held": _counts(held.counts),
        "held_seen": sorted(f"{group}={at}" for group, seen in held.times.items() for at in seen) or None,
        "held_said": sorted(f"{group}={value}" for group, values in held.said.items() for value in values) or None,
    }


def later_of(texts: list[str] | None) -> tuple[int, ...]:
    """When the later epochs of a value begin, from the graph's spelling of it."""
    return tuple(instant(text, UNDATED) for text in texts or ())


def node_of(values: Sequence[Any]) -> NodeState:
    """An identifier from what `read/part` lists of it."""
    key, first, last, sources, shared, partners, degree, claims, later, customer = values
    span = Span.of(instant(first, UNDATED), instant(last, NEVER))
    words, begun = claims_of(claims), later_of(later)
    return NodeState(key, span, frozenset(sources), shared, counted(partners), degree, words, customer, begun)


def retold_of(row: Mapping[str, Any]) -> Retold:
    """An observation from a row of `read/observed_by`."""
    at, traits = instant(row["at"], UNDATED), json.loads(row["traits"] or "{}")
    return Retold(row["uid"], row["source"], row["kind"], tuple(row["keys"]), at, traits, row["company"])


def customer_of(values: Sequence[Any]) -> CustomerState:
    """A customer from what `read/part` lists of it."""
    name, anchor, first, size, held, held_seen, held_said, kind = values
    holding = holding_of({"held": held, "held_seen": held_seen, "held_said": held_said})
    return CustomerState(name, (instant(first, UNDATED), anchor), size, holding, kind)


def link_between(values: Sequence[Any]) -> Link:
    """A link from what `read/part` lists of it."""
    one, other, kind, first, last, sources = values
    a, b = (one, other) if one < other else (other, one)
    return Link(a, b, kind, _span(first, last), frozenset(sources))


def link_of(row: Mapping[str, Any], one: str, other: str) -> Link:
    """The link between two keys in a row."""
    return link_between((one, other, row["kind"], row["first_seen"], row["last_seen"], row["sources"]))


def node_row(node: NodeState) -> Row:
    """What changes of an identifier."""
    return {
        "key": node.key,
        **seen(node.span, node.sources),
        "shared": node.shared,
        "partners": _counts(node.partners),
        "degree": node.degree,
        "claims": claims_texts(node.claims) or None,
        "later": [rfc3339(begun) for begun in node.later] or None,
    }


def new_node_row(node: NodeState, customer_id: Callable[[str], str]) -> Row:
    """All properties of a new identifier; `cid` is the id that a customer has of which it is the anchor."""
    namespace, _, value = value_of(node.key).partition(":")
    row = {**node_row(node), "namespace": namespace, "value": value, "cid": customer_id(node.key), "caption": value}
    return {**row, "folded": folded(value)}


def decision_row(decision: Decision) -> Row:
    """What a decision says."""
    return {
        "id": decision.id,
        "verdict": decision.verdict,
        "a": decision.a or None,
        "b": decision.b or None,
        "of": decision.of or None,
        "at": rfc3339(decision.at),
        "author": decision.author,
        "because": decision.because,
    }


def link_row(link: Link, tier: int) -> Row:
    """A link with its ends."""
    return {"a": link.a, "b": link.b, "link": {"kind": link.kind, "tier": tier, **seen(link.span, link.sources)}}


def changed_link_row(link: Link, tier: int, degrees: Mapping[str, int]) -> Row:
    """A link that is there, to be looked for from its end with fewer links."""
    near, far = sorted((link.a, link.b), key=lambda key: degrees[key])
    return {"near": near, "far": far, "link": link_row(link, tier)["link"]}


def customer_row(customer: CustomerState) -> Row:
    """All properties of a customer."""
    first, key = customer.anchor
    return {
        "id": customer.id,
        "kind": customer.kind,
        "size": customer.size,
        "anchor": key,
        "first_seen": rfc3339(first),
        **holding_row(customer.held),
        "caption": key.partition(":")[2],
        "namespace": namespace_of(key),
    }

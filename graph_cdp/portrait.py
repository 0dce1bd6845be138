"""A profile as people read it: who it is, what it is worth, what it likes, how to speak to it, what it says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table

from graph_cdp.render import cell, identifiers, many, orders, table, timeline, warning

Row = Mapping[str, Any]

_SHOWN: Final = 8
_MOVING: Final = ("recency", "frequency", "monetary", "activity", "sentiment")
_ABOUT: Final = ("occupation", "education", "income", "children", "interests", "lifestyle", "goals")
_LIKES: Final = ("category", "brand", "color", "size", "price_band", "store", "payment")


def profile(found: Row, shown: int = _SHOWN) -> RenderableType:
    """A profile in the order in which people ask; parts that were not asked for or are empty are left out."""
    parts: list[RenderableType] = [_head(found)]
    if found.get("identifiers"):
        parts.append(identifiers(found["identifiers"]))
    if lines := [(name, text) for name, text in _lines(found) if text]:
        parts += ["", _facts(lines)]
    if traits := [{"trait": name, **trait} for name, trait in found.get("traits", {}).items()]:
        parts += [
            "",
            table([_with_others(one) for one in traits[: 2 * shown]], ("trait", "value", "source", "at", "or")),
        ]
    if found.get("orders", {}).get("last"):
        parts += ["", orders(found["orders"], shown)]
    if found.get("timeline"):
        parts += ["", timeline(found["timeline"][:shown])]
    warnings = found.get("warnings", ())
    parts += [f"[yellow]{escape(warning(one))}" for one in warnings[:shown]]
    if (unsaid := len(warnings) - shown) > 0:
        parts.append(f"[yellow]... and {unsaid} more warnings: --json has them all")
    return Group(*parts)


def _with_others(trait: Row) -> Row:
    """A trait with the values that came behind it."""
    others = [_value(one["value"]) for one in trait.get("runner_ups", ())]
    return {**trait, "value": _value(trait["value"]), "or": _listed(others, most=2) or None}


def summary(found: Row) -> RenderableType:
    """A profile in a few lines."""
    return Group(_head(found), _facts([(name, text) for name, text in _lines(found) if text]))


def _facts(lines: Iterable[tuple[str, str]]) -> Table:
    made = Table(box=None, pad_edge=False, show_header=False)
    made.add_column(style="cyan", no_wrap=True)
    made.add_column(overflow="fold")
    for name, text in lines:
        made.add_row(name, escape(text))
    return made


def _head(found: Row) -> str:
    if found["kind"] == "company":
        return f"[bold]Company {escape(found['customer_id'])}[/]"
    who, places = found.get("person", {}), found.get("places", {})
    age = None if who.get("age") is None else f"{who['age']} years"
    where = next(
        (_place(place) for kind in ("declared", "delivered_to", "seen_from") for place in places.get(kind, ())), None
    )
    said = ", ".join(filter(None, (who.get("name"), age, who.get("sex"), where)))
    brand = f", {escape(found['brand'])}'s part" if found.get("brand") else ""
    return f"[bold]Customer {found['customer_id']}[/] ({found['kind']}{brand})" + (f"  {escape(said)}" if said else "")


def _place(place: Row) -> str:
    return ", ".join(str(place[part]) for part in ("street", "city", "region", "country") if part in place)


def _lines(found: Row) -> list[tuple[str, str]]:
    return [
        ("works for", _company(found.get("company"))),
        ("contacts", _contacts(found.get("company"))),
        ("household", _household(found.get("household", ()))),
        ("worth", _worth(found.get("orders", {}), found.get("rfm", {}))),
        ("scores", _scores(found.get("scores", {}))),
        ("brands", _brands(found.get("brands", {}))),
        ("about", _about(found.get("traits", {}))),
        ("likes", _likes(found.get("preferences", {}))),
        ("channels", _channels(found.get("channels", {}), found.get("consent", {}))),
        ("campaigns", "; ".join(map(_campaign, found.get("campaigns", ())[:2]))),
        ("expects", _outlook(found.get("predictions"))),
        ("segments", _listed([one["name"] for one in found.get("segments", ())])),
        ("left", _listed([f"{one['name']} ({one['left'][:10]})" for one in found.get("left_segments", ())])),
        ("loyalty", _loyalty(found.get("loyalty", {}))),
        ("says", _voice(found.get("voice", {}))),
        ("cart", _cart(found.get("carts", ()))),
        ("favourites", _listed([one["name"] or one["sku"] for one in found.get("favourites", ())])),
        ("visits", _visits(found.get("visits", {}))),
        ("by hand", "; ".join((*_switches(found.get("switches", {})), *map(_note, found.get("notes", ())[:3])))),
    ]


def _company(company: Row | None) -> str:
    if not company:
        return ""
    people = f"{company['employees']} people" if company.get("employees") else None
    regions = _listed(company["regions"]) if isinstance(company.get("regions"), list) else company.get("regions")
    decides = f"{company['decision_maker']} decides" if company.get("decision_maker") else None
    return ", ".join(
        filter(None, (company.get("name") or company["key"], company.get("industry"), people, regions, decides))
    )


def _household(others: Sequence[Row]) -> str:
    shared = sorted({key for one in others for key in one["by"]})
    return f"{many(len(others), 'other')} by {_listed(shared)}" if others else ""


def _contacts(company: Row | None) -> str:
    if not company:
        return ""
    told = [
        ", ".join(filter(None, (one["name"], one["role"], one["preferred_channel"])))
        for one in sorted(company["contacts"], key=lambda one: not one["decision_maker"])
    ]
    bought = company["orders"]
    more = f"{len(told) - 3} more" if len(told) > 3 else None
    worth = f"{many(bought['count'], 'order')} together, {_money(bought['revenue'])}" if bought["count"] else None
    return "; ".join(filter(None, (*told[:3], more, worth)))


def _money(revenue: Row) -> str:
    return ", ".join(f"{amount:,.2f} {currency}" for currency, amount in revenue.items())


def _worth(bought: Row, scores: Row) -> str:
    if not bought.get("count"):
        return ""
    average = f"{_money(bought['average'])} on average" if bought["average"] else None
    back = f"{_money(bought['refunded'])} returned" if bought["refunded"] else None
    last = f"last {scores['recency_days']} days ago" if scores.get("recency_days") is not None else None
    score = f"{scores['status']}, RFM {scores['score']}" if scores else None
    said = (many(bought["count"], "order"), _money(bought["revenue"]), average, back, last, score)
    return ", ".join(filter(None, said))


def _scores(found: Row) -> str:
    """The figures that have moved within thirty days, but for what is expected, which has a line of its own."""
    moved = [(name, row) for name, row in found.items() if row["days_30"] and name in _MOVING]
    return ", ".join(f"{name} {row['value']:g} ({row['days_30']:+g} in 30 days)" for name, row in moved)


def _brands(brands: Row) -> str:
    bought = {name: row["orders"] for name, row in brands.items() if row["orders"]["count"]}
    if len(bought) < 2:
        return ""
    return "; ".join(
        f"{name}: {many(row['count'], 'order')} {_money(row['revenue'])}".strip() for name, row in bought.items()
    )


def _about(traits: Row) -> str:
    """What the customer says of itself, and what is only supposed."""
    told = [(name, traits[name]) for name in _ABOUT if name in traits]
    return ", ".join(f"{name} {_value(one['value'])}" + ("?" if one["guess"] else "") for name, one in told)


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(map(str, value.values()))
    return " and ".join(map(str, value)) if isinstance(value, list) else cell(value)


def _outlook(found: Row | None) -> str:
    if not found:
        return ""
    worth, best = found["expected_value"], found["best_channel"]
    said = (
        f"{found['expected_purchases']['value']:.1f} purchases in a year",
        f"worth {worth['value']:,.2f} {worth['currency']}" if worth else None,
        f"the next about {found['next_purchase']['likely']}" if found["next_purchase"]["likely"] else None,
        f"risk of loss {found['risk_of_loss']['level']}",
        f"best channel {best['value']}" if best else None,
    )
    return ", ".join(filter(None, said))


def _likes(found: Row) -> str:
    best = [f"{row['value']} {row['share']:.0%}" for name in _LIKES for row in found.get(name, ())[:1]]
    return ", ".join(best)


def _channels(found: Row, consent: Row) -> str:
    best = found.get("preferred")
    used = [row["channel"] for row in found.get("used", ())[:5]]
    may = [name for name, row in consent.items() if row["state"] == "granted"]
    not_ = [name for name, row in consent.items() if row["state"] not in ("granted", None)]
    said = (
        f"best {best['channel']} ({best['why']})" if best else None,
        f"used {', '.join(used)}" if used else None,
        f"agreed to {', '.join(may)}" if may else None,
        f"not {', '.join(not_)}" if not_ else None,
    )
    return "; ".join(filter(None, said))


def _campaign(row: Row) -> str:
    variant = f", variant {row['variant']}" if row["variant"] else ""
    steps = ", ".join(f"{row[step]} {step}" for step in ("sent", "opened", "clicked", "bought") if row[step])
    return f"{row['campaign']}: {row['stage'] or 'in it'}{variant}" + (f" ({steps})" if steps else "")


def _loyalty(found: Row) -> str:
    if not found or not (found["programmes"] or found["cards"] or found["vouchers"]):
        return ""
    told = [
        ", ".join(filter(None, (name, row["level"], f"{row['balance']:,} points")))
        for name, row in found["programmes"].items()
    ]
    cards = f"{many(len(found['cards']), 'card')}" if found["cards"] else None
    vouchers = [f"{one['code']} {one['state']}" for one in found["vouchers"][:3]]
    return "; ".join(filter(None, (*told, cards, *vouchers)))


def _voice(found: Row) -> str:
    if not found:
        return ""
    mood = found["sentiment"]
    said = f"sentiment {mood['mean']:+.1f} of {many(mood['count'], 'text')}" if mood["count"] else None
    nps = f"NPS {found['nps']['score']:g}" if found["nps"] else None
    pains = [f"trouble: {one['what']}" for one in found["pain_points"][:2]]
    return "; ".join(filter(None, (said, nps, *pains)))


def _cart(carts: Sequence[Row]) -> str:
    left = next((cart for cart in carts if cart["stage"] != "bought"), None)
    if left is None:
        return ""
    value = "" if left["value"] is None else f", worth {left['value']:,}"
    names = _listed([one["name"] or one["sku"] for one in left["products"]])
    return f"left at {left['reached']} on {cell(left['at'])[:10]}{value}" + (f": {names}" if names else "")


def _visits(found: Row) -> str:
    if not found.get("count"):
        return ""
    return f"{many(found['count'], 'visit')} seen in shops: {_listed([row['store'] for row in found['stores']])}"


def _switches(switches: Row) -> list[str]:
    return [f"{name}: {cell(one['value'])}" for name, one in switches.items()]


def _note(row: Row) -> str:
    return f"{row['text']} ({', '.join(filter(None, (row['author'], cell(row['at'])[:10])))})"


def _listed(values: Sequence[Any], most: int = 4) -> str:
    more = f" and {len(values) - most} more" if len(values) > most else ""
    return ", ".join(map(str, values[:most])) + more

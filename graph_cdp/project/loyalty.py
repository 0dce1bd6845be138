"""Loyalty programmes: level, points, vouchers and coupons."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from graph_cdp.project.facts import Fact, about, plain

_POINTS: Final = ("earned", "spent", "expired")
_THE_ONE: Final = "loyalty"


def loyalty(
    facts: Sequence[Fact],
    identifiers: Iterable[Mapping[str, Any]],
    found: Mapping[str, Mapping[str, Any]],
    today: str,
) -> dict[str, Any]:
    """The part of a profile. `today` is a day: what expires before it is gone."""
    told: dict[str, list[Fact]] = defaultdict(list)
    for fact in about(facts, "loyalty"):
        told[fact.text("programme", "program") or _THE_ONE].append(fact)
    cards = [row["value"] for row in identifiers if row["namespace"].endswith("loyalty_card") and not row["shared"]]
    programmes = {name: _programme(all_, today) for name, all_ in sorted(told.items())}
    level = found.get("loyalty_level") or found.get("level")
    if level and not any(row["level"] for row in programmes.values()):
        programmes.setdefault(_THE_ONE, _programme([], today))["level"] = level["value"]
    left = bool(programmes) and all(row["left_at"] for row in programmes.values())
    return {
        "member": bool(cards or programmes) and not left,
        "cards": cards,
        "programmes": programmes,
        "vouchers": _vouchers(about(facts, "voucher"), today),
    }


def _programme(facts: Sequence[Fact], today: str) -> dict[str, Any]:
    sums = {what: sum(_points(fact) for fact in facts if fact.meaning.what == what) for what in _POINTS}
    joined = [fact.at for fact in facts if fact.meaning.what == "joined" and fact.at]
    moves = [fact for fact in facts if fact.meaning.what in ("joined", "left")]
    expiring = _expiring(facts, sums["spent"] + sums["expired"], today)
    gone = sum(lot["points"] for lot in expiring if lot["expires_at"] < today)
    return {
        "level": next((said for fact in reversed(facts) if (said := fact.text("level", "tier"))), None),
        "joined_at": min(joined, default=None),
        "left_at": moves[-1].at if moves and moves[-1].meaning.what == "left" else None,
        "balance": plain(_balance(facts) - gone),
        **{what: plain(amount) for what, amount in sums.items()},
        "expiring": [lot for lot in expiring if lot["expires_at"] >= today],
    }


def _points(fact: Fact) -> float:
    """Less than none are earned where some are taken back; what is spent is told with a minus by some tills."""
    points = fact.number("points", "bonus", "amount") or 0.0
    return points if fact.meaning.what == "earned" else abs(points)


def _balance(facts: Iterable[Fact]) -> float:
    """What was earned and not spent; a balance that the programme names counts from then on."""
    balance = 0.0
    for fact in facts:
        named = fact.number("balance")
        if named is not None:
            balance = named
        elif fact.meaning.what == "earned":
            balance += _points(fact)
        elif fact.meaning.what in ("spent", "expired"):
            balance -= _points(fact)
        elif fact.meaning.what == "adjusted":
            balance += fact.number("points", "bonus", "amount") or 0.0
    return balance


def _expiring(facts: Iterable[Fact], used: float, today: str) -> list[dict[str, Any]]:
    """What is left of points with an end, the first to go first: those are spent first."""
    lots = sorted(
        (day[:10], _points(fact))
        for fact in facts
        if fact.meaning.what == "earned" and (day := fact.text("expires_at"))
    )
    left = []
    for day, points in lots:
        rest = max(0.0, points - used)
        used = max(0.0, used - points)
        if rest:
            left.append({"points": plain(rest), "expires_at": day})
    return left


def _vouchers(facts: Iterable[Fact], today: str) -> list[dict[str, Any]]:
    """Vouchers and coupons by code, those given or used last first."""
    found: dict[str, dict[str, Any]] = {}
    for fact in facts:
        code = fact.text("code", "coupon_id", "coupon_name", "voucher_id")
        if code is not None:
            _tell(found.setdefault(code, _new(code)), fact)
    for row in found.values():
        if row["state"] == "given" and row["expires_at"] and row["expires_at"][:10] < today:
            row["state"] = "expired"
    rows = sorted(found.values(), key=lambda row: row["code"])
    return sorted(rows, key=lambda row: row["used_at"] or row["given_at"] or "", reverse=True)


def _new(code: str) -> dict[str, Any]:
    nothing = ("value", "currency", "given_at", "used_at", "expires_at", "order")
    return {"code": code, "state": None, **dict.fromkeys(nothing)}


def _tell(row: dict[str, Any], fact: Fact) -> None:
    row["state"] = "given" if fact.meaning.what == "removed" else fact.meaning.what
    row["value"] = fact.number("value", "discount", "amount") or row["value"]
    for name, names in (("currency", ("currency",)), ("expires_at", ("expires_at",)), ("order", ("order_id",))):
        row[name] = fact.text(*names) or row[name]
    if fact.meaning.what in ("given", "used"):
        row[f"{fact.meaning.what}_at"] = fact.at
    if fact.meaning.what == "removed":
        row["used_at"] = None

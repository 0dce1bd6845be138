"""What to expect of one customer under a model, with the reason of each figure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from graph_cdp.predict.history import History, history_of
from graph_cdp.predict.model import Model

Row = Mapping[str, Any]

HORIZON: Final = 365
_WEEK: Final = 7
# A quarter, a half and three quarters of those like this one are back by then.
_WINDOW: Final = {"from": 0.25, "likely": 0.5, "to": 0.75}
_HIGH: Final = 0.7
_MIDDLE: Final = 0.4


def outlook(model: Model | None, orders: Iterable[Row], sent: Sequence[Row], at: date) -> dict[str, Any] | None:
    """What to expect of the customer on the day `at`; None without a model or an order.

    `orders` have `at, currency, amount, channel` and are those of which something was kept; `sent` has the messages,
    `{channel, sent, answered}`.
    """
    bought = list(orders)
    one, averages = history_of(bought, at)
    if model is None or one is None:
        return None
    currency = max(averages, key=lambda name: (averages[name] is not None, name))
    alive = model.purchases.alive(one)
    expected = model.purchases.expected(one, HORIZON / _WEEK)
    return {
        "model_at": model.at,
        "at": at.isoformat(),
        "alive": {"value": round(alive, 4), "why": _why_alive(one, model)},
        "expected_purchases": {"value": round(expected, 4), "days": HORIZON, "why": _why_expected(one, alive)},
        "expected_value": _value(model, expected, currency, averages[currency]),
        "next_purchase": _next(model, one, at),
        "risk_of_loss": {"value": round(1 - alive, 4), "level": _level(1 - alive), "why": _why_alive(one, model)},
        "best_channel": best_channel(sent, [str(order["channel"]) for order in bought if order.get("channel")]),
    }


def _why_alive(one: History, model: Model) -> str:
    if not one.repeats:
        return f"bought on one day only, {one.known * _WEEK:.0f} days ago; nobody who never came back counts as lost"
    usual = one.last * _WEEK / one.repeats
    silent = (one.known - one.last) * _WEEK
    return (
        f"came back on {one.repeats:.0f} later days, every {usual:.0f} days on average, the last time {silent:.0f} "
        f"days ago; compared with {model.customers:,} customers"
    )


def _why_expected(one: History, alive: float) -> str:
    return (
        f"{one.repeats:.0f} returns in the {one.known * _WEEK:.0f} days since the first purchase, drawn towards what "
        f"others do, and alive with probability {alive:.2f}"
    )


def _value(model: Model, expected: float, currency: str, own: tuple[float, float] | None) -> dict[str, Any] | None:
    """What the expected purchases are worth, None in a currency that too few others paid in."""
    worth = model.worth.get(currency)
    if worth is None:
        return None
    repeats, average = own or (0.0, None)
    each = worth.expected(repeats, average)
    said = f"{repeats:.0f} later purchases of {average:.2f} on average" if average is not None else "no later purchase"
    return {
        "value": round(expected * each, 2),
        "currency": currency,
        "days": HORIZON,
        "each": round(each, 2),
        "why": f"{expected:.2f} purchases expected, each worth {each:.2f}: {said}, drawn towards what others spend",
    }


def _next(model: Model, one: History, at: date) -> dict[str, Any]:
    days = {name: model.purchases.weeks_until_next(one, share) * _WEEK for name, share in _WINDOW.items()}
    # Beyond a hundred years a date says nothing.
    dates = {name: (at + timedelta(days=ahead)).isoformat() if ahead < 36_500 else None for name, ahead in days.items()}
    return {
        **dates,
        "why": "a quarter, half and three quarters of customers like this one, if not lost, are back by then",
    }


def _level(risk: float) -> str:
    return "high" if risk >= _HIGH else "medium" if risk >= _MIDDLE else "low"


def best_channel(sent: Iterable[Row], bought: Sequence[str]) -> dict[str, Any] | None:
    """The channel in which the customer answers most: messages answered, of those sent, drawn to a half by two of each.

    Without messages the channel in which most was bought, the first by name of equals; None without both.
    """
    rates = {
        str(row["channel"]): ((row["answered"] + 1) / (max(row["sent"], row["answered"]) + 2), row) for row in sent
    }
    if rates:
        name = max(sorted(rates), key=lambda channel: rates[channel][0])
        rate, row = rates[name]
        return {
            "value": name,
            "rate": round(rate, 4),
            "why": f"answered {row['answered']} of {row['sent']} messages there",
        }
    if not bought:
        return None
    name = max(sorted(set(bought)), key=bought.count)
    return {"value": name, "rate": None, "why": f"{bought.count(name)} of {len(bought)} orders came that way"}

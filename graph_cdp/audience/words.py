"""A condition in words, for people who did not write it."""

from __future__ import annotations

from typing import Any, Final

from graph_cdp.audience import tree

HOUR: Final = 1 / 24
_SIGNS: Final = {
    "=": "is",
    "!=": "is not",
    "<": "is less than",
    "<=": "is at most",
    ">": "is more than",
    ">=": "is at least",
    "contains": "contains",
    "starts with": "starts with",
    "ends with": "ends with",
}
_TIMES: Final = {"<": "is before", "<=": "is no later than", ">": "is after", ">=": "is no earlier than"}
_ONE: Final = {"orders": "order", "lines": "product bought", "events": "event"}
_MANY: Final = {"orders": "orders", "lines": "products bought", "events": "events"}
_ARITHMETIC: Final = {"+": "plus", "-": "less", "*": "times", "/": "divided by"}


def explain(node: Any) -> str:
    """The condition as part of a sentence: the customer is in it if ..."""
    match node:
        case tree.All(parts):
            return " and ".join(_grouped(part, tree.Some) for part in parts)
        case tree.Some(parts):
            return " or ".join(_grouped(part, tree.All) for part in parts)
        case tree.Not(tree.Known(value)):
            return f"{_value(value)} is not known"
        case tree.Not(part):
            return f"it is not so that {_grouped(part, tree.All | tree.Some)}"
        case tree.Compared(left, operator, right):
            signs = _SIGNS | _TIMES if _is_time(right) else _SIGNS
            return f"{_value(left)} {signs[operator]} {_value(right)}"
        case tree.Among(value, options):
            return f"{_value(value)} is one of {', '.join(map(_value, options))}"
        case tree.Between(value, low, high):
            return f"{_value(value)} lies between {_value(low)} and {_value(high)}"
        case tree.Known(value):
            return f"{_value(value)} is known"
        case tree.Happened():
            return _happened(node)
    return str(node)


def _grouped(part: tree.Condition, other: Any) -> str:
    return f"({explain(part)})" if isinstance(part, other) else explain(part)


def _is_time(value: tree.Value) -> bool:
    return isinstance(value, tree.Ago) or (isinstance(value, tree.Literally) and value.is_day)


def _value(value: tree.Value) -> str:
    match value:
        case tree.Literally(bool() as told):
            return "true" if told else "false"
        case tree.Literally(float() as told):
            return f"{told:g}"
        case tree.Literally(told, is_day=is_day):
            return str(told) if is_day else f'"{told}"'
        case tree.Ago(days):
            return f"{_days(days)} ago"
        case tree.Field(path):
            return "the " + " ".join(reversed(path)).replace("_", " ") if len(path) == 1 else f"{'.'.join(path)}"
        case tree.Count(items):
            return f"the number of {_items(items, many=True)}"
        case tree.DaysSince(items):
            return f"the days since the newest of the {_items(items, many=True)}"
        case tree.Figured(figure, field, items):
            said = "the number of different values of" if figure == "distinct" else f"the {figure} of"
            return f"{said} {'.'.join(field.path)} of {_items(items, many=True)}"
        case tree.Change(what, inner, days):
            said = "divided by" if what == "trend" else "less"
            return f"{_value(inner)} in the last {_days(days)} {said} that of the {_days(days)} before"
        case tree.Arithmetic(operator, left, right):
            return f"{_value(left)} {_ARITHMETIC[operator]} {_value(right)}"


def _days(days: float) -> str:
    if days < 1:
        hours = round(days / HOUR)
        return f"{hours} hour" + ("" if hours == 1 else "s")
    return f"{days:g} day" + ("" if days == 1 else "s")


def _items(items: tree.Items, *, many: bool) -> str:
    name = (_MANY if many else _ONE)[items.kind]
    called = " or ".join(f'"{one}"' for one in items.names)
    said = f"{name} {called}".strip()
    if items.where is not None:
        said += f" (of which {explain(items.where)})"
    span = items.span
    if span.last is not None:
        said += f" in the last {_days(span.last)}"
    if span.since is not None:
        said += f" since {span.since}"
    if span.before is not None:
        said += f" before {span.before}"
    return said


def _happened(node: tree.Happened) -> str:
    many = node.least > 1 or node.most is not None
    items = _items(node.items, many=many)
    if node.most == 0:
        return f"there are no {items}"
    if node.most is not None:
        amount = f"exactly {node.most}" if node.least == node.most else f"at most {node.most}"
    else:
        amount = f"at least {node.least}" if many else ("an" if items[0] in "aeiou" else "a")
    said = f"there {'are' if many else 'is'} {amount} {items}"
    if node.within is not None:
        said += f" within {_days(node.within)} of one another"
    for step in node.steps:
        within = f" within {_days(step.within)}" if step.within is not None else ""
        follows = "and after it no" if step.never else "and after it"
        said += f" {follows} {_items(step.items, many=False)}{within}"
    return said

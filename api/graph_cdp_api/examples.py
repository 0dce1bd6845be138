"""Examples of whole models, put together from those of their fields."""

from __future__ import annotations

from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo


def example_of(model: type[BaseModel]) -> dict[str, Any]:
    """An example that the model itself takes."""
    given = model.model_config.get("json_schema_extra")
    if isinstance(given, dict) and (whole := given.get("example")) and isinstance(whole, dict):
        return {**whole}
    return {name: _of_field(field) for name, field in model.model_fields.items()}


def _of_field(field: FieldInfo) -> Any:
    if field.examples:
        return field.examples[0]
    return _of_type(field.annotation) if field.is_required() else field.default


def _of_type(kind: Any) -> Any:
    """An example of a type: null where that may be, false of a truth value."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return example_of(kind)
    inner = get_args(kind)
    if get_origin(kind) is list:
        return [_of_type(inner[0])]
    if get_origin(kind) is dict:
        return {"first_name": _of_type(inner[1])}
    if get_origin(kind) is Literal:
        return inner[-1]
    return None if type(None) in (*inner, kind) else kind()

"""Parameters of screens as plain values: printed, overridden, frozen with a finding and read back."""

from collections.abc import Mapping
from dataclasses import field, fields, is_dataclass, replace
from datetime import date, timedelta
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints


class BadParameter(ValueError):
    """An override that does not exist or does not fit; the message is for the person who gave it."""


def setting(default: Any, about_zh: str, unit: str = "") -> Any:
    """A field of a parameter dataclass with what people are told about it.

    Args:
        default: the value when nobody says otherwise.
        about_zh: one line: what it decides, and where the number comes from.
        unit: of the value.
    """
    return field(default=default, metadata={"about_zh": about_zh, "unit": unit})


def plain(value: Any) -> Any:
    """A parameter object or value as JSON values; time spans in seconds."""
    if is_dataclass(value):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [plain(v) for v in value]
    return value


def restored(defaults: Any, given: Mapping[str, Any]) -> Any:
    """A parameter object like `defaults` with the given plain values in their places.

    Raises:
        BadParameter: a name is unknown or a value does not fit.
    """
    known = get_type_hints(type(defaults))
    for name in given:
        if name not in known:
            raise BadParameter(f"没有名为 {name!r} 的参数；可用：{'、'.join(sorted(known))}")
    changed = {n: _value(known[n], v, n, plain(getattr(defaults, n))) for n, v in given.items()}
    return replace(defaults, **changed)


def _value(kind: Any, value: Any, name: str, example: Any) -> Any:
    try:
        return _typed(kind, value)
    except (TypeError, ValueError, AttributeError, KeyError) as error:
        raise BadParameter(f"参数 {name} 的值 {value!r} 不合适，应形如 {example!r}") from error


def _typed(kind: Any, value: Any) -> Any:
    """A plain value as its declared type: scalars, dates, spans in seconds, dataclasses, `X | None` and `tuple[X,
    ...]`.
    """
    if isinstance(kind, UnionType) or get_origin(kind) is Union:
        others = [k for k in get_args(kind) if k is not type(None)]
        return None if value is None or value == "" else _typed(others[0], value)
    if get_origin(kind) is tuple:
        items = [part.strip() for part in value.split(",")] if isinstance(value, str) else value
        return tuple(_typed(get_args(kind)[0], item) for item in items)
    if is_dataclass(kind) and isinstance(kind, type):
        hints = get_type_hints(kind)
        return kind(**{n: _typed(hints[n], v) for n, v in value.items()})
    if kind is bool:
        return _boolean(value)
    if kind is timedelta:
        return timedelta(seconds=float(value))
    if kind is date:
        return date.fromisoformat(value)
    if kind is int:
        if float(value) != int(float(value)):
            raise ValueError(value)
        return int(float(value))
    if kind is str and not isinstance(value, str):
        raise TypeError(value)
    return kind(value)


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if str(value).lower() in {"true", "1", "yes", "是"}:
        return True
    if str(value).lower() in {"false", "0", "no", "否"}:
        return False
    raise ValueError(value)

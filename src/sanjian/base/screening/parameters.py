"""Parameters of screens as plain values: printed, overridden, frozen with a finding and read back."""

from collections.abc import Mapping
from dataclasses import field, fields, is_dataclass, replace
from datetime import date, timedelta
from typing import Any


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
    known = {f.name for f in fields(defaults)}
    for name in given:
        if name not in known:
            raise BadParameter(f"没有名为 {name!r} 的参数；可用：{'、'.join(sorted(known))}")
    return replace(defaults, **{n: _like(getattr(defaults, n), v, n) for n, v in given.items()})


def _like(default: Any, value: Any, name: str) -> Any:
    try:
        if is_dataclass(default):
            return restored(default, value)
        if isinstance(default, tuple):
            # Elements follow the first default; a tuple of several shapes of element is not supported.
            items = value.split(",") if isinstance(value, str) else value
            return tuple(_like(default[0], item, name) for item in items) if default else tuple(items)
        if isinstance(default, bool):
            return _boolean(value)
        if isinstance(default, timedelta):
            return timedelta(seconds=float(value))
        if isinstance(default, date):
            return date.fromisoformat(value)
        if default is None:
            return value if value is None or not isinstance(value, str) else _date_or_text(value)
        if isinstance(default, int) and float(value) != int(float(value)):
            raise ValueError(value)
        return type(default)(float(value)) if isinstance(default, int) else type(default)(value)
    except (TypeError, ValueError, AttributeError) as error:
        if isinstance(error, BadParameter):
            raise
        raise BadParameter(f"参数 {name} 的值 {value!r} 不合适，应形如 {plain(default)!r}") from error


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if str(value).lower() in {"true", "1", "yes", "是"}:
        return True
    if str(value).lower() in {"false", "0", "no", "否"}:
        return False
    raise ValueError(value)


def _date_or_text(value: str) -> date | str:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return value
